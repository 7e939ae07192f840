/**
 * The environment variables of istio-proxy, which header values may name (%ENVIRONMENT(POD_NAME)%).
 * Source: manifests/charts/istio-control/istio-discovery/files/injection-template.yaml. Left out: variables that only
 * the agent reads (PROXY_CONFIG, ISTIO_META_POD_PORTS, limits of Go's runtime).
 */
import type { Pod } from '../kube-types.ts';
import { NODE, NODE_IP } from '../node.ts';

export function proxyEnvironment({ metadata, spec }: Pod, ip: string): Record<string, string> {
  const { name, namespace = '' } = metadata;
  const apps = spec.containers.map(container => container.name).filter(each => each !== 'istio-proxy');
  // A Deployment's pod is named after its ReplicaSet: 'client-6d4cf56db6-x2x7q'.
  const workload = name.replace(/-[a-z0-9]{6,10}-[a-z0-9]{5}$/, '');
  return {
    PILOT_CERT_PROVIDER: 'istiod',
    CA_ADDR: 'istiod.istio-system.svc:15012',
    POD_NAME: name,
    POD_NAMESPACE: namespace,
    INSTANCE_IP: ip,
    SERVICE_ACCOUNT: String(spec.serviceAccountName ?? 'default'),
    HOST_IP: NODE_IP,
    ISTIO_META_APP_CONTAINERS: apps.join(','),
    ISTIO_META_CLUSTER_ID: 'Kubernetes',
    ISTIO_META_NODE_NAME: NODE,
    ISTIO_META_INTERCEPTION_MODE: 'REDIRECT',
    ISTIO_META_WORKLOAD_NAME: workload,
    ISTIO_META_MESH_ID: 'cluster.local',
    TRUST_DOMAIN: 'cluster.local',
    HOME: '/home/istio-proxy',
  };
}
