/** The hosts of clusters in the JSON of Envoy's admin (envoy.admin.v3.HostStatus), which the data plane tells as well. */
import type { Cluster, EnvoyConfig, PipeAddress, SocketAddress } from '../../../envoy/config.ts';
import { endpointAddress, hostAndPort, isSocketPath } from '../../../envoy/endpoint-address.ts';
import type { PodResolver } from '../../rooms.ts';

export interface HostStatus {
  readonly address: SocketAddress | PipeAddress;
  /** 'cx_active', 'rq_total'...; what is not there is 0. */
  readonly stats?: readonly { readonly name: string; readonly value: string; readonly type?: string }[];
  readonly health_status?: {
    readonly eds_health_status?: string;
    readonly failed_outlier_check?: true;
  };
  readonly weight?: number;
  /** The name that a DNS cluster resolved. */
  readonly hostname?: string;
  readonly priority?: number;
  readonly locality?: object;
}

export interface ClusterStatus {
  readonly name: string;
  readonly host_statuses: readonly HostStatus[];
}

/** What the configuration alone says: a DNS cluster's names are resolved as the pod would. */
export function configuredHosts(config: EnvoyConfig, cluster: Cluster, resolver: PodResolver): HostStatus[] {
  const byEds = cluster.type === 'EDS';
  const service = cluster.eds_cluster_config?.service_name || cluster.name;
  const assignment = byEds
    ? config.endpoints.find(each => each.cluster_name === service)
    : cluster.load_assignment;
  return (assignment?.endpoints ?? []).flatMap(({ lb_endpoints = [], priority, locality }) =>
    lb_endpoints.flatMap(({ endpoint, load_balancing_weight: weight = 1 }) => {
      const { host, port } = hostAndPort(endpoint.address);
      return (isSocketPath(host) ? [host] : resolver.resolve(host)).map(ip => ({
        address: endpointAddress(ip, port),
        health_status: { eds_health_status: 'HEALTHY' },
        weight,
        ...(byEds ? {} : { hostname: host }),
        ...(priority ? { priority } : {}),
        ...(locality ? { locality } : {}),
      }));
    }),
  );
}
