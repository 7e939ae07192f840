/** A cluster as a call meets it, as Envoy's own JSON, without what is only another way to say the same. */
import type { ProposedCall } from '../../../src/difference/types.ts';
import type { Cluster, EnvoyConfig, LbEndpoint, TransportSocket } from '../../../src/envoy/config.ts';
import { hostAndPort } from '../../../src/envoy/endpoint-address.ts';
import type { RawSide } from './pair.ts';

/** What is read only where there is a choice among servers. */
const CHOICE = [
  'lb_policy',
  'ring_hash_lb_config',
  'maglev_lb_config',
  'least_request_lb_config',
  'round_robin_lb_config',
];
/** `original_dst_lb_config` is in the port of the endpoint; a `cluster_type` looks up the name that was called. */
const NAMES = [
  'typed_extension_protocol_options',
  'original_dst_lb_config',
  'cluster_type',
  'outlier_detection',
  '@type',
  'name',
  'alt_stat_name',
  'metadata',
  'eds_cluster_config',
  'load_assignment',
  'type',
];
/** Nobody meets a limit above it. */
const NO_LIMIT = 1_000_000;

type Json = Record<string, unknown>;

/** `read`: the sidecar reads requests, so what is for HTTP applies. */
export function rawCluster(side: RawSide, name: string, call: ProposedCall, read: boolean): unknown {
  const cluster = side.config.clusters.find(one => one.name === name);
  if (cluster === undefined) return 'no such cluster';
  const key = `${name} ${read} ${cluster.type === 'ORIGINAL_DST' || !cluster.type ? `${call.at ?? call.host} ${call.port}` : ''}`;
  const mine = known.get(side.config) ?? new Map<string, unknown>();
  known.set(side.config, mine);
  if (!mine.has(key)) mine.set(key, spelt(side, cluster, call, read));
  return mine.get(key);
}

const known = new WeakMap<EnvoyConfig, Map<string, unknown>>();

function spelt(side: RawSide, cluster: Cluster, call: ProposedCall, read: boolean): Json {
  const endpoints = endpointsOf(side, cluster, call);
  const hasChoice = endpoints.length > 1 || cluster.type === 'STRICT_DNS';
  const left = [...NAMES, ...(hasChoice ? [] : CHOICE)];
  const { transport_socket, transport_socket_matches, circuit_breakers, common_lb_config, ...rest } = cluster;
  // What localities weigh is in the shares of their endpoints.
  const { locality_weighted_lb_config: byLocality, ...common } = { ...common_lb_config } as Json;
  if (!hasChoice) delete common.zone_aware_lb_config;
  // Nobody is unwell for whom nothing looks.
  if (cluster.outlier_detection === undefined) delete common.healthy_panic_threshold;
  // To a call one of like servers is as good as another, whichever way it is chosen.
  if (!/RING_HASH|MAGLEV/.test(cluster.lb_policy ?? '')) left.push('lb_policy');
  return {
    ...Object.fromEntries(Object.entries(rest).filter(([key]) => !left.includes(key))),
    ...(Object.keys(common).length > 0 ? { common_lb_config: common } : {}),
    outlier: outlier(cluster.outlier_detection),
    ...(read ? httpOptions(cluster) : {}),
    limits: limits(circuit_breakers?.thresholds?.[0] as Json | undefined, read),
    endpoints: placed(endpoints, byLocality !== undefined),
    sockets: sockets(endpoints, transport_socket, transport_socket_matches as readonly Match[] | undefined),
    // A name of its own: it drops everything.
    ...(cluster.name === 'BlackHoleCluster' ? { drops: true } : {}),
  };
}

function limits(threshold: Json = {}, read: boolean): Json {
  const of = [
    'max_connections',
    'max_pending_requests',
    ...(read ? ['max_requests', 'max_retries', 'retry_budget'] : []),
  ];
  return Object.fromEntries(
    of.flatMap(key => {
      const value = threshold[key];
      if (value === undefined || (typeof value === 'number' && value >= NO_LIMIT)) return [];
      return [[key, value]];
    }),
  );
}

/** With Envoy's defaults; null where it can eject nobody. Source: envoy config/cluster/v3/outlier_detection.proto. */
function outlier(given: Cluster['outlier_detection']): unknown {
  if (given === undefined) return null;
  const { enforcing_consecutive_5xx: is5xx = 100, enforcing_consecutive_gateway_failure: isGateway = 0 } =
    given;
  const counts = {
    consecutive_5xx: is5xx === 0 ? 0 : (given.consecutive_5xx ?? 5),
    gateway: isGateway === 0 ? 0 : (given.consecutive_gateway_failure ?? 5),
    local: given.split_external_local_origin_errors ? (given.consecutive_local_origin_failure ?? 5) : 0,
  };
  // Every error of a gateway is one of 5xx.
  if (counts.consecutive_5xx > 0 && counts.consecutive_5xx <= counts.gateway) counts.gateway = 0;
  const most = given.max_ejection_percent ?? 10;
  if (most === 0 || Object.values(counts).every(each => each === 0)) return null;
  const { interval = '10s', base_ejection_time = '30s' } = given;
  return { ...counts, most, interval, base_ejection_time };
}

