/**
 * Resources that Envoy refuses, and their neighbours that it takes: what istiod's output can break, one by one. What a
 * real Envoy said to each stands in test/fixtures/envoy-refusals.json; scripts/envoy-refusals.ts asks it anew.
 */
import type {
  Cluster,
  FilterChain,
  FilterChainMatch,
  Listener,
  Route,
  RouteConfiguration,
} from '../../../src/envoy/config.ts';

export type Case = { readonly name: string } & (
  | { readonly kind: 'listeners'; readonly resource: Listener; readonly beside?: readonly Listener[] }
  | { readonly kind: 'routes'; readonly resource: RouteConfiguration }
  | { readonly kind: 'clusters'; readonly resource: Cluster }
);

const CLUSTER = 'outbound|80||api.safedata-zone.io';
const LONG = 'a'.repeat(16_384);

function listener(port: number, matches: readonly FilterChainMatch[], name = `0.0.0.0_${port}`): Listener {
  const chains = matches.map(
    (filter_chain_match): FilterChain => ({
      filter_chain_match,
      filters: [
        {
          name: 'envoy.filters.network.tcp_proxy',
          typed_config: {
            '@type': 'type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy',
            stat_prefix: CLUSTER,
            cluster: CLUSTER,
          },
        },
      ],
    }),
  );
  return {
    name,
    address: { socket_address: { address: '0.0.0.0', port_value: port } },
    bind_to_port: false,
    filter_chains: chains,
  };
}

function chains(name: string, ...matches: FilterChainMatch[]): Case {
  return { name, kind: 'listeners', resource: listener(443, matches) };
}

function table(
  routes: readonly object[],
  domains: readonly (readonly string[])[] = [['*']],
): RouteConfiguration {
  return {
    name: '80',
    virtual_hosts: domains.map((names, index) => ({
      name: `host-${index}`,
      domains: names,
      routes: routes as readonly Route[],
    })),
  };
}

function routes(name: string, ...all: object[]): Case {
  return { name, kind: 'routes', resource: table(all) };
}

const MATCH = { prefix: '/' };
const TO_CLUSTER = { match: MATCH, route: { cluster: CLUSTER } };

function action(name: string, route: object): Case {
  return routes(name, { match: MATCH, route: { cluster: CLUSTER, ...route } });
}

function domains(name: string, ...names: string[][]): Case {
  return { name, kind: 'routes', resource: table([TO_CLUSTER], names) };
}

function headerValue(value: string): Case {
  const header = { header: { key: 'x-a', value } };
  const shown = value.length > 60 ? `${value.length} bytes` : value;
  return routes(`header value ${shown}`, { ...TO_CLUSTER, request_headers_to_add: [header] });
}

function cluster(name: string, more: object): Case {
  const resource = { name: CLUSTER, type: 'STATIC', connect_timeout: '10s', ...more } as const;
  return { name, kind: 'clusters', resource };
}

const RANGE = { address_prefix: '10.1.0.0', prefix_len: 16 };

