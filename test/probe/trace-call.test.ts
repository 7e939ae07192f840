import { describe, expect, it } from 'vitest';
import type { EnvoyConfig } from '../../src/envoy/config.ts';
import { trace } from '../../src/envoy/trace.ts';
import type { KubeObject } from '../../src/kube/client.ts';
import { describeCall } from '../../src/probe/describe-call.ts';
import { type PodNames, resolveInPod } from '../../src/probe/pod-names.ts';
import { leftOut } from '../../src/probe/trace-call.ts';

describe('a curl line as a call', () => {
  it('is what its first URL sends', () => {
    expect(
      describeCall(['-sS', '-H', 'X-User: ana', '-H', 'Host: other.io', 'http://api.io/v2?a=b#c']),
    ).toEqual({
      name: 'api.io',
      port: 80,
      follows: false,
      call: {
        protocol: 'http',
        host: 'other.io',
        path: '/v2?a=b',
        method: 'GET',
        headers: { 'user-agent': 'istio-tutor-trace', accept: '*/*', 'x-user': 'ana' },
        sni: '',
      },
    });
  });

  it.each([
    [['https://API.io./x'], { protocol: 'https', host: 'API.io.', sni: 'api.io', path: '/x' }],
    [['https://10.0.0.1:8443'], { sni: '', host: '10.0.0.1:8443', path: '/' }],
    [['http://api.io:80/'], { host: 'api.io' }],
    [['api.io'], { protocol: 'http', path: '/' }],
    [['--connect-timeout', '3', 'http://api.io/a/../b/./c?d=/../e'], { path: '/b/c?d=/../e' }],
    [['--path-as-is', 'http://api.io/a/../b'], { path: '/a/../b' }],
    [['http://api.io/{x,y}/[1-9]'], { path: '/x/1' }],
    [['-d', 'a=1', '-d', 'b=2', 'http://api.io/'], { method: 'POST' }],
    [['-G', '-d', 'a=1', '-d', 'b=2', 'http://api.io/?x=1'], { method: 'GET', path: '/?x=1&a=1&b=2' }],
    [['-I', 'http://api.io/'], { method: 'HEAD' }],
    [['-XDELETE', 'http://api.io/'], { method: 'DELETE' }],
    [['http://api.io/', '--next', '-X', 'PUT', 'http://b.io/'], { method: 'GET', host: 'api.io' }],
    [['-0', 'http://api.io/'], { applicationProtocols: ['http/1.0'] }],
    [['--http1.1', 'https://api.io/'], { applicationProtocols: ['http/1.1'] }],
  ])('%j', (argv, call) => {
    expect(describeCall(argv).call).toMatchObject(call);
  });

  it('has the headers that curl makes', () => {
    const { headers } = describeCall([
      ...['-H', 'x-a: 1', '-H', 'x-a: 2', '-H', 'Accept:', '-H', 'x-e;', '-u', 'ana:pw', '--json', '{}'],
      'http://api.io/',
    ]).call;
    expect(headers).toEqual({
      'user-agent': 'istio-tutor-trace',
      authorization: 'Basic YW5hOnB3',
      'content-type': 'application/json',
      'x-a': '1,2',
      'x-e': '',
    });
  });

  it('goes where --resolve and --connect-to say', () => {
    expect(describeCall(['--resolve', 'api.io:80:10.0.0.7', 'http://api.io/'])).toMatchObject({
      name: 'api.io',
      ip: '10.0.0.7',
    });
    expect(describeCall(['--resolve', 'api.io:443:10.0.0.7', 'http://api.io/']).ip).toBeUndefined();
    expect(describeCall(['--connect-to', '::canary.io:8080', 'http://api.io/'])).toMatchObject({
      name: 'canary.io',
      port: 8080,
      call: { host: 'api.io' },
    });
  });

  it.each([[['-s']], [['ftp://api.io/']], [['http:///x']], [['http://api.io:99999/']]])(
    '%j is none',
    argv => {
      expect(() => describeCall(argv)).toThrow(expect.objectContaining({ name: 'UserError' }));
    },
  );
});

describe('a name in the pod', () => {
  const names: PodNames = {
    namespace: 'mesh-network',
    hostAliases: [{ ip: '10.96.0.9', hostnames: ['api.safedata-zone.io'] }],
    services: [
      { name: 'catalog', namespace: 'mesh-network', addresses: ['10.96.0.1'] },
      { name: 'stable', namespace: 'outside', addresses: ['10.96.0.2'] },
      { name: 'alias', namespace: 'mesh-network', addresses: [], externalName: 'api.safedata-zone.io' },
      { name: 'loop', namespace: 'mesh-network', addresses: [], externalName: 'loop' },
    ],
  };
  it.each([
    ['API.safedata-zone.io', '10.96.0.9'],
    ['catalog', '10.96.0.1'],
    ['catalog.mesh-network', '10.96.0.1'],
    ['stable.outside.svc', '10.96.0.2'],
    ['stable.outside.svc.cluster.local.', '10.96.0.2'],
    ['alias', '10.96.0.9'],
    ['10.1.2.3', '10.1.2.3'],
    ['stable', null],
    ['loop', null],
    ['nowhere.safedata-zone.io', null],
  ])('%s is %s', (name, address) => {
    expect(resolveInPod(name, names)).toBe(address);
  });
});

describe('two VirtualServices for one host', () => {
  const from = (name: string) => ({
    filter_metadata: {
      istio: { config: `/apis/networking.istio.io/v1/namespaces/mesh-network/virtual-service/${name}` },
    },
  });
  const config: EnvoyConfig = {
    listeners: [
      {
        name: '0.0.0.0_80',
        address: { socket_address: { address: '0.0.0.0', port_value: 80 } },
        filter_chains: [
          {
            filters: [
              {
                name: 'envoy.filters.network.http_connection_manager',
                typed_config: { rds: { route_config_name: '80' } },
              },
            ],
          },
        ],
      },
    ],
    routes: [
      {
        name: '80',
        virtual_hosts: [
          {
            name: 'api.io:80',
            domains: ['api.io'],
            routes: [
              { match: { prefix: '/' }, metadata: from('older'), route: { cluster: 'outbound|80||api.io' } },
            ],
          },
        ],
      },
    ],
    clusters: [],
    endpoints: [],
  };
  const service = (name: string, spec: Record<string, unknown>): KubeObject => ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace: 'mesh-network' },
    spec: { http: [{}], ...spec },
  });
  const call = { to: { ip: '10.0.0.1', port: 80 }, ...describeCall(['http://api.io/']).call };

  it('have the one told that has no part', () => {
    const services = [
      service('older', { hosts: ['api.io'] }),
      service('younger', { hosts: ['api.io'] }),
      service('wild', { hosts: ['*.com'] }),
      service('gateway', { hosts: ['api.io'], gateways: ['edge'] }),
      service('other', { hosts: ['b.io'] }),
    ];
    expect(leftOut(config, trace(config, call), services, 'mesh-network')).toEqual([
      "VirtualService younger names api.io too, and nothing of it is in the sidecar's configuration: of two for one host the older counts, here older.",
    ]);
  });
});
