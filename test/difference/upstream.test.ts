import { describe, expect, it } from 'vitest';
import { ejectionOf, limitsOf } from '../../src/difference/upstream.ts';
import type { Cluster, OutlierDetection } from '../../src/envoy/config.ts';

const cluster = (more: object) => ({ name: 'outbound|80||api', type: 'STRICT_DNS', ...more }) as Cluster;

describe('who is left out', () => {
  const of = (outlier: OutlierDetection, hosts: number, panic = 0) =>
    ejectionOf(
      cluster({
        outlier_detection: outlier,
        common_lb_config: { healthy_panic_threshold: { value: panic } },
      }),
      hosts,
    );

  it.each([
    [50, 2, 1],
    [51, 2, 1],
    [100, 2, 2],
    [10, 20, 2],
    [30, 0, 30],
  ])('is a number of servers: %s %% of %s', (percent, hosts, most) => {
    expect(of({ max_ejection_percent: percent }, hosts)?.most).toBe(most);
  });

  it('is nobody where a single one is more than the percentage', () => {
    expect(of({ max_ejection_percent: 25 }, 2)).toBeNull();
    expect(of({}, 9)).toBeNull();
  });

  it.each([
    ['only where so few can be left', 100, 50, 1],
    ['never where one always stays', 50, 50, 0],
    ['as soon as one is left out', 100, 100, 2],
  ])('are all of them asked again: %s', (_, most, panic, least) => {
    expect(of({ max_ejection_percent: most }, 2, panic)?.least).toBe(least);
  });

  it('may be whoever refuses connections, and nobody who answers with an error', () => {
    const apart = {
      ...{ split_external_local_origin_errors: true, consecutive_local_origin_failure: 3 },
      ...{ enforcing_consecutive_5xx: 0, max_ejection_percent: 100 },
    };
    expect(of(apart, 2)).toMatchObject({ after5xx: null, afterGatewayErrors: null, afterLocal: 3 });
    expect(of({ ...apart, split_external_local_origin_errors: false }, 2)).toBeNull();
  });
});

it.each([
  ['nobody waits', { max_connections: 1, max_pending_requests: 1 }, { connections: 1, pending: 0 }],
  ['unless fewer may be opened at once', { max_connections: 5, max_pending_requests: 2 }, { pending: 2 }],
  ['or connections have no limit', { max_pending_requests: 2 }, { connections: null, pending: 2 }],
])('of bytes that are passed on: %s', (_, threshold, limits) => {
  const breakers = { circuit_breakers: { thresholds: [threshold] } };
  expect(limitsOf(cluster(breakers), false)).toMatchObject({ ...limits, requests: null, retries: null });
});
