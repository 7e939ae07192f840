/**
 * Sends the calls of checks and compares what comes back. One call after another, since a call may be what
 * opens a breaker; the sidecar's log lines, which come once a second, are waited for together.
 */
import type { Call, Check, Expectation } from '../course/schema.ts';
import type { Evidence, RunningProbe } from '../probe/evidence.ts';
import type { Clock } from '../shared/clock.ts';
import { log } from '../shared/log.ts';
import { argvOf, milliseconds } from './calls.ts';
import { evaluate } from './checks/evaluate.ts';
import type { Mesh } from './mesh.ts';
import type { CheckResult, Verdict } from './state.ts';

export interface Sending {
  readonly mesh: Pick<Mesh, 'start'>;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

/** Sends a call once, after its pause. With `repeat`, one curl sends it that many times. */
export async function send(on: Sending, call: Call, repeat?: number): Promise<RunningProbe> {
  if (call.pause !== undefined) await on.clock.wait(milliseconds(call.pause), on.signal);
  return on.mesh.start(argvOf(call, repeat), on.signal, call.from);
}

/** First pause between two tries of an expectation with `within`, in milliseconds; each next one is longer. */
const FIRST_PAUSE = 250;

interface Tries {
  /** Each time it is sent; what it returns is waited for. */
  readonly onSent?: (probe: RunningProbe) => Promise<unknown>;
  readonly onVerdict?: (verdict: Verdict) => void;
}

/** How often a call is sent that outlasts its time (`inTime`). */
const SLOW_TRIES = 4;

/** Sends a call until it is as expected, at least once, and for no longer than `within`; once more if it was too slow. */
export async function sendUntil(
  on: Sending,
  call: Call,
  expect: Expectation,
  { onSent, onVerdict }: Tries = {},
): Promise<{ verdict: Verdict; evidence: Evidence }> {
  const until = on.clock.now() + (expect.within === undefined ? 0 : milliseconds(expect.within));
  let slow = 0;
  for (let pause = FIRST_PAUSE; ; pause *= 1.5) {
    const probe = await send(on, call, expect.repeat);
    await onSent?.(probe);
    const evidence = await probe.evidence;
    const verdict = evaluate(expect, evidence);
    onVerdict?.(verdict);
    const again = isSlow(expect, verdict) && ++slow < SLOW_TRIES;
    if (verdict.state === 'passed' || (!again && on.clock.now() + pause > until))
      return { verdict, evidence };
    await on.clock.wait(pause, on.signal);
  }
}

const isSlow = ({ inTime }: Expectation, { state }: Verdict) =>
  inTime !== undefined && state === 'could-not-check';

export interface CheckOptions {
  readonly onResult?: (result: CheckResult) => void;
  /**
   * The configuration came into effect only now: a failure is tried once more after this pause (ms), since a
   * connection that was opened before may answer once more. What is really wrong stays wrong.
   */
  readonly settle?: number | undefined;
  /** Which failures are tried again; all, unless set. */
  readonly again?: (result: CheckResult) => boolean;
}

/** Runs checks in their order. Each result is reported as soon as it is certain; the list is in the checks' order. */
export async function runChecks(
  on: Sending,
  checks: readonly Check[],
  options: CheckOptions = {},
): Promise<CheckResult[]> {
  const { settle, again = () => true, onResult } = options;
  const results = new Map<Check, CheckResult>();
  const resultOf = ({ id, title, guard }: Check, verdict: Verdict): CheckResult => ({
    id,
    title,
    guard: guard === true,
    verdict,
  });
  const final = (check: Check, verdict: Verdict): false => {
    const result = resultOf(check, verdict);
    results.set(check, result);
    onResult?.(result);
    return false;
  };
  const patient = ({ expect }: Check, verdict: Verdict) =>
    (verdict.state === 'failed' && expect.within !== undefined) || isSlow(expect, verdict);

  let open = await round(on, checks, (check, verdict) => {
    const fresh = settle !== undefined && verdict.state === 'failed' && again(resultOf(check, verdict));
    return fresh || patient(check, verdict) || final(check, verdict);
  });
  if (open.length > 0 && settle !== undefined) {
    await on.clock.wait(settle, on.signal);
    open = await round(on, open, (check, verdict) => {
      if (verdict.state === 'passed') log('check', `${check.id} passed when tried again`);
      return patient(check, verdict) || final(check, verdict);
    });
  }
  for (const check of open) final(check, (await sendUntil(on, check.call, check.expect)).verdict);
  return checks.flatMap(check => results.get(check) ?? []);
}

/** Sends each check's call once. Returns those that `isOpen` wants tried again, in the checks' order. */
async function round(
  on: Sending,
  checks: readonly Check[],
  isOpen: (check: Check, verdict: Verdict) => boolean,
): Promise<readonly Check[]> {
  const open: Check[] = [];
  const waiting: Promise<void>[] = [];
  const settled = (check: Check, verdict: Verdict) => {
    if (isOpen(check, verdict)) open.push(check);
  };
  for (const check of checks) {
    const probe = await send(on, check.call, check.expect.repeat);
    await probe.answer;
    const later = verdictOf(check.expect, probe).then(verdict => settled(check, verdict));
    // It is awaited below; should a later call fail first, its rejection must not go unhandled.
    later.catch(() => {});
    waiting.push(later);
  }
  await Promise.all(waiting);
  return checks.filter(check => open.includes(check));
}

/** A pass that is certain before all has come counts at once; a failure waits for the whole, which tells why. */
async function verdictOf(expect: Expectation, probe: RunningProbe): Promise<Verdict> {
  const counts = expect.requests !== undefined || expect.mirrored !== undefined;
  for (const early of counts ? [] : probe.early) {
    const verdict = evaluate(expect, await early);
    if (verdict.state === 'passed') return verdict;
  }
  return evaluate(expect, await probe.evidence);
}