const LISTENERS: readonly Case[] = [
  chains('a partial wildcard', { server_names: ['*data-zone.io'] }),
  chains('a wildcard inside a name', { server_names: ['api.*.io'] }),
  chains('a whole label as wildcard', { server_names: ['*.safedata-zone.io'] }),
  chains('two names that differ in case', { server_names: ['api.io'] }, { server_names: ['API.io'] }),
  chains('a name in two chains', { server_names: ['a.io', 'b.io'] }, { server_names: ['b.io'] }),
  chains('a wildcard and the same with a dot', { server_names: ['*.a.io'] }, { server_names: ['.a.io'] }),
  chains('two equal matches', { server_names: ['a.io'] }, { server_names: ['a.io'] }),
  chains(
    'two equal matches of many parts',
    {
      server_names: ['a.io'],
      prefix_ranges: [RANGE],
      transport_protocol: 'tls',
      application_protocols: ['h2'],
    },
    {
      server_names: ['a.io'],
      prefix_ranges: [RANGE],
      transport_protocol: 'tls',
      application_protocols: ['h2'],
    },
  ),
  chains('two matches of nothing', {}, {}),
  chains(
    'ranges that are one without their host bits',
    { prefix_ranges: [RANGE] },
    { prefix_ranges: [{ address_prefix: '10.1.2.3', prefix_len: 16 }] },
  ),
  chains('a range twice in one match', {
    prefix_ranges: [RANGE, { address_prefix: '10.1.2.3', prefix_len: 16 }],
  }),
  chains(
    'a range inside another',
    { prefix_ranges: [RANGE] },
    { prefix_ranges: [{ address_prefix: '10.1.2.0', prefix_len: 24 }] },
  ),
  chains('one with TLS, one without', { transport_protocol: 'tls' }, { transport_protocol: 'raw_buffer' }),
  chains(
    'a protocol in two chains',
    { application_protocols: ['http/1.1', 'h2c'] },
    { application_protocols: ['h2c'] },
  ),
  {
    name: 'the address of another listener',
    kind: 'listeners',
    resource: listener(15001, [{}]),
    beside: [listener(15001, [{}], 'virtualOutbound')],
  },
  {
    name: 'the port of another listener at another address',
    kind: 'listeners',
    resource: {
      ...listener(9000, [{}], '10.1.2.3_9000'),
      address: { socket_address: { address: '10.1.2.3', port_value: 9000 } },
    },
    beside: [listener(9000, [{}])],
  },
];

const DOMAINS: readonly Case[] = [
  domains('a second catch-all', ['*'], ['*']),
  domains('a domain twice', ['api.io'], ['api.io']),
  domains('domains that differ in case', ['api.io'], ['API.io']),
  domains('a domain twice in a virtual host', ['api.io', 'api.io']),
  domains('a suffix wildcard twice', ['*.api.io'], ['*.API.io']),
  domains('a prefix wildcard twice', ['api.*'], ['api.*']),
  domains('wildcards at both ends', ['*api.io'], ['api.io*']),
  domains('a domain with and without its port', ['api.io'], ['api.io:80']),
];

const ROUTES: readonly Case[] = [
  routes('no action', { match: { prefix: '/many' } }, TO_CLUSTER),
  ...[200, 599, 600].map(status =>
    routes(`direct response ${status}`, { match: MATCH, direct_response: { status } }),
  ),
  ...[200, 599, 600].map(http_status =>
    routes(`abort ${http_status}`, {
      ...TO_CLUSTER,
      typed_per_filter_config: {
        'envoy.filters.http.fault': {
          '@type': 'type.googleapis.com/envoy.extensions.filters.http.fault.v3.HTTPFault',
          abort: { http_status, percentage: { numerator: 100 } },
        },
      },
    }),
  ),
  action('host with a line break', { host_rewrite_literal: 'a\nb' }),
  action('prefix rewrite with a line break', { prefix_rewrite: '/a\rb' }),
  routes('redirect to a path with a line break', { match: MATCH, redirect: { path_redirect: '/a\nb' } }),
  routes('redirect to a host with a line break', { match: MATCH, redirect: { host_redirect: 'a\nb' } }),
  action('substitution with a line break', {
    regex_rewrite: { pattern: { regex: '/x' }, substitution: '/a\nb' },
  }),
  action('hash of no header', { hash_policy: [{ header: { header_name: '' } }] }),
  action('hash of a header that is left out', { hash_policy: [{ header: {} }] }),
  action('hash of a header with a line break', { hash_policy: [{ header: { header_name: 'x\ny' } }] }),
  action('hash of no query parameter', { hash_policy: [{ query_parameter: { name: '' } }] }),
  action('cookie for less than no time', { hash_policy: [{ cookie: { name: 'c', ttl: '-1s' } }] }),
  action('cookie for no time', { hash_policy: [{ cookie: { name: 'c', ttl: '0s' } }] }),
  action('weights beyond 32 bits', {
    cluster: undefined,
    weighted_clusters: { clusters: [1, 2, 3].map(() => ({ name: CLUSTER, weight: 2_000_000_000 })) },
  }),
  routes('query parameter without a name', {
    ...TO_CLUSTER,
    match: { ...MATCH, query_parameters: [{ name: '', string_match: { exact: 'a' } }] },
  }),
  routes('header to remove with a line break', { ...TO_CLUSTER, request_headers_to_remove: ['x', 'x\ny'] }),
  routes('header to add with a line break', {
    ...TO_CLUSTER,
    response_headers_to_add: [{ header: { key: 'x\ny', value: 'v' } }],
  }),
  ...[1000, 1001].map(count =>
    routes(`${count} headers`, {
      ...TO_CLUSTER,
      request_headers_to_add: Array.from({ length: count }, (_, i) => ({
        header: { key: `x-${i}`, value: 'v' },
      })),
    }),
  ),
  ...['.{1000}'.repeat(16), '.{1000}'.repeat(17), 'x{900}'.repeat(37)].map(regex =>
    routes(`regex of ${regex.length} bytes`, { ...TO_CLUSTER, match: { safe_regex: { regex } } }),
  ),
];

