/** Envoy's pages `clusters` and `clusters?format=json`. Source: source/server/admin/clusters_handler.cc. */
import type { Cluster } from '../../../envoy/config.ts';
import { addressText, hostAndPort } from '../../../envoy/endpoint-address.ts';
import type { HostStatus } from '../../rooms.ts';

export interface ClusterHosts {
  readonly cluster: Cluster;
  readonly hosts: readonly HostStatus[];
  /** Of the bootstrap: not from istiod. */
  readonly isStatic?: boolean;
}

const COUNTERS = ['cx_connect_fail', 'cx_total', 'rq_error', 'rq_success', 'rq_timeout', 'rq_total'];
const GAUGES = ['cx_active', 'rq_active', 'rq_pending_active'];
/** For the priority that nobody configures, Envoy has its own limits. */
const HIGH = { max_connections: 1024, max_pending_requests: 1024, max_requests: 1024, max_retries: 3 };
const LIMITS = ['max_connections', 'max_pending_requests', 'max_requests', 'max_retries'] as const;

export function clustersText(all: readonly ClusterHosts[]): string {
  return all.map(each => `${clusterText(each)}\n`).join('');
}

function clusterText({ cluster, hosts, isStatic = false }: ClusterHosts): string {
  const { name } = cluster;
  const own = limitsOf(cluster);
  const lines = [
    `${name}::observability_name::${cluster.alt_stat_name ?? name}`,
    ...LIMITS.map(limit => `${name}::default_priority::${limit}::${own[limit]}`),
    ...LIMITS.map(limit => `${name}::high_priority::${limit}::${HIGH[limit]}`),
    `${name}::added_via_api::${!isStatic}`,
    ...(cluster.type === 'EDS'
      ? [`${name}::eds_service_name::${cluster.eds_cluster_config?.service_name ?? name}`]
      : []),
    ...hosts.flatMap(host => hostText(name, host)),
  ];
  return lines.join('\n');
}

function hostText(cluster: string, host: HostStatus): string[] {
  const { host: address, port } = hostAndPort(host.address);
  const at = `${cluster}::${addressText(address, port)}`;
  const place = (host.locality ?? {}) as Record<string, string>;
  return [
    ...[...COUNTERS, ...GAUGES].sort().map(name => `${at}::${name}::${statOf(host, name)}`),
    `${at}::hostname::${host.hostname ?? ''}`,
    `${at}::health_flags::${host.health_status?.failed_outlier_check ? '/failed_outlier_check' : 'healthy'}`,
    `${at}::weight::${host.weight ?? 1}`,
    ...['region', 'zone', 'sub_zone'].map(name => `${at}::${name}::${place[name] ?? ''}`),
    `${at}::canary::false`,
    `${at}::priority::${host.priority ?? 0}`,
    ...['success_rate', 'local_origin_success_rate'].map(name => `${at}::${name}::-1`),
  ];
}

function statOf({ stats = [] }: HostStatus, name: string): string {
  return stats.find(each => each.name === name)?.value ?? '0';
}

/** The JSON form: envoy.admin.v3.Clusters. Zeros are left out, as in protos. */
export function clustersJson(all: readonly ClusterHosts[]): object {
  return {
    cluster_statuses: all.map(({ cluster, hosts, isStatic = false }) => ({
      name: cluster.name,
      ...(!isStatic && { added_via_api: true }),
      ...(hosts.length > 0 ? { host_statuses: hosts.map(hostJson) } : {}),
      circuit_breakers: { thresholds: [limitsOf(cluster), { priority: 'HIGH', ...HIGH }] },
      observability_name: cluster.alt_stat_name ?? cluster.name,
      ...(cluster.type === 'EDS'
        ? { eds_service_name: cluster.eds_cluster_config?.service_name ?? cluster.name }
        : {}),
    })),
  };
}

function hostJson(host: HostStatus): object {
  const stat = (name: string, type?: string) => {
    const value = statOf(host, name);
    return { ...(type ? { type } : {}), name, ...(value === '0' ? {} : { value }) };
  };
  return {
    locality: {},
    weight: 1,
    ...host,
    health_status: { eds_health_status: 'HEALTHY', ...host.health_status },
    stats: [...COUNTERS.map(name => stat(name)), ...GAUGES.map(name => stat(name, 'GAUGE'))],
  };
}

function limitsOf(cluster: Cluster) {
  const own = cluster.circuit_breakers?.thresholds?.[0];
  return {
    max_connections: own?.max_connections ?? HIGH.max_connections,
    max_pending_requests: own?.max_pending_requests ?? HIGH.max_pending_requests,
    max_requests: own?.max_requests ?? HIGH.max_requests,
    max_retries: own?.max_retries ?? HIGH.max_retries,
  };
}
