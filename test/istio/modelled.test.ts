import { describe, expect, it } from 'vitest';
import { notModelled } from '../../src/istio/modelled.ts';
import type { Resource } from '../../src/istio/resource.ts';

const object = (kind: string, spec: unknown, group = 'networking.istio.io'): Resource => ({
  apiVersion: `${group}/v1`,
  kind,
  metadata: { name: 'tried', namespace: 'mesh-network' },
  spec,
});

/** The paths that the Warnings name. */
const named = (resource: Resource): string[] => notModelled(resource).map(text => text.split(': ')[0] ?? '');

describe('a Warning names each field that is set and has no effect here', () => {
  it('says where to read on', () => {
    const rule = object('DestinationRule', { host: 'a.b', trafficPolicy: { tls: { caCrl: '/crl.pem' } } });
    expect(notModelled(rule)).toEqual([
      'spec.trafficPolicy.tls.caCrl: the sandbox does not model this; see docs/sandbox.md',
    ]);
  });

  it('looks into the policies of ports and subsets', () => {
    const tls = { mode: 'SIMPLE', credentialName: 'x' };
    const rule = object('DestinationRule', {
      host: 'a.b',
      trafficPolicy: { tls, portLevelSettings: [{ port: { number: 80 } }, { port: { number: 81 }, tls }] },
      subsets: [{ name: 'v1' }, { name: 'v2', trafficPolicy: { portLevelSettings: [{ tls }] } }],
    });
    expect(named(rule)).toEqual([
      'spec.trafficPolicy.tls.credentialName',
      'spec.trafficPolicy.portLevelSettings[1].tls.credentialName',
      'spec.subsets[1].trafficPolicy.portLevelSettings[0].tls.credentialName',
    ]);
  });

  it('takes only the values that matter', () => {
    const entry = (resolution: string): Resource => object('ServiceEntry', { hosts: ['*.a.b'], resolution });
    expect(named(entry('NONE'))).toEqual([]);
    expect(named(entry('DYNAMIC_DNS'))).toEqual(['spec.resolution']);
  });

  it('names the claim among the headers', () => {
    const headers = { 'x-user': { exact: 'a' }, '@request.auth.claims.group': { exact: 'b' } };
    expect(named(object('VirtualService', { http: [{ match: [{ headers }] }] }))).toEqual([
      'spec.http[0].match[0].headers[@request.auth.claims.group]',
    ]);
  });

  it('names the header values with commands that have no value here', () => {
    const set = {
      'x-a': '%UPSTREAM_PEER_SUBJECT%',
      'x-b': 'v%CEL(request.path)%',
      'x-c': '%UPSTREAM_HOST% %UPSTREAM_LOCAL_ADDRESS%',
      'x-d': '%DOWNSTREAM_PEER_SUBJECT%',
    };
    const add = { 'x-e': '%UPSTREAM_WIRE_BYTES_SENT%' };
    const route = [{ headers: { response: { add } } }];
    expect(named(object('VirtualService', { http: [{ headers: { request: { set } }, route }] }))).toEqual([
      'spec.http[0].headers.request.set[x-a]',
      'spec.http[0].headers.request.set[x-b]',
      'spec.http[0].route[0].headers.response.add[x-e]',
    ]);
  });

  it('names kinds that are only stored', () => {
    expect(notModelled(object('Gateway', { servers: [] }))).toEqual([
      'Gateway: stored; has no effect in the sandbox; see docs/sandbox.md',
    ]);
  });

  it('accepts a Telemetry that asks for what the sidecar does anyway', () => {
    const telemetry = (spec: unknown): Resource => object('Telemetry', spec, 'telemetry.istio.io');
    expect(notModelled(telemetry({ accessLogging: [{ providers: [{ name: 'envoy' }] }] }))).toEqual([]);
    expect(named(telemetry({ accessLogging: [{ disabled: true }] }))).toEqual(['Telemetry']);
    expect(named(telemetry({ tracing: [{}] }))).toEqual(['Telemetry']);
  });
});

