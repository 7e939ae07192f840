/**
 * How good a task's grading is: its solution, changed in one place at a time, must be caught, by a check or by a
 * counterexample, unless the change is none to any call.
 */
import { type AnswerWorld, search } from '../counterexample/search.ts';
import type { Twin } from '../counterexample/twin.ts';
import { courseNamespaces } from '../course/allowed-objects.ts';
import type { Lesson } from '../course/course.ts';
import { parseManifest } from '../course/manifest.ts';
import { readyLesson } from '../course/ready-lesson.ts';
import type { StepOf } from '../course/schema.ts';
import { SETTLE } from '../lesson/play.ts';
import { RebuildRefused, rebuild } from '../lesson/rebuild.ts';
import { runChecks } from '../lesson/run-checks.ts';
import type { Refusal } from '../lesson/state.ts';
import { baseName, stateOfFix } from '../lesson/state-of.ts';
import type { Clock } from '../shared/clock.ts';
import { shellLine } from '../shared/shell.ts';
import { held, released } from './held-placeholders.ts';
import { type Mutant, mutantsOf } from './mutate.ts';

/**
 * byCall: by a counterexample; byCheck: by a check alone; missed: it is wrong on paper, and nothing has told; equal: no call
 * differs from that of a right answer, or in nothing that counts (freedom.ts); refused: by the API itself.
 */
const OUTCOMES = ['byCall', 'byCheck', 'missed', 'equal', 'refused'] as const;

type Outcome = (typeof OUTCOMES)[number];

export interface Fate {
  /** What was changed: 'VirtualService/api spec.http[0].timeout left out'. */
  readonly what: string;
  readonly outcome: Outcome;
  /** The call or the check that caught it; of one that was missed, how it differs on paper. */
  readonly why?: string;
}

export interface Mutation {
  readonly mutants: readonly Fate[];
}

export interface MutationOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export function countsOf({ mutants }: Mutation): Readonly<Record<Outcome, number>> {
  const count = (outcome: Outcome) => mutants.filter(each => each.outcome === outcome).length;
  return Object.fromEntries(OUTCOMES.map(each => [each, count(each)])) as Record<Outcome, number>;
}

/** Caught of those that matter, 0 to 1. */
export function scoreOf(mutation: Mutation): number {
  const { byCall, byCheck, missed } = countsOf(mutation);
  const caught = byCall + byCheck;
  return caught + missed === 0 ? 1 : caught / (caught + missed);
}

/** Tries the mutants of the solution of fix step `index` of a lesson as it was loaded. */
export async function mutation(
  plain: Lesson,
  index: number,
  world: AnswerWorld,
  twin: Twin,
  options: MutationOptions,
): Promise<Mutation> {
  const step = plain.steps[index] as StepOf<'fix'>;
  const files = new Set(step.solution.map(baseName));
  const kept = step.files.filter(each => !files.has(baseName(each)));
  const objects = [...kept, ...step.solution].flatMap(file =>
    parseManifest(held(plain.files[file] ?? ''), file).map(each => each.object),
  );
  const mutants: Fate[] = [];
  for (const mutant of mutantsOf(objects, courseNamespaces(plain.clients))) {
    options.signal.throwIfAborted();
    mutants.push({
      what: released(mutant.what),
      ...(await fateOf(mutant, plain, index, world, twin, options)),
    });
  }
  return { mutants };
}

async function fateOf(
  { yaml }: Mutant,
  plain: Lesson,
  index: number,
  world: AnswerWorld,
  twin: Twin,
  { clock, signal }: MutationOptions,
): Promise<Omit<Fate, 'what'>> {
  const { step, refusal } = await bringAnswer(plain, index, released(yaml), world, { clock, signal });
  if (refusal !== null) return { outcome: 'refused', why: refusal.message };
  const { counterexamples, differences } = await search(plain, index, world, twin, {
    ...{ clock, signal, first: true },
  });
  const [counterexample] = counterexamples;
  if (counterexample !== undefined) {
    const { argv, expected, found } = counterexample;
    return {
      outcome: 'byCall',
      why: `${shellLine(['curl', ...argv])}: expected ${expected}, found ${found}`,
    };
  }
  // Checks are asked in any case: what they tell apart is not equal, whatever paper says.
  const results = await runChecks({ mesh: world.mesh, clock, signal }, step.checks, { settle: SETTLE });
  const failed = results.find(each => each.verdict.state === 'failed');
  if (failed !== undefined) return { outcome: 'byCheck', why: failed.title };
  if (differences.length === 0) return { outcome: 'equal' };
  const bound = differences.find(each => !each.free);
  return bound === undefined ? { outcome: 'equal', why: FREE } : { outcome: 'missed', why: bound.words };
}

const FREE = 'right answers differ there as well, or it is less than one percent of calls';

interface Brought {
  /** As it is in this world. */
  readonly step: StepOf<'fix'>;
  /** The API refuses the answer. */
  readonly refusal: Refusal | null;
}

/** Puts a whole answer into effect in a world, as if no host had ever been ejected there. */
export async function bringAnswer(
  plain: Lesson,
  index: number,
  yaml: string,
  { mesh, names }: AnswerWorld,
  options: MutationOptions,
): Promise<Brought> {
  const answered = withAnswer(plain, index, yaml);
  const lesson = readyLesson(answered.lesson, names, mesh.placeholders);
  const step = lesson.steps[index] as StepOf<'fix'>;
  try {
    await rebuild(mesh, stateOfFix(lesson, index, names.mesh, answered.files), { afresh: true, ...options });
  } catch (error) {
    if (!(error instanceof RebuildRefused)) throw error;
    return { step, refusal: error.refusal };
  }
  return { step, refusal: null };
}

/** The lesson with a whole answer in the place of the learner's files: all of it in the first, the others empty. */
export function withAnswer(
  plain: Lesson,
  index: number,
  yaml: string,
): { readonly lesson: Lesson; readonly files: readonly string[] } {
  const names = (plain.steps[index] as StepOf<'fix'>).files.map(baseName);
  const texts = names.map((name, at) => [`answer/${name}`, at === 0 ? yaml : ''] as const);
  return {
    lesson: { ...plain, files: { ...plain.files, ...Object.fromEntries(texts) } },
    files: texts.map(([path]) => path),
  };
}
