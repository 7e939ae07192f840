/** Source: pkg/config/validation/validation.go (validateConnectionPool, validateOutlierDetection). */
import { parseDuration } from '../duration.ts';
import type { ConnectionPoolSettings, OutlierDetection } from '../types.ts';
import { durationProblem } from './durations.ts';
import type { ProblemText, Report } from './report.ts';

export function checkConnectionPool(pool: ConnectionPoolSettings | undefined, report: Report): void {
  if (pool === undefined) return;
  if (pool.http === undefined && pool.tcp === undefined) {
    report.error('connection pool must have at least one field');
    return;
  }
  checkHttp(pool.http ?? {}, report);
  checkTcp(pool.tcp ?? {}, report);
}

const nonNegative = (value: number | undefined, name: string): ProblemText =>
  (value ?? 0) < 0 ? `${name} must be non-negative` : null;

function checkHttp(http: NonNullable<ConnectionPoolSettings['http']>, report: Report): void {
  report.error(
    nonNegative(http.http1MaxPendingRequests, 'http1 max pending requests'),
    nonNegative(http.http2MaxRequests, 'http2 max requests'),
    nonNegative(http.maxRequestsPerConnection, 'max requests per connection'),
    nonNegative(http.maxRetries, 'max retries'),
    durationProblem(http.idleTimeout),
  );
  if (http.h2UpgradePolicy === 'UPGRADE' && http.useClientProtocol) {
    report.error('use client protocol must not be true when H2UpgradePolicy is UPGRADE');
  }
  report.error(nonNegative(http.maxConcurrentStreams, 'max concurrent streams'));
  const keepalive = http.http2KeepAlive;
  if (keepalive === undefined) return;
  for (const field of ['interval', 'timeout'] as const) {
    const value = keepalive[field];
    report.error(value === undefined ? `http2 keepalive ${field} is required` : durationProblem(value));
  }
}

function checkTcp(tcp: NonNullable<ConnectionPoolSettings['tcp']>, report: Report): void {
  report.error(
    nonNegative(tcp.maxConnections, 'max connections'),
    durationProblem(tcp.connectTimeout),
    durationProblem(tcp.maxConnectionDuration),
  );
  // 0s switches the idle timeout off.
  const idle = Math.trunc((parseDuration(tcp.idleTimeout ?? '0s') ?? 0) / 1e6);
  if (idle !== 0) report.error(durationProblem(tcp.idleTimeout));
  report.error(durationProblem(tcp.tcpKeepalive?.time), durationProblem(tcp.tcpKeepalive?.interval));
}

export function checkOutlierDetection(outlier: OutlierDetection | undefined, report: Report): void {
  if (outlier === undefined) return;
  report.error(durationProblem(outlier.baseEjectionTime));
  if ((outlier.consecutiveErrors ?? 0) !== 0) {
    report.warn(
      'outlier detection consecutive errors is deprecated, use consecutiveGatewayErrors or consecutive5xxErrors instead',
    );
  }
  if (!outlier.splitExternalLocalOriginErrors && (outlier.consecutiveLocalOriginFailures ?? 0) > 0) {
    report.error(
      'outlier detection consecutive local origin failures is specified, but split external local origin errors is set to false',
    );
  }
  report.error(
    durationProblem(outlier.interval),
    percentProblem(outlier.maxEjectionPercent),
    percentProblem(outlier.minHealthPercent),
  );
}

const percentProblem = (percent = 0): ProblemText =>
  percent < 0 || percent > 100 ? `percentage ${percent} is not in range 0..100` : null;
