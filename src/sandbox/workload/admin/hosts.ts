/**
 * The hosts of clusters in the JSON of Envoy's admin interface (envoy.admin.v3.HostStatus), which the data plane uses
 * too.
 */
import type { Cluster, EnvoyConfig } from '../../../envoy/config.ts';
import { endpointAddress, hostAndPort, isSocketPath } from '../../../envoy/endpoint-address.ts';
import type { HostStatus, PodResolver } from '../../rooms.ts';

/** Hosts known from the configuration alone: a DNS cluster's names are resolved as the pod would. */
export function configuredHosts(config: EnvoyConfig, cluster: Cluster, resolver: PodResolver): HostStatus[] {
  const byEds = cluster.type === 'EDS';
  const service = cluster.eds_cluster_config?.service_name || cluster.name;
  const assignment = byEds
    ? config.endpoints.find(each => each.cluster_name === service)
    : cluster.load_assignment;
  return (assignment?.endpoints ?? []).flatMap(({ lb_endpoints = [], priority, locality }) =>
    lb_endpoints.flatMap(({ endpoint, load_balancing_weight: weight = 1 }) => {
      const { host, port } = hostAndPort(endpoint.address);
      return ('pipe' in endpoint.address || isSocketPath(host) ? [host] : resolver.resolve(host)).map(ip => ({
        address: 'pipe' in endpoint.address ? endpoint.address : endpointAddress(ip, port),
        health_status: { eds_health_status: 'HEALTHY' },
        weight,
        ...(byEds ? {} : { hostname: host }),
        ...(priority ? { priority } : {}),
        ...(locality ? { locality } : {}),
      }));
    }),
  );
}
