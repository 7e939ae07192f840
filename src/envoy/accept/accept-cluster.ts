/**
 * Whether Envoy takes a cluster. Endpoint assignments are not looked at: istiod's own checks leave nothing in them that
 * Envoy would refuse (addresses, weights and priorities of every kind were tried).
 * Source: envoyproxy/envoy source/common/upstream/{cds_api_helper,cluster_manager_impl}.cc.
 */
import type { Cluster } from '../config.ts';
import { CLUSTER } from './cluster-constraints.ts';
import { constraintRefusal } from './constraints.ts';
import type { Refusal } from './refusal.ts';

export function clusterRefusal(cluster: Cluster): Refusal | null {
  const broken = constraintRefusal(CLUSTER, cluster);
  return broken === null ? null : { text: broken, wholeUpdate: true };
}
