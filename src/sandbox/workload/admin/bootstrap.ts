/** What Envoy is started with. Source: pkg/bootstrap/config.go, tools/packaging/common/envoy_bootstrap.json of Istio 1.31. */
import { NODE } from '../node.ts';
import type { SidecarPod } from '../surroundings.ts';
import { STATIC_CLUSTERS, STATIC_LISTENERS } from './static-config.ts';

const ADS = { ads: {}, initial_fetch_timeout: '0s', resource_api_version: 'V3' };

export function bootstrapOf(pod: SidecarPod): object {
  return {
    node: nodeOf(pod),
    static_resources: { listeners: STATIC_LISTENERS, clusters: STATIC_CLUSTERS },
    dynamic_resources: {
      ...{ lds_config: ADS, cds_config: ADS },
      ads_config: {
        ...{ api_type: 'DELTA_GRPC', grpc_services: [{ envoy_grpc: { cluster_name: 'xds-grpc' } }] },
        ...{ set_node_on_first_message_only: true, transport_api_version: 'V3' },
      },
    },
    admin: {
      profile_path: '/var/lib/istio/data/envoy.prof',
      address: { socket_address: { address: '127.0.0.1', port_value: 15000 } },
    },
    application_log_config: {
      log_format: { text_format: '%Y-%m-%dT%T.%fZ\t%l\tenvoy %n %g:%#\t%v\tthread=%t' },
    },
  };
}

/** Source: pkg/model/proxy.go (ServiceNode). */
export function nodeOf({ ip, name, namespace, account, labels }: SidecarPod): object {
  return {
    id: `sidecar~${ip}~${name}.${namespace}~${namespace}.svc.cluster.local`,
    cluster: `${labels.app ?? name}.${namespace}`,
    metadata: {
      ...{ NAME: name, NAMESPACE: namespace, LABELS: labels, INSTANCE_IPS: ip, SERVICE_ACCOUNT: account },
      ...{ CLUSTER_ID: 'Kubernetes', MESH_ID: 'cluster.local', ISTIO_VERSION: '1.31-dev', NODE_NAME: NODE },
      ...{ ENVOY_PROMETHEUS_PORT: 15_090, ENVOY_STATUS_PORT: 15_021, INTERCEPTION_MODE: 'REDIRECT' },
      PROXY_CONFIG: { discoveryAddress: 'istiod.istio-system.svc:15012', statusPort: 15_020 },
    },
    locality: {},
    user_agent_name: 'envoy',
    user_agent_build_version: {
      version: { major_number: 1, minor_number: 39, patch: 3 },
      metadata: { 'build.type': 'sandbox', 'revision.status': 'Clean' },
    },
  };
}
