/**
 * One step, done as its lesson announces it: the announced option is chosen, a fix gets its solution. `run` and
 * the gate are built on this; the engine, where a person decides, uses the same parts one by one.
 */
import type { Lesson } from '../course/course.ts';
import { parseManifest } from '../course/manifest.ts';
import type { Step, StepOf } from '../course/schema.ts';
import type { ObjectRef } from '../kube/client.ts';
import { keyOf, kindNamed } from '../kube/kinds.ts';
import { hasOwnLimit } from '../probe/curl-args.ts';
import type { Effect } from '../probe/effect.ts';
import type { CurlSide, Evidence, RunningProbe } from '../probe/evidence.ts';
import type { Clock } from '../shared/clock.ts';
import { type Applying, applyChanges, applyManifests, type Manifest } from './apply-changes.ts';
import { describeEvidence } from './checks/describe.ts';
import { proveOption } from './checks/predict.ts';
import { effectText } from './effect-text.ts';
import { inspectStep } from './inspect.ts';
import type { Mesh } from './mesh.ts';
import { runChecks, send, sendUntil } from './run-checks.ts';
import type { ApplyOutcome, CheckResult, Refusal, Verdict } from './state.ts';
import { baseName, stateOf } from './state-of.ts';

export interface PlayContext {
  readonly mesh: Mesh;
  readonly clock: Clock;
  /** With this learner's namespaces and addresses: ready-lesson.ts. */
  readonly lesson: Lesson;
  /** The namespace of objects that name none. */
  readonly namespace: string;
  readonly signal?: AbortSignal | undefined;
}

/** What a step came to. */
export interface Played {
  readonly apply?: ApplyOutcome;
  readonly curl?: CurlSide;
  readonly evidence?: Evidence;
  /** predict: the option that the evidence proves, from 0. */
  readonly proven?: number | null;
  readonly verdict?: Verdict;
  readonly checks?: readonly CheckResult[];
  readonly lines?: readonly string[];
  /** What is not as announced; empty when all is well. */
  readonly failures: readonly Failure[];
}

export interface Failure {
  /** A check's id, 'effect', 'prediction', 'probe', 'near-miss FILE: check'. */
  readonly what: string;
  readonly expected: string;
  readonly found: string;
  /** The lesson's file and line that it is about, where they are known. */
  readonly file?: string | undefined;
  readonly line?: number | undefined;
}

/** The step as it is on this mesh; `step` may still have placeholders for addresses, from before there was one. */
export function readyStep<S extends Step>({ lesson }: PlayContext, step: S): S {
  return (lesson.steps.find(({ id }) => id === step.id) ?? step) as S;
}

/** Does step `index` of the stage's lesson. The cluster must be in the step's state. */
export async function playStep(on: PlayContext, index: number): Promise<Played> {
  const step = on.lesson.steps[index] as Step;
  switch (step.kind) {
    case 'read':
    case 'recap':
      return { failures: [] };
    case 'apply':
      return playApply(on, step, index);
    case 'predict':
      return playPredict(on, step);
    case 'probe': {
      const first = await sendUntil(on, step.call, step.expect);
      const again = first.verdict.state === 'failed' && gaveUp(first.evidence);
      const { verdict, evidence } = again ? await sendUntil(on, step.call, step.expect) : first;
      return { evidence, curl: evidence.curl, verdict, failures: failuresOf('probe', verdict) };
    }
    case 'inspect': {
      const lines = await inspectStep(on, step);
      const found =
        lines.length > 0 ? [] : [{ what: 'inspect', expected: 'something to show', found: 'nothing' }];
      return { lines, failures: found };
    }
    case 'fix':
      return playFix(on, step);
  }
}

async function playApply(on: PlayContext, step: StepOf<'apply'>, index: number): Promise<Played> {
  const apply = await applyStep(on, step, index);
  return { apply, failures: effectFailures(step, apply) };
}

/** Applies what an apply step says. */
export function applyStep(
  on: PlayContext & Pick<Applying, 'onUpdate'>,
  step: StepOf<'apply'>,
  index: number,
): Promise<ApplyOutcome> {
  const after = stateOf(on.lesson, index + 1, on.namespace);
  return applyChanges(on, step.changes, on.lesson.files, after.workloads, step.order === 'age');
}

/** Whether an apply came out as its step announces. Without an announcement it must only be accepted. */
export function effectFailures(step: StepOf<'apply'>, outcome: ApplyOutcome): Failure[] {
  const refused = outcome.objects.find(o => o.outcome === 'refused');
  if (step.effect === 'refused-by-api') {
    const words = refused?.refusal?.message ?? '';
    if (refused === undefined)
      return [{ what: 'effect', expected: 'a refusal by the API', found: 'accepted' }];
    if (words.includes(step.refusal ?? '')) return [];
    return [{ what: 'effect', expected: `a refusal with "${step.refusal}"`, found: words }];
  }
  if (refused !== undefined) {
    return [
      { what: 'effect', expected: `${refused.what} accepted`, found: refused.refusal?.message ?? 'refused' },
    ];
  }
  const { effect } = outcome;
  if (effect === undefined || effect.kind === (step.effect ?? effect.kind)) {
    return effect?.kind === 'not-yet'
      ? [{ what: 'effect', expected: 'in effect', found: effectText(effect) }]
      : [];
  }
  return [{ what: 'effect', expected: step.effect ?? '', found: effectText(effect) }];
}

