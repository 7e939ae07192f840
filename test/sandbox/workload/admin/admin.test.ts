import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { EnvoyConfig } from '../../../../src/envoy/config.ts';
import { contentHash, readConfigDump } from '../../../../src/probe/sidecar-config.ts';
import {
  clusterLines,
  endpointLines,
  listenerLines,
  routeLines,
} from '../../../../src/probe/sidecar-lines.ts';
import { ClusterResolver } from '../../../../src/sandbox/net/resolver.ts';
import { askAdmin } from '../../../../src/sandbox/workload/admin/admin.ts';
import { Loggers } from '../../../../src/sandbox/workload/admin/loggers.ts';
import type { RunningSidecar, SidecarPod } from '../../../../src/sandbox/workload/surroundings.ts';
import type { Json } from '../../../../src/shared/json.ts';

// A real sidecar's configuration, dumped again: what reads the real dump must find the same in ours.

const recorded = JSON.parse(readFileSync('test/fixtures/config-dump.json', 'utf8')) as Json;
const real = readConfigDump(recorded);
const config = real as unknown as EnvoyConfig;

const names = { namespace: 'mesh-network', name: 'client-x', ip: '10.244.0.9' };
const resolver = new ClusterResolver(
  { addresses: (_namespace, service) => (service === 'web' ? ['10.96.115.93'] : null) },
  names,
);
const logged: string[] = [];
const pod: SidecarPod = {
  ...names,
  labels: { app: 'client' },
  resolver,
  readFile: () => null,
  environment: {},
  log: text => void logged.push(text),
  account: 'default',
  loggers: new Loggers(),
};

function sidecar(version: string, more: Partial<RunningSidecar> = {}): RunningSidecar {
  return {
    accept() {},
    listensAt: () => false,
    close() {},
    pushed: () => ({ config, version, at: 0 }),
    ...more,
  };
}

const ask = (path: string, of = sidecar('t/1')) => askAdmin(path, of, pod, 0, 5000);
const dump = (version: string) => JSON.parse(ask('config_dump?include_eds', sidecar(version)).body) as Json;

describe("the sidecar's config_dump", () => {
  it('holds what the model made, for everything that reads a real one', () => {
    const { clusters, listeners, ...rest } = readConfigDump(dump('t/1'));
    // The recording was made without what is for inbound calls.
    const ours = {
      ...rest,
      clusters,
      listeners: listeners.filter(each => each.name !== 'virtualInbound'),
    };
    expect(contentHash(ours)).toBe(contentHash(real));
    expect(clusterLines(ours.clusters)).toEqual(clusterLines(real.clusters));
    expect(listenerLines(ours.listeners)).toEqual(listenerLines(real.listeners));
    expect(routeLines(ours.routes)).toEqual(routeLines(real.routes));
  });

  it('tells of a push that changes nothing', () => {
    const [before, after] = [readConfigDump(dump('t/1')), readConfigDump(dump('t/2'))];
    expect(before.version).not.toBe(after.version);
    expect(contentHash(before)).toBe(contentHash(after));
  });

  it('has endpoints only when they are asked for', () => {
    const types = (path: string) =>
      (JSON.parse(ask(path).body) as { configs: { '@type': string }[] }).configs.map(each => each['@type']);
    expect(types('config_dump?include_eds').join()).toContain('EndpointsConfigDump');
    expect(types('config_dump').join()).not.toContain('EndpointsConfigDump');
  });
});