/** Which HTTP an HTTP/1.1 call is sent on by: where the app's own version is kept, HTTP/1.1. */
function httpOptions(cluster: Cluster): Json {
  const {
    explicit_http_config: explicit,
    common_http_protocol_options: common,
    upstream_http_protocol_options: auto,
  } = cluster.typed_extension_protocol_options?.['envoy.extensions.upstreams.http.v3.HttpProtocolOptions'] ??
  {};
  const { idle_timeout: idle = '3600s', ...others } = common ?? {};
  return {
    http2: explicit?.http2_protocol_options ?? null,
    connections: { ...others, ...(Number.parseFloat(idle) < LONG ? { idle } : {}) },
    auto: auto ?? {},
  };
}

/** Seconds. A connection that lies unused for longer is missed by nobody. */
const LONG = 300;

interface Endpoint {
  readonly server: string;
  readonly weight: number;
  readonly priority: number;
  readonly locality: string;
  readonly localityWeight: number;
  readonly metadata: Json;
}

/** Where the app resolved the name itself, the server is the one behind that address. */
function endpointsOf(side: RawSide, cluster: Cluster, call: ProposedCall): Endpoint[] {
  if (cluster.type === 'ORIGINAL_DST' || cluster.type === undefined) {
    const port = cluster.original_dst_lb_config?.upstream_port_override ?? call.port;
    const address = side.address(call.at ?? call.host) ?? '';
    const plain = { weight: 1, priority: 0, locality: '', localityWeight: 1, metadata: {} };
    return side.reach(address, port).map(server => ({ ...plain, server }));
  }
  const assigned =
    cluster.load_assignment ?? side.config.endpoints.find(each => each.cluster_name === cluster.name);
  return (assigned?.endpoints ?? []).flatMap(
    ({ lb_endpoints = [], priority = 0, locality = {}, load_balancing_weight = 0 }) =>
      lb_endpoints.flatMap(each => {
        const { host, port } = hostAndPort(each.endpoint.address);
        const plain = { priority, locality: JSON.stringify(locality), localityWeight: load_balancing_weight };
        const own = { weight: each.load_balancing_weight ?? 1, metadata: metadataOf(each) };
        return side.reach(host, port).map(server => ({ ...plain, ...own, server }));
      }),
  );
}

const metadataOf = ({ metadata }: LbEndpoint) =>
  ((metadata as { filter_metadata?: Json } | undefined)?.filter_metadata?.['envoy.transport_socket_match'] ??
    {}) as Json;

/** Shares by server, priority by priority. */
function placed(all: readonly Endpoint[], byLocality: boolean): unknown {
  const priorities = [...new Set(all.map(each => each.priority))].sort((a, b) => a - b);
  return priorities.map(priority => {
    const here = all.filter(each => each.priority === priority);
    const weightOf = (each: Endpoint) => {
      if (!byLocality) return each.weight;
      const inside = here
        .filter(other => other.locality === each.locality)
        .reduce((sum, one) => sum + one.weight, 0);
      return (each.localityWeight * each.weight) / inside;
    };
    const total = here.reduce((sum, each) => sum + weightOf(each), 0);
    const byServer = new Map<string, number>();
    for (const each of here)
      byServer.set(each.server, (byServer.get(each.server) ?? 0) + weightOf(each) / total);
    return [...byServer].map(([server, share]) => `${server} ${share.toFixed(4)}`).sort();
  });
}

interface Match {
  readonly match?: Json;
  readonly transport_socket?: TransportSocket;
}

/** Which sockets are in use. */
function sockets(
  all: readonly Endpoint[],
  own: TransportSocket | undefined,
  matches: readonly Match[] = [],
): unknown {
  const used = all.map(({ metadata }) => {
    const taken = matches.find(({ match = {} }) =>
      Object.entries(match).every(([key, value]) => metadata[key] === value),
    );
    const socket = taken === undefined ? own : taken.transport_socket;
    return JSON.stringify(plainSocket(socket) ?? null);
  });
  return [...new Set(used)].sort().map(each => JSON.parse(each));
}

/** Null: plain text. */
function plainSocket(socket: TransportSocket | undefined): unknown {
  if (socket === undefined || /raw_buffer/.test(socket.name)) return null;
  const { transport_socket: inner, ...rest } = (socket.typed_config ?? {}) as Json & {
    transport_socket?: TransportSocket;
  };
  return { ...rest, ...(inner === undefined ? {} : { inner: plainSocket(inner) }) };
}

/** Whether a cluster leads on to wherever the app called. */
export function goesOnFrom(side: RawSide, name: string): boolean {
  const cluster = side.config.clusters.find(one => one.name === name);
  return cluster !== undefined && (cluster.type === 'ORIGINAL_DST' || cluster.type === undefined);
}

/** Whether there is a choice among servers at the end of a call. */
export function hasChoice(side: RawSide, name: string): boolean {
  const cluster = side.config.clusters.find(one => one.name === name);
  if (cluster === undefined || cluster.type === 'ORIGINAL_DST') return false;
  const assigned = cluster.load_assignment ?? side.config.endpoints.find(each => each.cluster_name === name);
  const all = (assigned?.endpoints ?? []).flatMap(each => each.lb_endpoints ?? []);
  return all.length > 1 || cluster.type === 'STRICT_DNS';
}
