/**
 * The exam's one clock. It adds up steps of a monotonic time, so a wall clock that is set or corrected changes nothing;
 * a step that is too long for a running program (the machine slept) is a pause, counted and shown, not working time.
 * Pure.
 */

/** Milliseconds between two ticks beyond which the program cannot have been running. */
const ASLEEP = 10_000;

/** Minutes at which the candidate is warned. */
const WARNINGS: readonly number[] = [15, 5, 1];

export interface Tick {
  /** Milliseconds of working time that have passed since the last tick. */
  readonly worked: number;
  /** Milliseconds that the machine slept. */
  readonly slept: number;
}

/**
 * What has passed from the last tick (null: there was none) to `now`, both in monotonic milliseconds; nothing while
 * `running` is false.
 */
export function tick(last: number | null, now: number, running: boolean): Tick {
  const passed = last === null ? 0 : Math.max(0, now - last);
  if (!running) return { worked: 0, slept: 0 };
  return passed > ASLEEP ? { worked: 0, slept: passed } : { worked: passed, slept: 0 };
}

/** The warning, in minutes, that lies between two times left (milliseconds); null: none. */
export function warningBetween(before: number, after: number): number | null {
  return WARNINGS.find(minutes => before > minutes * 60_000 && after <= minutes * 60_000) ?? null;
}

/** '1:59:03', '4:07'. Milliseconds, rounded up to whole seconds: 0:00 is the end. */
export function clockText(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  const rest = `${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}
