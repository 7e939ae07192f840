/** What decides among several servers of a cluster: a hash and of what, weights, localities. Pure. */
import type { Cluster, EnvoyConfig, HashPolicy, TcpProxy } from '../envoy/config.ts';
import { hostAndPort } from '../envoy/endpoint-address.ts';
import { assignmentOf, endpointsOf } from '../envoy/trace-cluster.ts';
import type { Side } from './types.ts';

type Hashed = readonly HashPolicy[] | TcpProxy['hash_policy'];

export const IN_TURNS = 'in turns';

/**
 * 'in turns', or what is other than that; `hashed` is the route's or the TCP proxy's. Taking the next, the less busy one
 * and any one are the same to a call: each of like servers may be the one that answers.
 */
export function balanceOf(side: Side, cluster: Cluster, hashed: Hashed = []): string {
  if (!hasSeveral(side.config, cluster)) return byCookie(cluster, hashed) ?? IN_TURNS;
  const words = [
    ...(isByHash(cluster)
      ? [`by hash of ${hashed.map(keyWords).join(' and ') || 'nothing'}${tableWords(cluster)}`]
      : []),
    ...weightWords(side, cluster),
    ...slowStart(cluster),
    ...zones(cluster),
  ];
  return words.join(', ') || IN_TURNS;
}

/** A name may have several addresses. */
export function hasSeveral(config: EnvoyConfig, cluster: Cluster): boolean {
  const all = cluster.type === 'ORIGINAL_DST' ? [] : endpointsOf(config, cluster);
  return all.length > 1 || (cluster.type === 'STRICT_DNS' && all.length > 0);
}

const isByHash = ({ lb_policy }: Cluster) => lb_policy === 'RING_HASH' || lb_policy === 'MAGLEV';

/** A caller without the cookie is given one, even if there is one server. */
function byCookie(cluster: Cluster, hashed: Hashed = []): string | undefined {
  const gives = hashed.filter(each => 'cookie' in each && each.cookie?.ttl !== undefined);
  return isByHash(cluster) && gives.length > 0
    ? `by hash of ${gives.map(keyWords).join(' and ')}`
    : undefined;
}

function keyWords(policy: NonNullable<Hashed>[number]): string {
  if (
    !(
      'header' in policy ||
      'cookie' in policy ||
      'query_parameter' in policy ||
      'connection_properties' in policy
    )
  ) {
    return "the caller's address";
  }
  const { header, cookie, query_parameter: query } = policy as HashPolicy;
  if (header !== undefined) return `header ${header.header_name}`;
  if (query !== undefined) return `query ${query.name}`;
  if (cookie === undefined) {
    return (policy as HashPolicy).connection_properties?.source_ip === true
      ? "the caller's address"
      : 'nothing';
  }
  const { name, ttl, path, attributes = [] } = cookie;
  const given = [
    ...(ttl === undefined ? [] : [`given for ${ttl}`]),
    ...(path === undefined ? [] : [`path ${path}`]),
    ...attributes.map(each => (each.value === undefined ? each.name : `${each.name}=${each.value}`)),
  ];
  return `cookie ${name}${given.length === 0 ? '' : ` (${given.join(', ')})`}`;
}

/** 1024 is Istio's size of a ring, 65537 Envoy's of a table. */
function tableWords({ lb_policy, ring_hash_lb_config: ring, maglev_lb_config: table }: Cluster): string {
  if (lb_policy === 'MAGLEV') return ` in a table of ${table?.table_size ?? 65_537}`;
  const size = ring?.minimum_ring_size ?? '1024';
  return size === '1024' ? '' : ` in a ring of ${size}`;
}

/** Shares of servers, where they are not all alike. */
function weightWords(side: Side, cluster: Cluster): string[] {
  const localities = assignmentOf(side.config, cluster)?.endpoints ?? [];
  const byLocality = cluster.common_lb_config?.locality_weighted_lb_config !== undefined;
  return [...new Set(localities.map(each => each.priority ?? 0))].flatMap(priority => {
    const here = localities.filter(each => (each.priority ?? 0) === priority);
    const total = here.reduce((sum, each) => sum + (each.load_balancing_weight ?? 0), 0);
    const shares = here.flatMap(({ lb_endpoints = [], load_balancing_weight: weight = 0 }) => {
      const inside = lb_endpoints.reduce((sum, each) => sum + (each.load_balancing_weight ?? 1), 0);
      return lb_endpoints.map(({ endpoint, load_balancing_weight: own = 1 }) => ({
        server: side.server(hostAndPort(endpoint.address).host),
        share: byLocality ? (weight / (total || 1)) * (own / (inside || 1)) : own,
      }));
    });
    const used = shares.filter(each => each.share > 0);
    if (used.every(each => Math.abs(each.share - (used[0]?.share ?? 0)) < 1e-9)) return [];
    const sum = used.reduce((all, each) => all + each.share, 0);
    const byServer = new Map<string, number>();
    for (const { server, share } of used) byServer.set(server, (byServer.get(server) ?? 0) + share / sum);
    if (byServer.size < 2) return [];
    const words = [...byServer]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([server, share]) => `${server} ${Math.round(share * 1000) / 10} %`);
    return [`by weights (${words.join(', ')})`];
  });
}

function slowStart(cluster: Cluster): string[] {
  const config = (cluster.least_request_lb_config ?? cluster.round_robin_lb_config) as
    | { slow_start_config?: SlowStart }
    | undefined;
  if (config?.slow_start_config === undefined) return [];
  const { slow_start_window, aggression, min_weight_percent } = config.slow_start_config;
  const how = [
    ...(aggression === undefined ? [] : [`aggression ${aggression.default_value}`]),
    ...(min_weight_percent === undefined ? [] : [`from ${min_weight_percent.value ?? 0} %`]),
  ];
  return [
    `a new one more and more often for ${slow_start_window}${how.length === 0 ? '' : ` (${how.join(', ')})`}`,
  ];
}

interface SlowStart {
  readonly slow_start_window?: string;
  readonly aggression?: { readonly default_value?: number };
  readonly min_weight_percent?: { readonly value?: number };
}

function zones({ common_lb_config }: Cluster): string[] {
  const config = common_lb_config?.zone_aware_lb_config as
    | { routing_enabled?: { value?: number }; min_cluster_size?: string }
    | undefined;
  if (config === undefined) return [];
  if (config.routing_enabled !== undefined && !config.routing_enabled.value) return [];
  return [`those of the own zone first, if there are ${config.min_cluster_size ?? 6}`];
}
