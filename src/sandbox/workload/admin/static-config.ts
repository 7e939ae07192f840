/**
 * What every sidecar has besides what istiod makes of the mesh: the clusters and listeners of its bootstrap, and the
 * listener for inbound calls of a pod that no Service selects. Nothing here acts on them; they are for who reads a dump.
 * Source: tools/packaging/common/envoy_bootstrap.json, pilot/pkg/networking/core/listener_inbound.go of Istio 1.31.
 * Left out: the clusters and filter chains of a Service's ports, which nothing calls.
 */
const FILTERS = 'type.googleapis.com/envoy.extensions.filters.';

const at = (address: string, port_value: number) => ({ socket_address: { address, port_value } });

function cluster(name: string, connect_timeout: string, address: object, more: object = {}) {
  return {
    ...{ name, type: 'STATIC', connect_timeout, ...more, alt_stat_name: `${name};` },
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
  };
}

const HTTP2 = {
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      explicit_http_config: { http2_protocol_options: {} },
    },
  },
};
const MANY = { max_connections: 100_000, max_pending_requests: 100_000, max_requests: 100_000 };

export const STATIC_CLUSTERS = [
  cluster('agent', '0.250s', at('127.0.0.1', 15020)),
  cluster('prometheus_stats', '0.250s', at('127.0.0.1', 15000)),
  cluster('sds-grpc', '1s', { pipe: { path: './var/run/secrets/workload-spiffe-uds/socket' } }, HTTP2),
  cluster(
    'xds-grpc',
    '1s',
    { pipe: { path: './etc/istio/proxy/XDS' } },
    {
      ...HTTP2,
      max_requests_per_connection: 1,
      circuit_breakers: { thresholds: [MANY, { priority: 'HIGH', ...MANY }] },
      upstream_connection_options: { tcp_keepalive: { keepalive_time: 300 } },
    },
  ),
];

export const STATIC_ENDPOINTS: readonly object[] = STATIC_CLUSTERS.map(({ load_assignment: assigned }) => ({
  ...assigned,
  endpoints: assigned.endpoints.map(({ lb_endpoints }) => ({
    locality: {},
    lb_endpoints: lb_endpoints.map(({ endpoint }) => ({
      endpoint: { ...endpoint, health_check_config: {} },
      ...{ health_status: 'HEALTHY', load_balancing_weight: 1 },
    })),
  })),
  policy: { overprovisioning_factor: 140 },
}));

function http(stat_prefix: string, more: object, filters: readonly object[] = []): object {
  return {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: {
      '@type': `${FILTERS}network.http_connection_manager.v3.HttpConnectionManager`,
      stat_prefix,
      ...more,
      http_filters: [...filters, filter('router', 'router.v3.Router')],
    },
  };
}

function filter(name: string, type: string, more: object = {}): object {
  return { name: `envoy.filters.http.${name}`, typed_config: { '@type': `${FILTERS}http.${type}`, ...more } };
}

const COMPRESSED = ['text/plain', 'application/vnd.google.protobuf', 'application/openmetrics-text'];

function compressor(name: string, type: string): object {
  return filter(`compressor.${name}`, 'compressor.v3.Compressor', {
    compressor_library: {
      name: `stats_${name}`,
      typed_config: {
        '@type': `type.googleapis.com/envoy.extensions.compression.${name}.compressor.v3.${type}`,
      },
    },
    response_direction_config: {
      common_config: { content_type: [...COMPRESSED, 'application/openmetrics-protobuf'] },
    },
  });
}

function routes(prefix: string, to: string): object {
  return {
    virtual_hosts: [
      { name: 'backend', domains: ['*'], routes: [{ match: { prefix }, route: { cluster: to } }] },
    ],
  };
}

const STATS_ROUTES = routes('/stats/prometheus', 'prometheus_stats');
const HEALTH_ROUTES = routes('/healthz/ready', 'agent');

function own(port: number, filters: readonly object[]): object {
  return {
    ...{ name: `0.0.0.0_${port}`, address: at('0.0.0.0', port), filter_chains: [{ filters }] },
    ...{ ignore_global_conn_limit: true, bypass_overload_manager: true },
  };
}

export const STATIC_LISTENERS: readonly object[] = [
  own(15090, [
    http('stats', { route_config: STATS_ROUTES }, [
      compressor('brotli', 'Brotli'),
      compressor('zstd', 'Zstd'),
      compressor('gzip', 'Gzip'),
    ]),
  ]),
  own(15021, [http('agent', { route_config: HEALTH_ROUTES })]),
];

const PASSTHROUGH = 'InboundPassthroughCluster';

export const INBOUND_CLUSTER: object = {
  ...{ name: PASSTHROUGH, type: 'ORIGINAL_DST', connect_timeout: '10s', lb_policy: 'CLUSTER_PROVIDED' },
  circuit_breakers: {
    thresholds: [
      {
        ...{ max_connections: 4_294_967_295, max_pending_requests: 4_294_967_295 },
        ...{ max_requests: 4_294_967_295, max_retries: 4_294_967_295 },
      },
    ],
  },
  upstream_bind_config: { source_address: { address: '127.0.0.6', port_value: 0 } },
  alt_stat_name: 'PassthroughCluster;',
  typed_extension_protocol_options: {
    'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
      '@type': 'type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
      common_http_protocol_options: { idle_timeout: '300s' },
      use_downstream_protocol_config: { http_protocol_options: {}, http2_protocol_options: {} },
    },
  },
};

