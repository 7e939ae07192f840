import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contentHash, readConfigDump } from '../../src/probe/sidecar-config.ts';
import { clusterLines, endpointLines, listenerLines, routeLines } from '../../src/probe/sidecar-lines.ts';

// A real sidecar's, with a ServiceEntry, a DestinationRule and a VirtualService for one host.
const text = readFileSync(join(import.meta.dirname, '../fixtures/config-dump.json'), 'utf8');
const clusters = readFileSync(join(import.meta.dirname, '../fixtures/clusters.json'), 'utf8');
const config = readConfigDump(JSON.parse(text));

function hash(changed: string): string {
  return contentHash(readConfigDump(JSON.parse(changed)));
}

describe("a sidecar's configuration", () => {
  it('has a hash of its content', () => {
    expect(config.clusters).toHaveLength(8);
    expect(config.endpoints.map(one => one.cluster_name)).toEqual([
      'outbound|80||web.mesh-network.svc.cluster.local',
    ]);
    expect(config.warming).toEqual([]);
    expect(hash(text)).toBe(contentHash(config));
  });

  it('that does not hang on the order of keys, the time of an update, or health', () => {
    const turned = JSON.stringify(
      JSON.parse(text, (_key, value) => {
        if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
        return Object.fromEntries(Object.entries(value).reverse());
      }),
    );
    expect(turned).not.toBe(text.trim());
    expect(hash(turned)).toBe(contentHash(config));
    expect(hash(text.replaceAll(/"last_updated":"[^"]*"/g, '"last_updated":"later"'))).toBe(
      contentHash(config),
    );
    expect(hash(text.replaceAll('"health_status":"HEALTHY"', '"health_status":"UNHEALTHY"'))).toBe(
      contentHash(config),
    );
  });

  it.each([
    ['a cluster', '"max_connections":5', '"max_connections":6'],
    ['a route', '"timeout":"2s"', '"timeout":"3s"'],
    ['a listener', '"server_names":["api.safedata-zone.io"]', '"server_names":["typo.safedata-zone.io"]'],
    ['an endpoint', '"address":"10.244.0.6"', '"address":"10.244.0.7"'],
  ])('that changes with %s', (_what, from, to) => {
    expect(text).toContain(from);
    expect(hash(text.replaceAll(from, to))).not.toBe(contentHash(config));
  });

  it('tells what is warming, and what was refused', () => {
    const dump = {
      configs: [
        { '@type': 'x.ClustersConfigDump', dynamic_warming_clusters: [{ cluster: { name: 'a' } }] },
        {
          '@type': 'x.ListenersConfigDump',
          dynamic_listeners: [{ name: 'b', warming_state: {}, error_state: { details: 'no' } }],
        },
      ],
    };
    expect(readConfigDump(dump)).toMatchObject({ warming: ['a', 'b'], refused: ['no'] });
    expect(readConfigDump({})).toMatchObject({ clusters: [], routes: [] });
  });
});

describe('in lines', () => {
  it('clusters', () => {
    expect(clusterLines(config.clusters, 'outbound|80|a|')).toEqual([
      'HOST                  PORT  SUBSET  TYPE',
      'api.safedata-zone.io  80    a       STRICT_DNS',
      '    DestinationRule ext',
      '    opens TLS, server name as in the Host header',
      '    limits: connections: 5, requests waiting for one: 1',
      '    ejects after 2 errors in a row for 30s, at most 100 % of the endpoints',
    ]);
    expect(clusterLines(config.clusters, 'typo')).toEqual(['nothing that contains typo']);
    expect(`\n${clusterLines(config.clusters).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      HOST                                PORT  SUBSET  TYPE
      BlackHoleCluster                    -     -       STATIC
      PassthroughCluster                  -     -       ORIGINAL_DST
      api.safedata-zone.io                80    -       STRICT_DNS
          DestinationRule ext
          opens TLS, server name as in the Host header
          limits: connections: 5, requests waiting for one: 1
          ejects after 2 errors in a row for 30s, at most 100 % of the endpoints
      api.safedata-zone.io                80    a       STRICT_DNS
          DestinationRule ext
          opens TLS, server name as in the Host header
          limits: connections: 5, requests waiting for one: 1
          ejects after 2 errors in a row for 30s, at most 100 % of the endpoints
      api.safedata-zone.io                443   -       STRICT_DNS
          DestinationRule ext
          opens TLS, server name as in the Host header
          limits: connections: 5, requests waiting for one: 1
          ejects after 2 errors in a row for 30s, at most 100 % of the endpoints
      api.safedata-zone.io                443   a       STRICT_DNS
          DestinationRule ext
          opens TLS, server name as in the Host header
          limits: connections: 5, requests waiting for one: 1
          ejects after 2 errors in a row for 30s, at most 100 % of the endpoints
      web.mesh-network.svc.cluster.local  80    -       EDS
      "
    `);
  });

  it('listeners', () => {
    expect(`\n${listenerLines(config.listeners).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      ADDRESS  PORT   MATCH                      DESTINATION
      0.0.0.0  80     App: http/1.1, h2c         Route: 80
      0.0.0.0  80     ALL                        PassthroughCluster
      0.0.0.0  15001  Port: 15001                BlackHoleCluster
      0.0.0.0  15001  ALL                        PassthroughCluster
      0.0.0.0  443    SNI: api.safedata-zone.io  outbound|443||api.safedata-zone.io
      0.0.0.0  443    ALL                        PassthroughCluster
      "
    `);
  });

  it('routes', () => {
    expect(`\n${routeLines(config.routes).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      NAME  HOST                                MATCH
      80    api.safedata-zone.io                /v2*, x-user exact ana
          -> outbound|80|a|api.safedata-zone.io, weight 90
          -> outbound|443||api.safedata-zone.io, weight 10
          VirtualService ext
          rewritten to /
          timeout 2s
          3 retries on 5xx, 1s each
          mirrored 10 % to outbound|80|a|api.safedata-zone.io
      80    api.safedata-zone.io                /r
          redirect /x
          VirtualService ext
      80    api.safedata-zone.io                regex /d.*, a exact b
          answers 418 itself
          VirtualService ext
      80    api.safedata-zone.io                /*
          -> outbound|443||api.safedata-zone.io
          VirtualService ext
          2 retries on connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes
          delayed 1s for 50 %
      80    web.mesh-network.svc.cluster.local  /*
          -> outbound|80||web.mesh-network.svc.cluster.local
      80    *                                   /*
          -> PassthroughCluster
      "
    `);
  });

  it('endpoints', () => {
    expect(`\n${endpointLines(JSON.parse(clusters), '|443|').join('\n')}\n`).toMatchInlineSnapshot(`
      "
      ENDPOINT          STATUS   CLUSTER
      10.96.115.93:443  HEALTHY  outbound|443|a|api.safedata-zone.io
          web.mesh-network.svc.cluster.local
      10.96.115.93:443  HEALTHY  outbound|443||api.safedata-zone.io
          web.mesh-network.svc.cluster.local
      "
    `);
    const ejected = clusters.replace('"health_status":{', '"health_status":{"failed_outlier_check":true,');
    expect(endpointLines(JSON.parse(ejected)).join('\n')).toContain('EJECTED');
  });
});
