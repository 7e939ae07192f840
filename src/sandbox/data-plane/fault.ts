/**
 * The fault filter: a delay, then an abort, each by its own chance.
 * Source: envoyproxy/envoy source/extensions/filters/http/fault/fault_filter.cc.
 * Left out: aborts with a gRPC status, faults by request header, rate limits (istiod sends none for HTTP).
 */
import type { HttpFault } from '../../envoy/config.ts';
import { fraction, seconds } from '../../envoy/match-action.ts';

/** Milliseconds to wait; 0: none. A delay without a percentage never fires. */
export function faultDelay(fault: HttpFault, random: () => number): number {
  const { fixed_delay, percentage } = fault.delay ?? {};
  if (fixed_delay === undefined || !happens(percentage, random)) return 0;
  return seconds(fixed_delay) * 1000;
}

/** The status to abort with; null: no abort. */
export function faultAbort(fault: HttpFault, random: () => number): number | null {
  const { http_status, percentage } = fault.abort ?? {};
  return http_status !== undefined && happens(percentage, random) ? http_status : null;
}

function happens(percentage: Parameters<typeof fraction>[0] | undefined, random: () => number): boolean {
  return percentage !== undefined && random() < fraction(percentage);
}
