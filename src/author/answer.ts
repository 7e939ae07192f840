/** One answer to a drill, graded as a learner's would be, with everything that was found. */

import { type AnswerWorld, type Counterexample, search } from '../counterexample/search.ts';
import type { Twin } from '../counterexample/twin.ts';
import type { Lesson } from '../course/course.ts';
import { readyLesson } from '../course/ready-lesson.ts';
import type { StepOf } from '../course/schema.ts';
import { SETTLE } from '../lesson/play.ts';
import { RebuildRefused, rebuild } from '../lesson/rebuild.ts';
import { runChecks } from '../lesson/run-checks.ts';
import type { CheckResult, Refusal } from '../lesson/state.ts';
import { stateOfFix } from '../lesson/state-of.ts';
import type { Clock } from '../shared/clock.ts';
import { withAnswer } from './mutation.ts';
import { type Power, powerOf } from './power.ts';

export interface Graded {
  /** The API refuses the answer; then nothing else was tried. */
  readonly refusal: Refusal | null;
  readonly checks: readonly (CheckResult & { readonly power: readonly Power[] })[];
  readonly counterexamples: readonly Counterexample[];
}

/** `yaml` is the whole answer, in the place of all of the learner's files. */
export async function gradeAnswer(
  plain: Lesson,
  index: number,
  yaml: string,
  world: AnswerWorld,
  twin: Twin,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<Graded> {
  const answered = withAnswer(plain, index, yaml);
  const lesson = readyLesson(answered.lesson, world.names, world.mesh.placeholders);
  const state = stateOfFix(lesson, index, world.names.mesh, answered.files);
  try {
    await rebuild(world.mesh, state, { afresh: true, clock, signal });
  } catch (error) {
    if (!(error instanceof RebuildRefused)) throw error;
    return { refusal: error.refusal, checks: [], counterexamples: [] };
  }
  const { checks } = lesson.steps[index] as StepOf<'fix'>;
  const results = await runChecks({ mesh: world.mesh, clock, signal }, checks, { settle: SETTLE });
  const { counterexamples } = await search(plain, index, world, twin, { clock, signal });
  const powers = new Map(checks.map(each => [each.id, powerOf(each)]));
  return {
    refusal: null,
    checks: results.map(each => ({ ...each, power: powers.get(each.id) ?? [] })),
    counterexamples,
  };
}