describe('no Warning for what the sandbox does', () => {
  it.each([
    [
      'ServiceEntry',
      {
        hosts: ['a.b'],
        resolution: 'STATIC',
        ports: [{ number: 80, name: 'http', protocol: 'HTTP', targetPort: 443 }],
        endpoints: [{ address: '1.2.3.4', labels: { v: '1' }, locality: 'a/b', weight: 2 }],
      },
    ],
    ['ServiceEntry', { hosts: ['a.b'], resolution: 'DNS', workloadSelector: { labels: { app: 'x' } } }],
    [
      'ServiceEntry',
      { hosts: ['a.b'], resolution: 'STATIC', endpoints: [{ address: 'unix:///var/run/x.sock' }] },
    ],
    [
      'DestinationRule',
      {
        host: 'a.b',
        trafficPolicy: {
          loadBalancer: {
            simple: 'ROUND_ROBIN',
            localityLbSetting: {
              failoverPriority: ['x'],
              failover: [{ from: 'a', to: 'b' }],
              distribute: [{ from: 'a', to: { b: 100 } }],
            },
          },
          connectionPool: {
            tcp: { maxConnections: 1, connectTimeout: '1s', idleTimeout: '1s', maxConnectionDuration: '1s' },
            http: { maxRetries: 1, idleTimeout: '1s' },
          },
          // Istio itself makes nothing of the codes.
          outlierDetection: { consecutive5xxErrors: 1, outlierDetectionHttpErrorCodes: [404] },
          tunnel: { protocol: 'CONNECT', targetHost: 'a.b', targetPort: 443 },
          proxyProtocol: { version: 'V2' },
          retryBudget: { percent: 20 },
          tls: { mode: 'MUTUAL', clientCertificate: '/a', privateKey: '/b', sni: 'x' },
        },
        workloadSelector: { matchLabels: { app: 'client' } },
      },
    ],
    [
      'DestinationRule',
      {
        host: 'a.b',
        trafficPolicy: {
          loadBalancer: { consistentHash: { useSourceIp: true, maglev: {} } },
          portLevelSettings: [{ loadBalancer: { consistentHash: { httpHeaderName: 'x-user' } } }],
        },
      },
    ],
    [
      'VirtualService',
      {
        hosts: ['a.b'],
        gateways: ['mesh'],
        http: [
          {
            match: [{ uri: { prefix: '/' }, headers: { a: {} } }],
            fault: { abort: { httpStatus: 503, percentage: { value: 1 } } },
            mirrors: [{ destination: { host: 'a.b' }, percentage: { value: 1 } }],
            redirect: { uri: '/' },
          },
          { match: [{ uri: { prefix: '/team' } }], delegate: { name: 'leaf', namespace: 'team-b' } },
          { mirror: { host: 'a.b' }, mirror_percent: 30 },
        ],
        // Istio itself makes nothing of the subnet.
        tcp: [{ match: [{ sourceSubnet: '10.0.0.0/8' }] }],
      },
    ],
    ['WorkloadEntry', { address: '1.2.3.4', ports: { http: 80 }, weight: 2, serviceAccount: 'x' }],
    ['Sidecar', { egress: [{ hosts: ['./*'] }], outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } }],
    [
      'Sidecar',
      {
        egress: [
          { port: { number: 80, protocol: 'HTTP', name: 'http' }, hosts: ['./*'] },
          { bind: '127.0.0.1', captureMode: 'NONE', hosts: ['./*'] },
        ],
        outboundTrafficPolicy: { mode: 'ALLOW_ANY', egressProxy: { host: 'a.b', port: { number: 80 } } },
      },
    ],
  ])('%s', (kind, spec) => {
    expect(notModelled(object(kind, spec))).toEqual([]);
  });
});
