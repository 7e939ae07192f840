/**
 * The gate: proves a lesson on a cluster. Every check fails before the solution and passes after it, guards hold
 * on both sides, alternatives pass, near-misses are caught, and every announced symptom appears as announced.
 * Findings are data: a test asserts the counts as well, so that a gate which ran nothing cannot pass.
 */
import type { Check, Step, StepOf } from '../course/schema.ts';
import { effectText } from '../lesson/effect-text.ts';
import {
  checkFailures,
  type Failure,
  type PlayContext,
  playStep,
  refusedFailure,
  SETTLE,
  settling,
} from '../lesson/play.ts';
import { RebuildRefused, rebuild } from '../lesson/rebuild.ts';
import { runChecks } from '../lesson/run-checks.ts';
import type { CheckResult, Refusal } from '../lesson/state.ts';
import { type DesiredState, stateOf, stateOfFix } from '../lesson/state-of.ts';

interface GateFailure extends Failure {
  readonly lesson: string;
  readonly step: string;
}

export interface GateCounts {
  readonly steps: number;
  readonly fixes: number;
  /** Checks of fixes, each tried before and after. */
  readonly checks: number;
  readonly alternatives: number;
  readonly nearMisses: number;
  /** Predictions, probes and effects that the texts announce. */
  readonly symptoms: number;
}

export interface GateReport {
  readonly lesson: string;
  readonly counts: GateCounts;
  readonly failures: readonly GateFailure[];
  /** Near-misses that the API itself refuses: no check runs. */
  readonly refused: readonly RefusedMiss[];
  readonly seconds: number;
}

interface RefusedMiss extends Refusal {
  readonly step: string;
}

export interface GateOptions {
  /** Called after each step. */
  readonly onStep?: (step: Step, failures: readonly Failure[], seconds: number) => void;
  /** Runs only this step, starting from its state. */
  readonly only?: string;
}

/** Runs the gate of the stage's lesson, from a rebuilt start to its last step. */
export async function gate(on: PlayContext, options: GateOptions = {}): Promise<GateReport> {
  const { lesson, clock } = on;
  const began = clock.now();
  const tally = { steps: 0, fixes: 0, checks: 0, alternatives: 0, nearMisses: 0, symptoms: 0 };
  const failures: GateFailure[] = [];
  const refused: RefusedMiss[] = [];
  let first = true;
  for (const [index, step] of lesson.steps.entries()) {
    if (options.only !== undefined && step.id !== options.only) continue;
    const since = clock.now();
    const found: Failure[] = [];
    const start = first ? await bring(on, stateOf(lesson, index, on.namespace)) : { late: [] };
    first = false;
    found.push(...start.late);
    if (start.refusal !== undefined) {
      failures.push({ ...refusedFailure('start', start.refusal), lesson: lesson.id, step: step.id });
      break;
    }
    tally.steps++;
    if (step.kind === 'fix') {
      tally.fixes++;
      tally.checks += step.checks.length;
      tally.alternatives += step.alternatives?.length ?? 0;
      tally.nearMisses += step.nearMisses?.length ?? 0;
      found.push(...(await gateOfFix(on, step, index, refused)));
    } else {
      if (step.kind === 'predict' || step.kind === 'probe' || step.kind === 'apply') tally.symptoms++;
      found.push(...(await playStep(on, index)).failures);
    }
    failures.push(...found.map(f => ({ ...f, lesson: lesson.id, step: step.id })));
    options.onStep?.(step, found, (clock.now() - since) / 1000);
  }
  return { lesson: lesson.id, counts: tally, failures, refused, seconds: (clock.now() - began) / 1000 };
}

interface Trial {
  /** Those that are run; all of them by default. */
  readonly checks?: readonly Check[];
  /** Whether a refusal by the API is as it must be. */
  readonly caught?: (refusal: Refusal) => boolean;
}

