/**
 * Whether Envoy accepts a cluster. Endpoint assignments are not checked: istiod's own checks leave nothing in them that
 * Envoy would refuse (addresses, weights and priorities of every kind were tried).
 * Source: envoyproxy/envoy source/common/upstream/{cds_api_helper,cluster_manager_impl}.cc.
 */
import type { Cluster, TransportSocket } from '../config.ts';
import { CLUSTER, UPSTREAM_TLS_CONTEXT } from './cluster-constraints.ts';
import { constraintRefusal } from './constraints.ts';
import type { EnvoyRefusal } from './refusal.ts';

export function clusterRefusal(cluster: Cluster): EnvoyRefusal | null {
  const broken = constraintRefusal(CLUSTER, cluster);
  if (broken !== null) return { text: broken, wholeUpdate: true };
  for (const socket of socketsOf(cluster)) {
    const text = tlsRefusal(socket);
    if (text !== null) return { text };
  }
  return null;
}

function socketsOf({ transport_socket, transport_socket_matches = [] }: Cluster): TransportSocket[] {
  const all = [transport_socket, ...transport_socket_matches.map(each => each.transport_socket)];
  return all.filter(each => each !== undefined);
}

function tlsRefusal({ typed_config: context = {} }: TransportSocket): string | null {
  const broken = constraintRefusal(UPSTREAM_TLS_CONTEXT, context);
  return broken ?? (context.sni?.includes('\0') ? 'SNI names containing NULL-byte are not allowed' : null);
}
