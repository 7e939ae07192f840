/**
 * Consistent hashing: the balancer belongs to the cluster, what is hashed to the route.
 * Source: pilot/pkg/networking/core/route/route.go (hashForService, HashForHTTPDestination,
 * ConsistentHashToHashPolicy).
 */
import type { HashPolicy } from '../../envoy/config.ts';
import type {
  Destination,
  DestinationRuleSpec,
  LoadBalancerSettings,
  TrafficPolicy,
} from '../../istio/types.ts';
import { protoDuration } from './envoy-json.ts';

export type ConsistentHash = NonNullable<LoadBalancerSettings['consistentHash']>;

const onPort = (policy: TrafficPolicy | undefined, port: number | undefined): ConsistentHash | undefined =>
  port === undefined
    ? undefined
    : policy?.portLevelSettings?.find(p => p.port?.number === port)?.loadBalancer?.consistentHash;

/** For a service's default route. */
export function hashForService(
  rule: DestinationRuleSpec | undefined,
  port: number,
): ConsistentHash | undefined {
  const policy = rule?.trafficPolicy;
  return onPort(policy, port) ?? policy?.loadBalancer?.consistentHash;
}

/** For a destination of a VirtualService: the policy of its subset, by port, takes precedence. */
export function hashForDestination(
  rule: DestinationRuleSpec | undefined,
  destination: Destination,
): ConsistentHash | undefined {
  const port = destination.port?.number;
  const subset = rule?.subsets?.find(s => (s.name ?? '') === (destination.subset ?? ''))?.trafficPolicy;
  return (
    onPort(subset, port) ??
    subset?.loadBalancer?.consistentHash ??
    onPort(rule?.trafficPolicy, port) ??
    rule?.trafficPolicy?.loadBalancer?.consistentHash
  );
}

export function hashPolicy(hash: ConsistentHash | undefined): HashPolicy[] {
  if (hash?.httpHeaderName !== undefined) return [{ header: { header_name: hash.httpHeaderName } }];
  if (hash?.httpCookie !== undefined) {
    const { name = '', path, ttl, attributes = [] } = hash.httpCookie;
    const given = attributes.map(each => ({
      name: each.name ?? '',
      ...(each.value && { value: each.value }),
    }));
    const cookie = {
      name,
      ...(ttl !== undefined && { ttl: protoDuration(ttl) }),
      ...(path && { path }),
      ...(given.length > 0 && { attributes: given }),
    };
    return [{ cookie }];
  }
  if (hash?.useSourceIp !== undefined) {
    return [{ connection_properties: hash.useSourceIp ? { source_ip: true } : {} }];
  }
  if (hash?.httpQueryParameterName !== undefined) {
    return [{ query_parameter: { name: hash.httpQueryParameterName } }];
  }
  return [];
}