describe('other pages', () => {
  it('list the hosts of clusters, resolved as the pod resolves', () => {
    const lines = endpointLines(JSON.parse(ask('clusters?format=json').body));
    const theirs = endpointLines(JSON.parse(readFileSync('test/fixtures/clusters.json', 'utf8')));
    expect([...lines].sort()).toEqual([...theirs].sort());
    const text = ask('/clusters').body;
    expect(text).toContain('outbound|443|a|api.safedata-zone.io::default_priority::max_connections::5\n');
    expect(text).toContain('::10.96.115.93:443::health_flags::healthy\n');
  });

  it('show what the data plane knows better', () => {
    const name = 'outbound|443||api.safedata-zone.io';
    const host = {
      address: { socket_address: { address: '10.96.0.9', port_value: 443 } },
      stats: [{ name: 'rq_total', value: '7' }],
      health_status: { failed_outlier_check: true as const },
    };
    const live = sidecar('t/1', { clusterStatuses: () => [{ name, host_statuses: [host] }] });
    expect(endpointLines(JSON.parse(ask('clusters?format=json', live).body))).toContainEqual(
      expect.stringMatching(/^10\.96\.0\.9:443 +EJECTED +outbound\|443\|\|api/),
    );
    expect(ask('clusters', live).body).toContain(
      `${name}::10.96.0.9:443::health_flags::/failed_outlier_check\n`,
    );
    expect(ask('clusters', live).body).toContain(`${name}::10.96.0.9:443::rq_total::7\n`);
  });

  it.each([
    ['stats?filter=update_rejected', /^cluster_manager\.cds\.update_rejected: 0\nlistener.*: 0\n$/],
    ['stats?filter=(', /Invalid/],
    ['stats?filter=(%3F!a)', /Invalid/],
    ['ready', /^LIVE\n$/],
    ['server_info', /"uptime_all_epochs": "5s"/],
    ['listeners', /^0\.0\.0\.0_80::0\.0\.0\.0:80\n/],
    ['nonesuch', /^invalid path\. The sandbox's sidecar has only these: admin commands are:/],
    ['config_dump?resource=x', /^x not found in config dump$/],
  ])('%s', (path, expected) => {
    expect(ask(path).body).toMatch(expected);
  });
});

describe('a page that changes the proxy', () => {
  const post = (path: string, of: RunningSidecar) => askAdmin(path, of, pod, 0, 5000, { method: 'POST' });

  it('makes it unhealthy and healthy again', () => {
    const own = sidecar('t/1');
    const health = () => [
      ...[
        ask('ready', own).status,
        ask('ready', own).body,
        ask('stats?filter=server.(state|live)', own).body,
      ],
      /"state": "(\w+)"/.exec(ask('server_info', own).body)?.[1],
    ];
    expect(post('healthcheck/fail', own)).toEqual({ status: 200, body: 'OK\n' });
    expect(health()).toEqual([503, 'DRAINING\n', 'server.live: 0\nserver.state: 1\n', 'DRAINING']);
    expect(ask('ready').body).toBe('LIVE\n');
    expect(post('healthcheck/ok', own).body).toBe('OK\n');
    expect(health()).toEqual([200, 'LIVE\n', 'server.live: 1\nserver.state: 0\n', 'LIVE']);
    expect(ask('healthcheck/fail', own)).toEqual({
      ...{ status: 405, body: 'Method GET not allowed, POST required.' },
    });
  });

  it('has counters count from none, and leaves gauges', () => {
    let total = 3;
    const own = sidecar('t/1', {
      stats: () => ({ 'cluster.a.upstream_cx_total': total, 'cluster.a.upstream_cx_active': 2 }),
    });
    const counted = () => ask('stats?filter=^cluster\\.', own).body;
    expect(counted()).toBe('cluster.a.upstream_cx_active: 2\ncluster.a.upstream_cx_total: 3\n');
    expect(post('reset_counters', own).body).toBe('OK\n');
    total = 4;
    expect(counted()).toBe('cluster.a.upstream_cx_active: 2\ncluster.a.upstream_cx_total: 1\n');
  });

  it('tells the flags that Istio sets', () => {
    const { layers, entries } = JSON.parse(ask('runtime').body);
    expect(layers).toEqual(['global config', 'admin']);
    expect(entries['re2.max_program_size.error_level']).toEqual({
      final_value: '32768',
      layer_values: ['32768', ''],
    });
  });

  it.each(['memory', 'drain_listeners', 'quitquitquit', 'runtime_modify?a=b', 'cpuprofiler?enable=y'])(
    '%s says in a sentence why it does not',
    path => {
      const { status, body } = post(path, sidecar('t/1'));
      expect([status, body]).toEqual([501, expect.stringMatching(/^the sandbox's prox.{20,}\n$/)]);
    },
  );

  it('contention is not traced, as in Istio', () => {
    expect(ask('contention').body).toMatch(/^Mutex contention tracing is not enabled\./);
  });
});
