/** How many of many calls at once a pool answers, in a sidecar of one worker. Pure. */
import type { Limits } from '../difference/types.ts';

export const AT_ONCE = 40;
/** Seconds that each answer takes, and that curl waits. */
export const EACH_TAKES = 0.7;
export const WAITS = 3.2;
/** So many calls can follow one another on a connection meanwhile. */
const ROUNDS = Math.floor(WAITS / EACH_TAKES);

export interface Range {
  readonly low: number;
  readonly high: number;
}

/**
 * As many as there are connections and places to wait. A call also waits while its connection is opened: of many that
 * may each have a connection, some find no place.
 */
export function answeredAtOnce({ connections, pending, requests }: Limits): Range {
  const open = connections ?? AT_ONCE;
  const high = Math.min(open + (pending ?? AT_ONCE), open * ROUNDS, requests ?? AT_ONCE, AT_ONCE);
  const isExact = pending === null || connections !== null || requests !== null;
  return { low: isExact ? high : Math.min(pending, high), high };
}
