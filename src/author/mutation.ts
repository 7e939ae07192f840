/**
 * How good a task's grading is: its solution, changed in one place at a time, must be caught, by a check or by a
 * counterexample, unless the change is none to any call.
 */

import { type AnswerWorld, search } from '../counterexample/search.ts';
import type { Twin } from '../counterexample/twin.ts';
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
import { type Mutant, mutantsOf } from './mutate.ts';

export interface Mutation {
  readonly tried: number;
  /** By the API itself. */
  readonly refused: number;
  /** No call differs from that of a right answer. */
  readonly equal: readonly string[];
  readonly byCall: number;
  readonly byCheck: number;
  /** What they change: these answers are wrong on paper, and nothing has told. */
  readonly missed: readonly string[];
}

export interface MutationOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Caught of those that matter, 0 to 1. */
export function scoreOf({ byCall, byCheck, missed }: Mutation): number {
  const caught = byCall + byCheck;
  return caught + missed.length === 0 ? 1 : caught / (caught + missed.length);
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
    parseManifest(plain.files[file] ?? '', file).map(each => each.object),
  );
  const found = { refused: 0, equal: [] as string[], byCall: 0, byCheck: 0, missed: [] as string[] };
  const mutants = mutantsOf(objects);
  for (const mutant of mutants) {
    options.signal.throwIfAborted();
    const outcome = await fateOf(mutant, plain, index, world, twin, options);
    if (outcome === 'equal' || outcome === 'missed') found[outcome].push(mutant.what);
    else found[outcome]++;
  }
  return { tried: mutants.length, ...found };
}

async function fateOf(
  { yaml }: Mutant,
  plain: Lesson,
  index: number,
  world: AnswerWorld,
  twin: Twin,
  { clock, signal }: MutationOptions,
): Promise<'refused' | 'equal' | 'byCall' | 'byCheck' | 'missed'> {
  const { step, refusal } = await bringAnswer(plain, index, yaml, world, { clock, signal });
  if (refusal !== null) return 'refused';
  const { counterexamples, differences } = await search(plain, index, world, twin, {
    ...{ clock, signal, first: true },
  });
  if (counterexamples.length > 0) return 'byCall';
  if (differences === 0) return 'equal';
  const results = await runChecks({ mesh: world.mesh, clock, signal }, step.checks, { settle: SETTLE });
  return results.some(each => each.verdict.state === 'failed') ? 'byCheck' : 'missed';
}

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
