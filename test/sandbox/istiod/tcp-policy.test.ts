/** Tunnels, the PROXY protocol and hash policies; each expectation is what istiod's own generators gave. */
import { describe, expect, it } from 'vitest';
import { unwrapped } from '../../../src/envoy/transport-socket.ts';
import { Mesh } from './mesh.ts';

const ENTRY = `
kind: ServiceEntry
metadata: { name: api }
spec:
  hosts: [api.example.io]
  resolution: DNS
  ports: [{ number: 443, name: https, protocol: HTTPS }, { number: 80, name: http, protocol: HTTP }]
  endpoints: [{ address: stable.example.io, labels: { version: v1 } }]`;
const rule = (policy: string, subsets = '[]') => `${ENTRY}
---
kind: DestinationRule
metadata: { name: api }
spec: { host: api.example.io, trafficPolicy: { ${policy} }, subsets: ${subsets} }`;
const route = (...subsets: string[]) => `
---
kind: VirtualService
metadata: { name: api }
spec:
  hosts: [api.example.io]
  tls:
  - match: [{ sniHosts: [api.example.io] }]
    route: [${subsets.map(subset => `{ destination: { host: api.example.io, subset: ${subset} }, weight: 50 }`)}]`;

const tcpProxy = (yaml: string) => {
  const filter = new Mesh(yaml)
    .listener('0.0.0.0_443')
    ?.filter_chains?.find(({ filter_chain_match }) => filter_chain_match?.server_names)
    ?.filters?.at(-1);
  return filter?.name === 'envoy.filters.network.tcp_proxy' ? filter.typed_config : undefined;
};

describe('a tunnel', () => {
  const target = (host: string, protocol = 'CONNECT') =>
    `tunnel: { protocol: ${protocol}, targetHost: '${host}', targetPort: 443 }`;
  const tunnel = (yaml: string) => tcpProxy(yaml)?.tunneling_config;

  it('is opened by CONNECT or POST to the target', () => {
    expect(tunnel(rule(target('far.example')))).toEqual({ hostname: 'far.example:443' });
    expect(tunnel(rule(target('::1', 'POST')))).toEqual({ hostname: '[::1]:443', use_post: true });
    expect(tunnel(rule(''))).toBeUndefined();
  });

  it('of a subset is its own or none, and shares are sent through that of the rule', () => {
    const subsets = `[{ name: v1, labels: { version: v1 }, trafficPolicy: { ${target('sub.example')} } }, { name: v2, labels: { version: v1 } }]`;
    const yaml = rule(target('top.example'), subsets);
    expect(tunnel(yaml + route('v1'))).toEqual({ hostname: 'sub.example:443' });
    expect(tunnel(yaml + route('v2'))).toBeUndefined();
    expect(tunnel(yaml + route('v1', 'v2'))).toEqual({ hostname: 'top.example:443' });
  });
});

describe('the PROXY protocol', () => {
  const socket = (yaml: string, cluster = 'outbound|80||api.example.io') =>
    new Mesh(yaml).cluster(cluster)?.transport_socket;

  it('wraps what is there', () => {
    expect(socket(rule('proxyProtocol: {}'))).toMatchObject({
      name: 'envoy.transport_sockets.upstream_proxy_protocol',
      typed_config: { config: {}, transport_socket: { name: 'raw_buffer' } },
    });
    const tls = unwrapped(socket(rule('proxyProtocol: { version: V2 }, tls: { mode: SIMPLE }')));
    expect(tls).toMatchObject({ proxyProtocol: 'V2', socket: { name: 'envoy.transport_sockets.tls' } });
  });

  it('wraps each socket that endpoints choose from', () => {
    const yaml = rule('proxyProtocol: { version: V1 }').replace(
      'resolution',
      'location: MESH_INTERNAL\n  resolution',
    );
    const matches = new Mesh(yaml).cluster('outbound|80||api.example.io')?.transport_socket_matches;
    expect(matches).toMatchObject([
      { transport_socket: { typed_config: { transport_socket: { name: 'envoy.transport_sockets.tls' } } } },
      {
        transport_socket: {
          typed_config: { transport_socket: { name: 'envoy.transport_sockets.raw_buffer' } },
        },
      },
    ]);
  });

  it('is inherited by subsets, and lost at a port with settings of its own', () => {
    const subsets = '[{ name: v1 }, { name: v2, trafficPolicy: { proxyProtocol: { version: V2 } } }]';
    const port =
      'portLevelSettings: [{ port: { number: 443 }, connectionPool: { tcp: { maxConnections: 3 } } }]';
    const yaml = rule(`proxyProtocol: { version: V1 }, ${port}`, subsets);
    const version = (cluster: string) => unwrapped(socket(yaml, cluster)).proxyProtocol;
    expect(version('outbound|80|v1|api.example.io')).toBe('V1');
    expect(version('outbound|80|v2|api.example.io')).toBe('V2');
    expect(version('outbound|443||api.example.io')).toBeNull();
  });
});

it('a cookie for hashing keeps its attributes', () => {
  const hash =
    'loadBalancer: { consistentHash: { httpCookie: { name: who, ttl: 5s, attributes: [{ name: SameSite, value: Strict }, { name: Secure }] } } }';
  const host = new Mesh(rule(hash)).host('80', 'api.example.io');
  expect(host?.routes?.[0]?.route?.hash_policy).toEqual([
    {
      cookie: {
        name: 'who',
        ttl: '5s',
        attributes: [{ name: 'SameSite', value: 'Strict' }, { name: 'Secure' }],
      },
    },
  ]);
});