const INBOUND_ROUTES = {
  name: PASSTHROUGH,
  virtual_hosts: [
    {
      ...{ name: 'inbound|http|0', domains: ['*'] },
      routes: [
        {
          match: { prefix: '/' },
          route: {
            ...{ cluster: PASSTHROUGH, timeout: '0s' },
            retry_policy: { retry_on: 'reset-before-request', num_retries: 2 },
            max_stream_duration: { max_stream_duration: '0s', grpc_timeout_header_max: '0s' },
          },
          ...{ decorator: { operation: ':0/*' }, name: 'default' },
        },
      ],
    },
  ],
  validate_clusters: false,
};

export const STATIC_ROUTES: readonly object[] = [INBOUND_ROUTES, STATS_ROUTES, HEALTH_ROUTES, INBOUND_ROUTES];

const SDS = {
  sds_config: {
    api_config_source: {
      ...{ api_type: 'GRPC', grpc_services: [{ envoy_grpc: { cluster_name: 'sds-grpc' } }] },
      ...{ set_node_on_first_message_only: true, transport_api_version: 'V3' },
    },
    ...{ initial_fetch_timeout: '0s', resource_api_version: 'V3' },
  },
};
const CIPHERS = [
  ...['ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-AES128-GCM-SHA256'],
  ...['ECDHE-RSA-AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'AES128-GCM-SHA256'],
];
const MUTUAL_TLS = {
  transport_socket: {
    name: 'envoy.transport_sockets.tls',
    typed_config: {
      '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
      common_tls_context: {
        tls_params: {
          ...{ tls_minimum_protocol_version: 'TLSv1_2', tls_maximum_protocol_version: 'TLSv1_3' },
          cipher_suites: CIPHERS,
        },
        alpn_protocols: ['h2', 'http/1.1'],
        tls_certificate_sds_secret_configs: [{ name: 'default', ...SDS }],
        combined_validation_context: {
          default_validation_context: { match_subject_alt_names: [{ prefix: 'spiffe://cluster.local/' }] },
          validation_context_sds_secret_config: { name: 'ROOTCA', ...SDS },
        },
      },
      require_client_certificate: true,
    },
  },
};

function tcp(name: string): object {
  const type = `${FILTERS}network.tcp_proxy.v3.TcpProxy`;
  return {
    name: 'envoy.filters.network.tcp_proxy',
    typed_config: { '@type': type, stat_prefix: name, cluster: name },
  };
}

const INBOUND_HTTP = http(`${PASSTHROUGH};`, { route_config: INBOUND_ROUTES, server_name: 'istio-envoy' }, [
  filter('grpc_stats', 'grpc_stats.v3.FilterConfig', {
    ...{ emit_filter_state: true, stats_for_all_methods: false },
  }),
  filter('fault', 'fault.v3.HTTPFault'),
  filter('cors', 'cors.v3.Cors'),
]);

function chain(name: string, filter_chain_match: object, filter: object, more: object = {}): object {
  return { filter_chain_match, filters: [filter], ...more, name };
}

function inspector(name: string, type: string, more: object = {}): object {
  const destination_port_range = { start: 15006, end: 15007 };
  return {
    name: `envoy.filters.listener.${name}`,
    typed_config: { '@type': `${FILTERS}listener.${name}.v3.${type}`, ...more },
    ...(name !== 'original_dst' && { filter_disabled: { destination_port_range } }),
  };
}

export const INBOUND_LISTENER = {
  name: 'virtualInbound',
  address: at('0.0.0.0', 15006),
  filter_chains: [
    chain('virtualInbound-blackhole', { destination_port: 15006 }, tcp('BlackHoleCluster')),
    chain(
      'virtualInbound-catchall-http',
      {
        transport_protocol: 'tls',
        application_protocols: ['istio-http/1.0', 'istio-http/1.1', 'istio-h2'],
      },
      INBOUND_HTTP,
      MUTUAL_TLS,
    ),
    chain(
      'virtualInbound-catchall-http',
      { transport_protocol: 'raw_buffer', application_protocols: ['http/1.1', 'h2c'] },
      INBOUND_HTTP,
    ),
    chain(
      'virtualInbound',
      { transport_protocol: 'tls', application_protocols: ['istio-peer-exchange', 'istio'] },
      tcp(PASSTHROUGH),
      MUTUAL_TLS,
    ),
    chain('virtualInbound', { transport_protocol: 'raw_buffer' }, tcp(PASSTHROUGH)),
    chain('virtualInbound', { transport_protocol: 'tls' }, tcp(PASSTHROUGH)),
  ],
  listener_filters: [
    inspector('original_dst', 'OriginalDst'),
    inspector('tls_inspector', 'TlsInspector', { initial_read_buffer_size: 512 }),
    inspector('http_inspector', 'HttpInspector'),
  ],
  ...{ listener_filters_timeout: '0s', traffic_direction: 'INBOUND' },
  ...{ continue_on_listener_filters_timeout: true, max_connections_to_accept_per_socket_event: 1 },
};
