/**
 * The HTTP connection manager of an outbound listener.
 * Source: pilot/pkg/networking/core/listener_builder.go (buildHTTPConnectionManager). Left out: the access log,
 * tracing, and Istio's own filters, which the lab's istiod does not send either.
 */
import type { NetworkFilter } from '../../envoy/config.ts';
import type { Protocol } from '../../istio/protocol.ts';
import { anyType } from './envoy-json.ts';
import { anyConnection, type ChainPlan } from './filter-chains.ts';
import { dnsCache, isDynamicDns, type MeshService } from './mesh-service.ts';

const filter = (name: string, type: string, fields: object = {}) => ({
  name,
  typed_config: { ...anyType(type), ...fields },
});

const HTTP_FILTERS = [
  filter('envoy.filters.http.grpc_stats', 'envoy.extensions.filters.http.grpc_stats.v3.FilterConfig', {
    emit_filter_state: true,
    stats_for_all_methods: false,
  }),
  filter('envoy.filters.http.fault', 'envoy.extensions.filters.http.fault.v3.HTTPFault'),
  filter('envoy.filters.http.cors', 'envoy.extensions.filters.http.cors.v3.Cors'),
];

const ROUTER = filter('envoy.filters.http.router', 'envoy.extensions.filters.http.router.v3.Router');

/** What the HTTP inspector recognises; HTTP/1.0 is not included and passes as plain TCP. */
const PLAIN_HTTP = ['http/1.1', 'h2c'];

const GRPC_WEB = filter('envoy.filters.http.grpc_web', 'envoy.extensions.filters.http.grpc_web.v3.GrpcWeb');

/** The service that the listener was made for: others may share it, but have no influence on its filters. */
interface First {
  readonly service: MeshService;
  readonly protocol: Protocol;
}

function httpFilters({ service, protocol }: First) {
  const dynamic = filter(
    'envoy.filters.http.dynamic_forward_proxy',
    'envoy.extensions.filters.http.dynamic_forward_proxy.v3.FilterConfig',
    dnsCache(service),
  );
  return [
    ...(protocol === 'GRPC-Web' ? [GRPC_WEB] : []),
    ...HTTP_FILTERS,
    ...(isDynamicDns(service) ? [dynamic] : []),
    ROUTER,
  ];
}

/** `sniffed`: the chain takes only what looks like plain HTTP; the rest falls through. */
export function httpChain(listener: string, routeConfig: string, sniffed: boolean, first: First): ChainPlan {
  const manager: NetworkFilter = {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: {
      ...anyType('envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager'),
      stat_prefix: `outbound_${listener};`,
      rds: {
        config_source: { ads: {}, initial_fetch_timeout: '0s', resource_api_version: 'V3' },
        route_config_name: routeConfig,
      },
      http_filters: httpFilters(first),
      use_remote_address: false,
      upgrade_configs: [{ upgrade_type: 'websocket' }],
      stream_idle_timeout: '0s',
      proxy_100_continue: true,
      normalize_path: true,
      request_id_extension: {
        typed_config: {
          ...anyType('envoy.extensions.request_id.uuid.v3.UuidRequestIdConfig'),
          use_request_id_for_trace_sampling: true,
        },
      },
      path_with_escaped_slashes_action: 'KEEP_UNCHANGED',
    },
  };
  const chain = anyConnection([manager]);
  if (!sniffed) return chain;
  return { ...chain, applicationProtocols: PLAIN_HTTP, transportProtocol: 'raw_buffer' };
}
