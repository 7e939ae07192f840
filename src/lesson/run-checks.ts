/**
 * Sends the calls of checks and compares what comes back. One call after another, since a call may be what
 * opens a breaker; the sidecar's log lines, which come once a second, are waited for together.
 */
import type { Evidence, RunningProbe } from '../probe/evidence.ts';
import type { Clock } from '../shared/clock.ts';
import { argvOf, milliseconds } from './calls.ts';
import { evaluate } from './checks/evaluate.ts';
import { fillAll } from './manifest.ts';
import type { Mesh } from './mesh.ts';
import type { Call, Check, Expectation } from './schema.ts';
import type { CheckResult, Verdict } from './state.ts';

export interface Sending {
  readonly mesh: Mesh;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/** Sends a call once, after its pause. `repeat` sends it so often through one curl. */
export async function send(on: Sending, call: Call, repeat?: number): Promise<RunningProbe> {
  if (call.pause !== undefined) await on.clock.wait(milliseconds(call.pause), on.signal);
  return on.mesh.start(argvOf(call, on.mesh.placeholders, repeat), on.signal);
}

/** First pause between two tries of an expectation with `within`, in milliseconds; each next one is longer. */
const FIRST_PAUSE = 250;

/** Sends a call until it is as expected, at least once, and for `within` at most. */
export async function sendUntil(
  on: Sending,
  call: Call,
  expectation: Expectation,
  onAnswer?: (probe: RunningProbe) => void,
): Promise<{ verdict: Verdict; evidence: Evidence }> {
  const expect = fillAll(expectation, on.mesh.placeholders);
  const until = on.clock.now() + (expect.within === undefined ? 0 : milliseconds(expect.within));
  for (let pause = FIRST_PAUSE; ; pause *= 1.5) {
    const probe = await send(on, call, expect.repeat);
    onAnswer?.(probe);
    const evidence = await probe.evidence;
    const verdict = evaluate(expect, evidence);
    if (verdict.state === 'passed' || on.clock.now() + pause > until) return { verdict, evidence };
    await on.clock.wait(pause, on.signal);
  }
}

export interface CheckOptions {
  readonly onResult?: (result: CheckResult) => void;
  /** The configuration came into effect only now: a first failure is tried once more, after this pause (ms). */
  readonly settle?: number;
}

/** Runs checks in their order. Each result is told as soon as it is certain. */
export async function runChecks(
  on: Sending,
  checks: readonly Check[],
  options: CheckOptions = {},
): Promise<CheckResult[]> {
  const tell = (check: Check, verdict: Verdict): CheckResult => {
    const result = { id: check.id, title: check.title, guard: check.guard === true, verdict };
    options.onResult?.(result);
    return result;
  };
  const waiting: Promise<{ check: Check; verdict: Verdict }>[] = [];
  for (const check of checks) {
    const expect = fillAll(check.expect, on.mesh.placeholders);
    const probe = await send(on, check.call, expect.repeat);
    // A rejection is looked at below, when all calls are sent.
    probe.evidence.catch(() => {});
    const curl = await probe.answer;
    const unread = { read: false as const, why: 'not there yet' };
    const early = evaluate(expect, { provider: '', curl, sidecar: unread, api: unread });
    if (early.state === 'passed') {
      tell(check, early);
      waiting.push(Promise.resolve({ check, verdict: early }));
    } else {
      waiting.push(probe.evidence.then(evidence => ({ check, verdict: evaluate(expect, evidence) })));
    }
  }
  const results: CheckResult[] = [];
  for (const { check, verdict } of await Promise.all(waiting)) {
    const { within } = check.expect;
    const again = verdict.state === 'failed' && (within !== undefined || options.settle !== undefined);
    if (!again) {
      results.push(tell(check, verdict));
      continue;
    }
    await on.clock.wait(options.settle ?? FIRST_PAUSE, on.signal);
    results.push(tell(check, (await sendUntil(on, check.call, check.expect)).verdict));
  }
  return results;
}
