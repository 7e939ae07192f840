/**
 * What Envoy's protos demand of a cluster, for the fields that istiod fills from what users write.
 * Source: envoyproxy/envoy api/envoy/config/cluster/v3/{cluster,outlier_detection}.proto,
 * extensions/transport_sockets/tls/v3/tls.proto.
 */
import { type ConstrainedMessage, type Constraint, embedded, number, positive, text } from './constraints.ts';

const percent: Constraint = number({ max: 100 });

export const CLUSTER: ConstrainedMessage = {
  name: 'Cluster',
  fields: [
    ['connect_timeout', positive],
    [
      'outlier_detection',
      embedded({
        name: 'OutlierDetection',
        fields: [
          ['interval', positive],
          ['base_ejection_time', positive],
          ['max_ejection_percent', percent],
          ['enforcing_consecutive_5xx', percent],
          ['enforcing_success_rate', percent],
          ['enforcing_consecutive_gateway_failure', percent],
        ],
      }),
    ],
    [
      'ring_hash_lb_config',
      embedded({ name: 'RingHashLbConfig', fields: [['minimum_ring_size', number({ max: 8_388_608 })]] }),
    ],
    [
      'maglev_lb_config',
      embedded({ name: 'MaglevLbConfig', fields: [['table_size', number({ max: 5_000_011 })]] }),
    ],
    [
      'original_dst_lb_config',
      embedded({
        name: 'OriginalDstLbConfig',
        fields: [['upstream_port_override', number({ max: 65_535 })]],
      }),
    ],
  ],
};

/** The configuration of a transport socket is checked when the cluster is built, not when it is read. */
export const UPSTREAM_TLS_CONTEXT: ConstrainedMessage = {
  name: 'UpstreamTlsContext',
  fields: [['sni', text({ max: 255 })]],
};
