/** The hosts of a cluster, as Envoy's admin pages list them. */
import type { Cluster, EnvoyConfig } from '../../../envoy/config.ts';
import type { Address, PodResolver } from '../../rooms.ts';

export interface HostState {
  readonly address: Address;
  /** The name that a DNS cluster resolved; '' for others. */
  readonly hostname: string;
  readonly ejected?: boolean;
  readonly weight?: number;
  readonly priority?: number;
  /** 'cx_active', 'rq_total'...: left out: 0. */
  readonly counters?: Readonly<Record<string, number>>;
}

/** What the configuration alone says: a DNS cluster's names are resolved as the pod would. */
export function configuredHosts(config: EnvoyConfig, cluster: Cluster, resolver: PodResolver): HostState[] {
  const byEds = cluster.type === 'EDS';
  const service = cluster.eds_cluster_config?.service_name || cluster.name;
  const assignment = byEds
    ? config.endpoints.find(each => each.cluster_name === service)
    : cluster.load_assignment;
  return (assignment?.endpoints ?? []).flatMap(locality =>
    (locality.lb_endpoints ?? []).flatMap(({ endpoint, load_balancing_weight }) => {
      const { address, port_value: port } = endpoint.address.socket_address;
      return resolver.resolve(address).map(ip => ({
        address: { ip, port },
        hostname: byEds ? '' : address,
        weight: load_balancing_weight ?? 1,
        priority: locality.priority ?? 0,
      }));
    }),
  );
}
