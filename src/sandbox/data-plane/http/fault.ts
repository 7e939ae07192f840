/**
 * The fault filter: a delay, then an abort, each with its own probability.
 * Source: envoyproxy/envoy source/extensions/filters/http/fault/fault_filter.cc.
 * Left out: faults by request header, rate limits (istiod sends none).
 */
import type { HttpFault } from '../../../envoy/config.ts';
import { fraction, seconds } from '../../../envoy/match-action.ts';
import type { LocalReply } from './local-reply.ts';

/** Milliseconds to wait; 0: none. A delay without a percentage never fires. */
export function faultDelay(fault: HttpFault, random: () => number): number {
  const { fixed_delay, percentage } = fault.delay ?? {};
  if (fixed_delay === undefined || !happens(percentage, random)) return 0;
  return seconds(fixed_delay) * 1000;
}

/** The answer to abort with; null: no abort. A gRPC status is for callers that speak gRPC; others get a 200 with it. */
export function faultAbort(fault: HttpFault, random: () => number): LocalReply | null {
  const { http_status, grpc_status, percentage } = fault.abort ?? {};
  if ((http_status === undefined && grpc_status === undefined) || !happens(percentage, random)) return null;
  return {
    status: http_status ?? 200,
    body: 'fault filter abort',
    details: 'fault_filter_abort',
    flag: 'FI',
    grpcStatus: grpc_status,
  };
}

function happens(percentage: Parameters<typeof fraction>[0] | undefined, random: () => number): boolean {
  return percentage !== undefined && random() < fraction(percentage);
}
