/**
 * The hosts of a cluster, from its endpoints: DNS clusters resolve names (STRICT_DNS takes all addresses, LOGICAL_DNS
 * the first), STATIC and EDS have addresses. An address keeps its host object.
 * Source: source/extensions/clusters/{strict_dns,logical_dns,static,eds}.
 */
import type {
  Cluster,
  ClusterLoadAssignment,
  LbEndpoint,
  LocalityLbEndpoints,
} from '../../../envoy/config.ts';
import { addressText, hostAndPort } from '../../../envoy/endpoint-address.ts';
import type { PodResolver } from '../../rooms.ts';
import { UpstreamHost } from './upstream-host.ts';

const OUT = new Set(['UNHEALTHY', 'DRAINING', 'TIMEOUT']);

/** `known` are the hosts so far; those that stay are kept, with all that is known about them. */
export function hostsOf(
  cluster: Cluster,
  assignment: ClusterLoadAssignment | undefined,
  resolver: PodResolver,
  known: readonly UpstreamHost[],
): UpstreamHost[] {
  const before = new Map(known.map(host => [host.key, host]));
  const hosts = new Map<string, UpstreamHost>();
  for (const group of assignment?.endpoints ?? []) {
    for (const endpoint of group.lb_endpoints ?? []) {
      const { host: address, port } = hostAndPort(endpoint.endpoint.address);
      for (const ip of addresses(cluster, address, resolver)) {
        // Two names with the same address are one host.
        const key = addressText(ip, port);
        if (hosts.has(key)) continue;
        const hostname = endpoint.endpoint.hostname ?? (isDns(cluster) ? address : '');
        const host = before.get(key) ?? new UpstreamHost({ ip, port }, hostname);
        describe(host, group, endpoint);
        hosts.set(key, host);
      }
    }
  }
  return [...hosts.values()];
}

export function isDns(cluster: Cluster): boolean {
  return cluster.type === 'STRICT_DNS' || cluster.type === 'LOGICAL_DNS';
}

function addresses(cluster: Cluster, address: string, resolver: PodResolver): readonly string[] {
  if (!isDns(cluster)) return [address];
  const found = resolver.resolve(address);
  return cluster.type === 'LOGICAL_DNS' ? found.slice(0, 1) : found;
}

function describe(host: UpstreamHost, group: LocalityLbEndpoints, endpoint: LbEndpoint): void {
  host.weight = endpoint.load_balancing_weight ?? 1;
  host.priority = group.priority ?? 0;
  host.locality = group.locality ?? {};
  // If localities are weighted, one without a weight gets no calls.
  host.localityWeight = group.load_balancing_weight ?? 0;
  host.configuredHealthy = !OUT.has(endpoint.health_status ?? '');
  const metadata = endpoint.metadata as { filter_metadata?: Record<string, unknown> } | undefined;
  host.metadata = metadata?.filter_metadata ?? {};
}
