/**
 * What else a configuration does with a call, in words: what has no figure of its own in an effect, and is seldom set.
 * What Istio writes for everybody is left out, so that two lists differ only where somebody has said something. Pure.
 * Source: envoy api/envoy/config/{cluster,route}/v3, extensions/filters/{http/cors,network/tcp_proxy}/v3.
 */
import type {
  Cluster,
  CorsPolicy,
  FilterChain,
  RetryPolicy,
  StringMatcher,
  TcpProxy,
} from '../envoy/config.ts';
import { seconds } from '../envoy/match-action.ts';
import { httpManagerOf } from '../envoy/trace-chain.ts';
import { unwrapped } from '../envoy/transport-socket.ts';

/** Seconds. Istio's, for whom nothing else is said. */
const CONNECT_TIMEOUT = 10;
/** Seconds. Envoy's, where the field is left out. */
const ENVOY_CONNECT_TIMEOUT = 5;
/** Seconds. A connection that lies unused for longer is missed by nobody; Istio keeps those of unknown hosts so long. */
const LONG_UNUSED = 300;

interface Keepalive {
  readonly keepalive_probes?: number;
  readonly keepalive_time?: number;
  readonly keepalive_interval?: number;
}

const optionsOf = (cluster: Cluster) =>
  cluster.typed_extension_protocol_options?.['envoy.extensions.upstreams.http.v3.HttpProtocolOptions'];

/** How long connections to a cluster may take and last. `read`: the sidecar reads requests. */
export function timeDetails(cluster: Cluster, read: boolean): string[] {
  const connect =
    cluster.connect_timeout === undefined ? ENVOY_CONNECT_TIMEOUT : seconds(cluster.connect_timeout);
  const { idle_timeout: idle, max_connection_duration: longest } =
    (read ? optionsOf(cluster)?.common_http_protocol_options : undefined) ?? {};
  const { tcp_keepalive: alive } = (cluster.upstream_connection_options ?? {}) as {
    tcp_keepalive?: Keepalive;
  };
  const ping = optionsOf(cluster)?.explicit_http_config?.http2_protocol_options as
    | { connection_keepalive?: { interval?: string; timeout?: string } }
    | undefined;
  return [
    ...(connect === CONNECT_TIMEOUT ? [] : [`a connection is given up after ${connect} s`]),
    ...(idle === undefined || seconds(idle) >= LONG_UNUSED
      ? []
      : [`an unused connection is kept ${seconds(idle)} s`]),
    ...(longest === undefined ? [] : [`a connection is renewed after ${seconds(longest)} s`]),
    ...(alive === undefined
      ? []
      : [
          `a silent connection is probed after ${alive.keepalive_time ?? 7200} s, every ${alive.keepalive_interval ?? 75} s, ${alive.keepalive_probes ?? 9} times`,
        ]),
    ...(ping?.connection_keepalive === undefined || !read
      ? []
      : [
          `a connection is pinged every ${ping.connection_keepalive.interval ?? '0s'}, and waited for ${ping.connection_keepalive.timeout ?? '0s'}`,
        ]),
  ];
}

/** The same of a connection whose bytes are not read. */
export function tcpTimeDetails({
  idle_timeout: idle,
  max_downstream_connection_duration: longest,
}: TcpProxy): string[] {
  return [
    ...(idle === undefined ? [] : [`a silent connection is closed after ${seconds(idle)} s`]),
    ...(typeof longest !== 'string' ? [] : [`a connection is closed after ${seconds(longest)} s`]),
  ];
}

export function triesDetails(policy: RetryPolicy, several: boolean): string[] {
  const { retry_back_off: wait, retry_host_predicate: avoided = [], retry_priority: elsewhere } = policy;
  return [
    ...(wait === undefined ? [] : [`at first after ${seconds(wait.base_interval)} s`]),
    ...(several && avoided.length === 0 ? ['by the same server if it happens so'] : []),
    ...(several && elsewhere !== undefined ? ['in other localities'] : []),
  ];
}

export function limitsDetails(cluster: Cluster, read: boolean): string[] {
  if (!read) return [];
  const { common_http_protocol_options: common, explicit_http_config: explicit } = optionsOf(cluster) ?? {};
  const requests = common?.max_requests_per_connection;
  const streams = explicit?.http2_protocol_options?.max_concurrent_streams;
  const budget = cluster.circuit_breakers?.thresholds?.[0]?.retry_budget as
    | { budget_percent?: { value?: number }; budget_interval?: string; min_retry_concurrency?: number }
    | undefined;
  const interval =
    budget?.budget_interval === undefined ? '' : ` within ${seconds(budget.budget_interval)} s`;
  return [
    ...(requests === undefined ? [] : [`${requests} of a connection`]),
    ...(streams === undefined ? [] : [`${streams} at a time of a connection`]),
    ...(budget === undefined
      ? []
      : [
          `retries for ${budget.budget_percent?.value ?? 0} % of requests${interval}, or ${budget.min_retry_concurrency ?? 3}`,
        ]),
  ];
}

/** How requests are sent on, apart from their own text. */
export function sendingDetails(cluster: Cluster, read: boolean): string[] {
  const proxied = unwrapped(cluster.transport_socket).proxyProtocol ?? matchedProxyProtocol(cluster);
  return [
    ...(proxied === null ? [] : [`a PROXY header (${proxied})`]),
    ...(read && optionsOf(cluster)?.explicit_http_config?.http2_protocol_options !== undefined
      ? ['HTTP/2']
      : []),
  ];
}

function matchedProxyProtocol({ transport_socket_matches: matches = [] }: Cluster) {
  return unwrapped(matches[0]?.transport_socket).proxyProtocol;
}

/** What the filter chain itself does. */
export function chainDetails(chain: FilterChain): string[] {
  const filters = httpManagerOf(chain)?.http_filters ?? [];
  return filters.some(({ name }) => name === 'envoy.filters.http.grpc_web') ? ['gRPC-Web as gRPC'] : [];
}

export function tunnelDetails({ tunneling_config: tunnel }: TcpProxy): string[] {
  if (tunnel === undefined) return [];
  return [`a tunnel to ${tunnel.hostname}, asked for with ${tunnel.use_post === true ? 'POST' : 'CONNECT'}`];
}

/** None where the policy says nothing to a browser: no origin is allowed, and preflights go on. */
export function corsDetails(policy: CorsPolicy | undefined): string[] {
  if (policy === undefined) return [];
  const { allow_origin_string_match: origins = [], forward_not_matching_preflights: goesOn } = policy;
  const others = goesOn === false ? ['answers the preflights of other origins itself'] : [];
  if (origins.length === 0) return others.map(each => `CORS ${each}`);
  const list = [
    `allows ${origins.map(originWords).sort().join(' and ')}`,
    ...(policy.allow_methods ? [`methods ${policy.allow_methods}`] : []),
    ...(policy.allow_headers ? [`headers ${policy.allow_headers}`] : []),
    ...(policy.expose_headers ? [`shows ${policy.expose_headers}`] : []),
    ...(policy.max_age ? [`for ${policy.max_age} s`] : []),
    ...(policy.allow_credentials === true ? ['with credentials'] : []),
    ...others,
  ];
  return [`CORS ${list.join(', ')}`];
}

const originWords = ({ exact, prefix, suffix, contains, safe_regex }: StringMatcher) =>
  exact ??
  (prefix === undefined ? undefined : `${prefix}...`) ??
  suffix ??
  contains ??
  safe_regex?.regex ??
  'none';
