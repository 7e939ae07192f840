/** What a cluster does that a caller or the far side could notice. Source: envoy api/envoy/config/cluster/v3. */
import type { Cluster, CommonTlsContext, EnvoyConfig, TransportSocket } from '../envoy/config.ts';
import { hostAndPort } from '../envoy/endpoint-address.ts';
import { seconds } from '../envoy/match-action.ts';
import { assignmentOf, endpointsOf } from '../envoy/trace-cluster.ts';
import { socketFor, unwrapped } from '../envoy/transport-socket.ts';
import { limitsDetails } from './details.ts';
import type { Ejection, Limits, ProposedCall, Side, UpstreamTls } from './types.ts';

/** Above it nobody meets a limit: Istio writes 2^32-1 for none. */
const NO_LIMIT = 1_000_000;

/** A Service of the lab and its pods are one server, whichever of them istiod names. */
const SERVICE_PORTS: Readonly<Record<number, number>> = { 8080: 80, 8443: 443 };

/** A configuration is asked once for each of thousands of calls. */
const byName = new WeakMap<EnvoyConfig, ReadonlyMap<string, Cluster>>();

export function clusterNamed(config: EnvoyConfig, name: string): Cluster | undefined {
  const known = byName.get(config) ?? new Map(config.clusters.toReversed().map(one => [one.name, one]));
  byName.set(config, known);
  return known.get(name);
}

/** The servers of a cluster by priority, each 'stable:80'; one that goes on to where the app called has that one. */
export function serversOf(side: Side, cluster: Cluster, call: ProposedCall): string[][] {
  if (cluster.name === 'BlackHoleCluster') return [];
  if (cluster.type === 'ORIGINAL_DST' || cluster.type === undefined) {
    const port = cluster.original_dst_lb_config?.upstream_port_override ?? call.port;
    const address = side.address(call.at ?? call.host);
    if (address === null) return [];
    return [[...(side.serversAt?.(address, port) ?? [`${side.server(address)}:${port}`])].sort()];
  }
  const priorities: Set<string>[] = [];
  for (const locality of assignmentOf(side.config, cluster)?.endpoints ?? []) {
    for (const { endpoint, load_balancing_weight } of locality.lb_endpoints ?? []) {
      if (load_balancing_weight === 0) continue;
      const { host, port } = hostAndPort(endpoint.address);
      const at = locality.priority ?? 0;
      while (priorities.length <= at) priorities.push(new Set());
      const servers = side.serversAt?.(host, port) ?? [`${side.server(host)}:${SERVICE_PORTS[port] ?? port}`];
      for (const server of servers) priorities[at]?.add(server);
    }
  }
  return priorities.map(each => [...each].sort()).filter(each => each.length > 0);
}

/**
 * What is opened to the servers of a cluster; null: nothing, what the app sends goes on as it is. More than one where
 * endpoints say themselves what they want, as sidecars do. `host` is what the Host header says by then.
 */
export function tlsOf(config: EnvoyConfig, cluster: Cluster, host: string | null): (UpstreamTls | null)[] {
  if ((cluster.transport_socket_matches ?? []).length === 0)
    return [tlsOfSocket(cluster, cluster.transport_socket, host)];
  return endpointsOf(config, cluster).map(({ metadata }) => {
    const { filter_metadata: wanted = {} } = (metadata ?? {}) as {
      filter_metadata?: Record<string, unknown>;
    };
    return tlsOfSocket(cluster, socketFor(cluster, wanted), host);
  });
}

function tlsOfSocket(
  cluster: Cluster,
  given: TransportSocket | undefined,
  host: string | null,
): UpstreamTls | null {
  const { socket } = unwrapped(given);
  if (socket?.name !== 'envoy.transport_sockets.tls') return null;
  const context = socket.typed_config ?? {};
  const common = context.common_tls_context ?? {};
  const options = protocolOptions(cluster)?.upstream_http_protocol_options;
  const [shown] = common.tls_certificate_sds_secret_configs ?? [];
  const roots =
    common.combined_validation_context?.validation_context_sds_secret_config?.name ??
    common.validation_context_sds_secret_config?.name;
  const byHost = options?.auto_sni === true ? host : null;
  return {
    sni: context.sni ?? byHost,
    verified: roots === undefined ? null : { by: roots, names: verifiedNames(socket, options, byHost) },
    shown: shown?.name ?? null,
    also: revocation(common),
  };
}

