import { setTimeout as delay } from 'node:timers/promises';

/** Time as a port: what waits takes a Clock, so that tests need not wait. */
export interface Clock {
  /** Milliseconds since the epoch, by a clock that only goes forward (steadyNow). */
  now(): number;
  /** Waits `ms` milliseconds; rejects with an AbortError as soon as the signal aborts. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

/**
 * Milliseconds since the epoch as they were known when this process began, and counted on from there. The machine's own
 * clock may be set back or forward meanwhile, and whoever measures with it waits too long, or not at all.
 */
export const steadyNow = (): number => performance.timeOrigin + performance.now();

/** The longest time (milliseconds) that setTimeout counts; for a longer one it fires at once. */
export const LONGEST_TIMER = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: steadyNow,
  async wait(ms, signal) {
    await delay(ms, undefined, signal ? { signal } : {});
  },
};
