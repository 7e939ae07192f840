/**
 * The clusters for traffic that no service claims. InboundPassthroughCluster is the only inbound cluster made here,
 * because it is in every dump.
 * Source: pilot/pkg/networking/core/cluster_builder.go (buildBlackHoleCluster, buildDefaultPassthroughCluster).
 */
import type { Cluster } from '../../envoy/config.ts';
import { HTTP_OPTIONS } from './cluster-http.ts';
import { CONNECT_TIMEOUT, circuitBreakers } from './cluster-policy.ts';
import { anyType } from './envoy-json.ts';

export const PASSTHROUGH = 'PassthroughCluster';
export const BLACK_HOLE = 'BlackHoleCluster';

const passthrough: Cluster = {
  ...anyType('envoy.config.cluster.v3.Cluster'),
  name: PASSTHROUGH,
  type: 'ORIGINAL_DST',
  connect_timeout: CONNECT_TIMEOUT,
  lb_policy: 'CLUSTER_PROVIDED',
  circuit_breakers: circuitBreakers(),
  alt_stat_name: `${PASSTHROUGH};`,
  typed_extension_protocol_options: {
    [HTTP_OPTIONS]: {
      ...anyType(HTTP_OPTIONS),
      common_http_protocol_options: { idle_timeout: '300s' },
      use_downstream_protocol_config: { http_protocol_options: {}, http2_protocol_options: {} },
    },
  },
};

export const CATCH_ALL_CLUSTERS: readonly Cluster[] = [
  {
    ...anyType('envoy.config.cluster.v3.Cluster'),
    name: BLACK_HOLE,
    type: 'STATIC',
    connect_timeout: CONNECT_TIMEOUT,
    alt_stat_name: `${BLACK_HOLE};`,
  },
  passthrough,
  {
    ...passthrough,
    name: 'InboundPassthroughCluster',
    upstream_bind_config: { source_address: { address: '127.0.0.6', port_value: 0 } },
  },
];
