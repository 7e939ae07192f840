/** What a check on a share can tell apart: the counts that pass, and how often a wrong share passes. Pure. */
import type { Check } from '../course/schema.ts';
import { numberedCalls } from '../lesson/calls.ts';
import { interval, parsePercent, probabilityWithin } from '../lesson/checks/binomial.ts';

export interface Power {
  readonly server: string;
  /** 0 to 1. */
  readonly share: number;
  readonly calls: number;
  /** Counts from `low` to `high` pass. */
  readonly low: number;
  readonly high: number;
  /** How likely another share passes, 0 to 1: half as much, and half as much again. */
  readonly passes: readonly { readonly share: number; readonly probability: number }[];
}

/** For each share that the check asks for; none: it asks for none, or sends one call. */
export function powerOf({ call, expect }: Check): readonly Power[] {
  const calls = expect.repeat ?? numberedCalls(call.curl).at(-1) ?? 1;
  if (calls === 1) return [];
  return Object.entries({ ...expect.mirrored, ...expect.share }).flatMap(([server, percent]) => {
    if (percent === undefined) return [];
    const share = parsePercent(percent);
    const { low, high } = interval(calls, share);
    // What must be all or nothing is compared with nearly so.
    const others = share === 1 ? [0.95] : share === 0 ? [0.05] : [share / 2, Math.min(0.99, share * 1.5)];
    const passes = others.map(each => ({
      share: each,
      probability: probabilityWithin(calls, each, low, high),
    }));
    return [{ server, share, calls, low, high, passes }];
  });
}
