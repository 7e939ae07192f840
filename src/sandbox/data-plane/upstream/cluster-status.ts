/**
 * A cluster as Envoy's admin page `clusters?format=json` describes it.
 * Source: api/envoy/admin/v3/clusters.proto; source/server/admin/clusters_handler.cc.
 */
import { endpointAddress } from '../../../envoy/endpoint-address.ts';
import type { ClusterStatus, HostStatus } from '../../rooms.ts';
import type { LiveCluster } from './upstream-cluster.ts';
import type { UpstreamHost } from './upstream-host.ts';

export function clusterStatus(cluster: LiveCluster): ClusterStatus {
  return { name: cluster.config.name, host_statuses: cluster.hosts.map(hostStatus) };
}

function hostStatus(host: UpstreamHost): HostStatus {
  const { totals } = host;
  const counter = (name: string, value: number) => ({ name, value: String(value), type: 'COUNTER' as const });
  const gauge = (name: string, value: number) => ({ name, value: String(value), type: 'GAUGE' as const });
  return {
    address: endpointAddress(host.address.ip, host.address.port),
    stats: [
      counter('cx_connect_fail', totals.connectFailures),
      counter('cx_total', totals.connections),
      counter('rq_error', totals.error),
      counter('rq_success', totals.success),
      counter('rq_timeout', totals.timeout),
      counter('rq_total', totals.requests),
      gauge('cx_active', host.activeConnections),
      gauge('rq_active', host.activeRequests),
    ],
    health_status: {
      eds_health_status: host.configuredHealthy ? 'HEALTHY' : 'UNHEALTHY',
      ...(host.ejected ? { failed_outlier_check: true as const } : {}),
    },
    weight: host.weight,
    ...(host.hostname === '' ? {} : { hostname: host.hostname }),
    ...(host.priority === 0 ? {} : { priority: host.priority }),
    ...(Object.keys(host.locality).length === 0 ? {} : { locality: host.locality }),
  };
}