/** curl has given up at the limit that a probe sets by itself: on a busy machine a call may only have been slow. */
function gaveUp({ curl }: Evidence): boolean {
  return curl.transfers.some(each => each.exit === 28) && !hasOwnLimit(curl.argv);
}

async function playPredict(on: PlayContext, step: StepOf<'predict'>): Promise<Played> {
  const played = await provePrediction(on, step, 'prediction');
  const { call, ...again } = step.again ?? {};
  if (call === undefined) return played;
  // The same fact in another dress: a recap asks for it later, in another state; here it can be proven.
  const { failures } = await provePrediction(on, { ...step, ...again, call }, 'again');
  return { ...played, failures: [...played.failures, ...failures] };
}

async function provePrediction(
  on: PlayContext,
  step: Pick<StepOf<'predict'>, 'call' | 'options' | 'announced'>,
  what: 'prediction' | 'again',
): Promise<Played> {
  const ask = async () => {
    const evidence = await (await sendPrediction(on, step)).evidence;
    return { evidence, proof: proveOption(step.options, evidence) };
  };
  const first = await ask();
  const announced = step.announced - 1;
  // A log that a loaded node lost for a while says nothing about the lesson: ask once more.
  const isUnsure =
    first.proof.unclear !== undefined || (first.proof.proven !== announced && gaveUp(first.evidence));
  const { evidence, proof } = isUnsure ? await ask() : first;
  const said = (i: number | null) => (i === null ? 'none of the options' : `"${step.options[i]?.say}"`);
  const failures: Failure[] = [];
  const prediction = (found: string) => {
    failures.push({ what, expected: said(announced), found });
  };
  if (proof.unclear !== undefined) prediction(`could not be decided: ${proof.unclear}`);
  else if (proof.proven !== announced) prediction(`${said(proof.proven)}: ${describeEvidence(evidence)}`);
  if (proof.holds.length > 1)
    prediction(`${proof.holds.length} options hold: ${proof.holds.map(said).join(', ')}`);
  return { evidence, curl: evidence.curl, proven: proof.proven, failures };
}

/** Sends a prediction's call, as often as its options want it. */
export function sendPrediction(
  on: Pick<PlayContext, 'mesh' | 'clock' | 'signal'>,
  step: Pick<StepOf<'predict'>, 'call' | 'options'>,
): Promise<RunningProbe> {
  const repeats = step.options.flatMap(o => o.expect?.repeat ?? []);
  return send(on, step.call, repeats.length === 0 ? undefined : Math.max(...repeats));
}

async function playFix(on: PlayContext, step: StepOf<'fix'>): Promise<Played> {
  const apply = await applySolution(on, step);
  const checks = await runChecks(on, step.checks, settling(apply.effect));
  return {
    apply,
    checks,
    failures: [...solutionFailures(apply), ...checkFailures(checks)],
  };
}

/** Applies a fix's solution as a learner would by copying it into the folder, and removes what it needs gone. */
function applySolution(on: PlayContext, step: StepOf<'fix'>): Promise<ApplyOutcome> {
  const manifests = (files: readonly string[]): Manifest[] =>
    files.map(file => ({ file, text: on.lesson.files[file] ?? '' }));
  const refs = (files: readonly string[]) =>
    manifests(files).flatMap(({ file, text }) => parseManifest(text, file, on.namespace).map(o => o.ref));
  const replaced = new Set(step.solution.map(baseName));
  const kept = step.files.filter(file => !replaced.has(baseName(file)));
  const there = new Set(refs([...kept, ...step.solution]).map(keyOf));
  const removed: ObjectRef[] = (step.remove ?? []).flatMap(({ kind, name }) => {
    const known = kindNamed(kind);
    return known === null
      ? []
      : [{ apiVersion: known.apiVersion, kind: known.kind, name, namespace: on.namespace }];
  });
  const gone = [...refs(step.files).filter(ref => !there.has(keyOf(ref))), ...removed];
  return applyManifests(on, manifests([...kept, ...step.solution]), gone);
}

function solutionFailures(apply: ApplyOutcome): Failure[] {
  return apply.objects.flatMap(({ what, refusal }) =>
    refusal === undefined ? [] : [refusedFailure('solution', { ...refusal, what })],
  );
}

/** That the API refuses something that it should accept. */
export function refusedFailure(label: string, { what, message, file, line }: Refusal): Failure {
  const place = { file, line };
  return { what: label, expected: `${what} accepted`, found: message, ...place };
}

/** A connection that was opened under the old configuration may answer once more right after a change. */
export const SETTLE = 400;

/** A first failure counts only when the configuration has had a moment, not when it has only just come. */
export function settling(effect: Effect | undefined): { settle?: number } {
  return effect?.kind === 'in-effect' ? { settle: SETTLE } : {};
}

export function checkFailures(checks: readonly CheckResult[]): Failure[] {
  return checks.flatMap(check => failuresOf(check.id, check.verdict));
}

function failuresOf(what: string, verdict: Verdict): Failure[] {
  if (verdict.state === 'failed') return [{ what, expected: verdict.expected, found: verdict.found }];
  if (verdict.state === 'could-not-check')
    return [{ what, expected: 'a verdict', found: `could not check: ${verdict.why}` }];
  return [];
}