const FORMATS: readonly Case[] = [
  ...[LONG, `${LONG}a`].map(headerValue),
  ...(
    '100%% %FOO% %protocol% %PROTOCOL% %PROTOCOL()% %PROTOCOL(x)% %PROTOCOL:3% %REQ% %REQ()% %REQ(x)% %REQ(x?y):4% ' +
    '%REQ(x?y?z)% %REQ(:path)% %START_TIME% %START_TIME(%Y-%m)% %START_TIME(%Yn%n)% %START_TIME:3% %DYNAMIC_METADATA% ' +
    '%DYNAMIC_METADATA(a:b):3% %UPSTREAM_METADATA(a:b):3% %CLUSTER_METADATA% %COMMON_DURATION(x)% ' +
    '%COMMON_DURATION(DS_RX_BEG:DS_RX_END:ms)% %GRPC_STATUS% %GRPC_STATUS(NUMBER)% %GRPC_STATUS(x)% %METADATA(x)% ' +
    '%METADATA(ROUTE:a)% %PATH(WQ)% %PATH(x)% %QUERY_PARAMS(ORIG)% %QUERY_PARAMS(x)% %REQUESTED_SERVER_NAME(x)% ' +
    '%REQUESTED_SERVER_NAME(SNI_ONLY:ORIG)% %FILTER_STATE% %FILTER_STATE(a)% %PER_REQUEST_STATE(x)% %QUERY_PARAM% ' +
    '%ENVIRONMENT(HOME)% %TRAILER(x)% %HOSTNAME% %RESPONSE_CODE_DETAILS(x)% %RESPONSE_CODE_DETAILS:3% % a%PROTOCOL'
  )
    .split(' ')
    .map(headerValue),
  headerValue('%REQ(a b)%'),
  headerValue('% PROTOCOL %'),
];

function sni(name: string, value: string): Case {
  const typed_config = {
    '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
    sni: value,
  };
  return cluster(`server name ${name}`, {
    transport_socket: { name: 'envoy.transport_sockets.tls', typed_config },
  });
}

const CLUSTERS: readonly Case[] = [
  sni('of 255 bytes', 'a'.repeat(255)),
  sni('of 256 bytes', 'a'.repeat(256)),
  sni('with a NUL byte', 'a\0b'),
  sni('with a line break', 'a\nb'),
  ...['8388608', '8388609'].map(minimum_ring_size =>
    cluster(`ring of ${minimum_ring_size}`, {
      lb_policy: 'RING_HASH',
      ring_hash_lb_config: { minimum_ring_size },
    }),
  ),
  cluster('no time to connect', { connect_timeout: '0s' }),
  cluster('ejections of no time', { outlier_detection: { base_ejection_time: '0s' } }),
  cluster('ejections beyond all', { outlier_detection: { max_ejection_percent: 101 } }),
];

export const CASES: readonly Case[] = [...LISTENERS, ...DOMAINS, ...ROUTES, ...FORMATS, ...CLUSTERS];
