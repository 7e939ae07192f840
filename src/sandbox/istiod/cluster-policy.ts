/**
 * What a traffic policy sets on a cluster: pools and breakers, outlier detection, load balancer.
 * Source: pilot/pkg/networking/core/cluster_traffic_policy.go. Durations, limits and enforcement as there.
 */
import type {
  CircuitBreakerThresholds,
  Cluster,
  OutlierDetection as EnvoyOutlierDetection,
  HttpProtocolOptions,
} from '../../envoy/config.ts';
import type {
  ConnectionPoolSettings,
  LoadBalancerSettings,
  OutlierDetection,
  TrafficPolicy,
} from '../../istio/types.ts';
import { defined, nanoseconds, protoDuration } from './envoy-json.ts';

/** Istio's "no limit". */
const UNLIMITED = 4294967295;

export const CONNECT_TIMEOUT = '10s';

export function circuitBreakers(
  pool: ConnectionPoolSettings = {},
  budget?: TrafficPolicy['retryBudget'],
): NonNullable<Cluster['circuit_breakers']> {
  const { http = {}, tcp = {} } = pool;
  const threshold: CircuitBreakerThresholds = {
    // Zero means unset: the field cannot express it otherwise.
    max_connections: tcp.maxConnections || UNLIMITED,
    max_pending_requests: http.http1MaxPendingRequests || UNLIMITED,
    max_requests: http.http2MaxRequests || UNLIMITED,
    max_retries: http.maxRetries || UNLIMITED,
    ...(budget && {
      retry_budget: {
        budget_percent: percent(budget.percent ?? 20),
        ...(budget.budgetInterval && { budget_interval: protoDuration(budget.budgetInterval) }),
        min_retry_concurrency: budget.minRetryConcurrency || 3,
      },
    }),
  };
  return { thresholds: [threshold] };
}

/**
 * common_http_protocol_options: idle timeout, requests per connection and connection lifetime; undefined if nothing is
 * set.
 */
export function connectionOptions(
  pool: ConnectionPoolSettings = {},
): HttpProtocolOptions['common_http_protocol_options'] {
  const { http = {}, tcp = {} } = pool;
  const idle = http.idleTimeout ?? tcp.idleTimeout;
  if (
    idle === undefined &&
    !http.maxRequestsPerConnection &&
    !http.maxConcurrentStreams &&
    http.http2KeepAlive === undefined &&
    tcp.maxConnectionDuration === undefined
  ) {
    return undefined;
  }
  return defined<NonNullable<HttpProtocolOptions['common_http_protocol_options']>>({
    idle_timeout: idle && protoDuration(idle),
    max_requests_per_connection: http.maxRequestsPerConnection || undefined,
    max_connection_duration: tcp.maxConnectionDuration && protoDuration(tcp.maxConnectionDuration),
  });
}

export function keepalive(pool: ConnectionPoolSettings | undefined): unknown {
  const settings = pool?.tcp?.tcpKeepalive;
  if (settings === undefined) return undefined;
  const seconds = (d: string | undefined): number | undefined =>
    d === undefined ? undefined : Math.trunc(nanoseconds(d) / 1e9);
  return {
    tcp_keepalive: defined({
      keepalive_probes: settings.probes || undefined,
      keepalive_time: seconds(settings.time),
      keepalive_interval: seconds(settings.interval),
    }),
  };
}

export function outlierDetection(settings: OutlierDetection): EnvoyOutlierDetection {
  const { consecutive5xxErrors: all5xx, consecutiveGatewayErrors: gateway } = settings;
  const split = settings.splitExternalLocalOriginErrors === true;
  const local = split ? settings.consecutiveLocalOriginFailures || undefined : undefined;
  const enforced = (count: number | undefined): number | undefined =>
    count === undefined ? undefined : count > 0 ? 100 : 0;
  return defined<EnvoyOutlierDetection>({
    consecutive_5xx: all5xx,
    enforcing_consecutive_5xx: enforced(all5xx),
    consecutive_gateway_failure: gateway,
    enforcing_consecutive_gateway_failure: enforced(gateway),
    interval: settings.interval && protoDuration(settings.interval),
    base_ejection_time: settings.baseEjectionTime && protoDuration(settings.baseEjectionTime),
    max_ejection_percent: settings.maxEjectionPercent || undefined,
    split_external_local_origin_errors: split || undefined,
    consecutive_local_origin_failure: local,
    enforcing_consecutive_local_origin_failure: local && 100,
    // Ejection by success rate is never on.
    enforcing_local_origin_success_rate: split ? 0 : undefined,
    enforcing_success_rate: 0,
  });
}

type LbFields = Pick<Cluster, 'lb_policy' | 'ring_hash_lb_config' | 'least_request_lb_config'> & {
  readonly [more: string]: unknown;
};

/** Any balancer except PASSTHROUGH, which changes the cluster's type and is handled there. */
export function loadBalancer(lb: LoadBalancerSettings | undefined): LbFields {
  const hash = lb?.consistentHash;
  if (hash?.maglev !== undefined) {
    const size = hash.maglev.tableSize;
    return { lb_policy: 'MAGLEV', ...(size && { maglev_lb_config: { table_size: String(size) } }) };
  }
  if (hash !== undefined) {
    const size = hash.ringHash ? hash.ringHash.minimumRingSize : hash.minimumRingSize || 1024;
    return {
      lb_policy: 'RING_HASH',
      ...(size && { ring_hash_lb_config: { minimum_ring_size: String(size) } }),
    };
  }
  const slowStart = slowStartConfig(lb);
  switch (lb?.simple) {
    case 'RANDOM':
      return { lb_policy: 'RANDOM' };
    case 'ROUND_ROBIN':
      // Envoy's default, which is left out of its JSON.
      return { ...(slowStart && { round_robin_lb_config: slowStart }) };
    default:
      return { lb_policy: 'LEAST_REQUEST', ...(slowStart && { least_request_lb_config: slowStart }) };
  }
}

/** Envoy's Percent, where zero is left out. */
const percent = (value: number) => (value === 0 ? {} : { value });

function slowStartConfig(lb: LoadBalancerSettings | undefined): object | undefined {
  if (lb?.warmup !== undefined) {
    return {
      slow_start_config: {
        slow_start_window: protoDuration(lb.warmup.duration ?? '0s'),
        aggression: { default_value: lb.warmup.aggression ?? 1, runtime_key: '(' },
        min_weight_percent: percent(lb.warmup.minimumPercent ?? 10),
      },
    };
  }
  if (lb?.warmupDurationSecs === undefined) return undefined;
  return { slow_start_config: { slow_start_window: protoDuration(lb.warmupDurationSecs) } };
}