function revocation({ combined_validation_context: context }: CommonTlsContext): string[] {
  const { crl } = (context?.default_validation_context ?? {}) as { crl?: { filename?: string } };
  return crl === undefined ? [] : [`not one that ${crl.filename} revokes`];
}

function verifiedNames(
  socket: TransportSocket,
  options: { readonly auto_san_validation?: boolean } | undefined,
  host: string | null,
): string[] {
  const context = socket.typed_config?.common_tls_context?.combined_validation_context;
  const typed = context?.default_validation_context?.match_typed_subject_alt_names ?? [];
  const plain = context?.default_validation_context?.match_subject_alt_names ?? [];
  const named = [...typed.map(one => one.matcher), ...plain].map(
    one => one.exact ?? one.prefix ?? one.suffix ?? one.safe_regex?.regex ?? '',
  );
  // Names that are listed take the place of the Host header's.
  if (named.length > 0) return [...new Set(named)].sort();
  return options?.auto_san_validation === true && host !== null ? [host] : [];
}

function protocolOptions(cluster: Cluster) {
  return cluster.typed_extension_protocol_options?.['envoy.extensions.upstreams.http.v3.HttpProtocolOptions'];
}

/**
 * `read`: the sidecar reads requests. Of bytes that are passed on, no connection waits for another to end, so places to
 * wait count only while more connections are opened than there are places.
 * Source: envoy source/common/tcp_proxy/tcp_proxy.cc.
 */
export function limitsOf(cluster: Cluster, read: boolean): Limits {
  const threshold = cluster.circuit_breakers?.thresholds?.[0];
  const limit = (value: number | undefined) => (value === undefined || value >= NO_LIMIT ? null : value);
  const connections = limit(threshold?.max_connections);
  const pending = limit(threshold?.max_pending_requests);
  const isEnough = connections !== null && (pending === null || connections <= pending);
  return {
    connections,
    pending: !read && isEnough ? 0 : pending,
    requests: read ? limit(threshold?.max_requests) : null,
    // Envoy heeds the budget alone where there is one.
    retries: read && threshold?.retry_budget === undefined ? limit(threshold?.max_retries) : null,
    also: limitsDetails(cluster, read),
  };
}

/** How many hosts a cluster has; 0: any that is called. */
export function hostsOf(config: EnvoyConfig, cluster: Cluster): number {
  return endpointsOf(config, cluster).length;
}

/** Of a cluster whose hosts nobody knows beforehand. */
const MANY_HOSTS = 100;

/**
 * Null: none of `hosts` (0: their number is not known) is ever ejected. Defaults are Envoy's. Source: envoy
 * cluster/v3/outlier_detection.proto, source/common/upstream/outlier_detection_impl.cc.
 */
export function ejectionOf(cluster: Cluster, hosts: number): Ejection | null {
  const outlier = cluster.outlier_detection;
  if (outlier === undefined) return null;
  const all = outlier.enforcing_consecutive_5xx === 0 ? 0 : (outlier.consecutive_5xx ?? 5);
  const gateway =
    outlier.enforcing_consecutive_gateway_failure === undefined ||
    outlier.enforcing_consecutive_gateway_failure === 0
      ? 0
      : (outlier.consecutive_gateway_failure ?? 5);
  const local =
    outlier.split_external_local_origin_errors === true &&
    outlier.enforcing_consecutive_local_origin_failure !== 0
      ? (outlier.consecutive_local_origin_failure ?? 5)
      : null;
  // One more is ejected only if all of them together are within the percentage.
  const percentOf = (percent: number) => ((hosts || MANY_HOSTS) * percent) / 100;
  const most = Math.floor(percentOf(outlier.max_ejection_percent ?? 10));
  if ((all === 0 && gateway === 0 && local === null) || most === 0) return null;
  const least = Math.ceil(percentOf(cluster.common_lb_config?.healthy_panic_threshold?.value ?? 0));
  return {
    after5xx: all || null,
    // An error of the gateway's kind is one of 5xx as well, so a count that is not smaller decides nothing.
    afterGatewayErrors: gateway === 0 || (all > 0 && all <= gateway) ? null : gateway,
    afterLocal: local,
    interval: seconds(outlier.interval ?? '10s'),
    time: seconds(outlier.base_ejection_time ?? '30s'),
    most,
    // So few are left only if so many can be ejected.
    least: (hosts || MANY_HOSTS) - most < least ? least : 0,
  };
}