async function gateOfFix(
  on: PlayContext,
  step: StepOf<'fix'>,
  index: number,
  refused: RefusedMiss[],
): Promise<Failure[]> {
  const failures: Failure[] = [];
  const withFiles = (files: readonly string[]) => stateOfFix(on.lesson, index, on.namespace, files);
  const tryOut = async (
    state: DesiredState,
    label: string,
    again: (result: CheckResult) => boolean,
    { checks = step.checks, caught = () => false }: Trial = {},
  ): Promise<readonly CheckResult[]> => {
    const { late, refusal } = await bring(on, state);
    failures.push(...late.map(f => ({ ...f, what: `${label}: ${f.what}` })));
    if (refusal === undefined) return runChecks(on, checks, { settle: SETTLE, again });
    if (!caught(refusal)) failures.push(refusedFailure(label, refusal));
    return [];
  };

  for (const result of await tryOut(withFiles(step.files), 'before', result => result.guard)) {
    const { state } = result.verdict;
    if (!result.guard && state !== 'failed')
      failures.push(wrong('before', result, 'fails before the solution'));
    if (result.guard && state !== 'passed')
      failures.push(wrong('before', result, 'a guard holds before the solution'));
  }
  for (const miss of step.nearMisses ?? []) {
    const label = `near-miss ${miss.files.join(', ')}`;
    // A learner who writes this never gets as far as the checks.
    const caught = (refusal: Refusal) =>
      miss.files.includes(refusal.file ?? '') && refused.push({ ...refusal, step: step.id }) > 0;
    // Nothing is asked of the checks after the last that must fail, and one that waits in vain waits long.
    const checks = step.checks.slice(0, 1 + step.checks.findLastIndex(each => miss.fails.includes(each.id)));
    for (const result of await tryOut(withFiles(miss.files), label, () => false, { checks, caught })) {
      if (miss.fails.includes(result.id) && result.verdict.state !== 'failed') {
        failures.push(wrong(label, result, 'is caught by this check'));
      }
    }
  }
  for (const files of step.alternatives ?? []) {
    const label = `alternative ${files.join(', ')}`;
    const results = await tryOut(withFiles(files), label, () => true);
    failures.push(...checkFailures(results).map(f => ({ ...f, what: `${label}: ${f.what}` })));
  }

  // The solution as the learner meets it: from the step's own files, by saving.
  const given = await bring(on, withFiles(step.files));
  failures.push(...given.late);
  if (given.refusal !== undefined) return failures;
  const played = await playStep(on, index);
  failures.push(...played.failures);
  if (played.apply?.objects.some(each => each.outcome === 'refused')) return failures;
  // The state in which the next step begins must come to the same.
  const rebuilt = await bring(on, stateOf(on.lesson, index + 1, on.namespace), false);
  failures.push(...rebuilt.late);
  if (rebuilt.refusal !== undefined)
    return [...failures, refusedFailure('rebuilt solution', rebuilt.refusal)];
  const after = await runChecks(on, step.checks, settling(played.apply?.effect));
  failures.push(...checkFailures(after).map(f => ({ ...f, what: `rebuilt solution: ${f.what}` })));
  return failures;
}

function wrong(label: string, result: CheckResult, expected: string): Failure {
  const { verdict } = result;
  const found =
    verdict.state === 'failed'
      ? `failed: expected ${verdict.expected}, found ${verdict.found}`
      : verdict.state === 'passed'
        ? `passed: ${verdict.found}`
        : verdict.state === 'could-not-check'
          ? `could not check: ${verdict.why}`
          : 'not tried';
  return { what: `${label}: ${result.id}`, expected, found };
}

interface Brought {
  /** Not in effect in time: a failure of the gate, not of a check. */
  readonly late: readonly Failure[];
  /** The API refused it. */
  readonly refusal?: Refusal;
}

/** Brings the cluster into a state. */
async function bring(on: PlayContext, state: DesiredState, afresh = true): Promise<Brought> {
  const signal = on.signal === undefined ? {} : { signal: on.signal };
  try {
    const { effect } = await rebuild(on.mesh, state, { afresh, clock: on.clock, ...signal });
    if (effect?.kind !== 'not-yet' && effect?.kind !== 'refused-by-sidecar') return { late: [] };
    return { late: [{ what: 'state', expected: 'in effect', found: effectText(effect) }] };
  } catch (error) {
    if (!(error instanceof RebuildRefused)) throw error;
    return { late: [], refusal: error.refusal };
  }
}
