/** One answer to a drill, graded as a learner's would be, with everything that was found. */
import { type AnswerWorld, type Counterexample, search } from '../counterexample/search.ts';
import type { Twin } from '../counterexample/twin.ts';
import type { Lesson } from '../course/course.ts';
import { SETTLE } from '../lesson/play.ts';
import { runChecks } from '../lesson/run-checks.ts';
import type { CheckResult, Refusal } from '../lesson/state.ts';
import type { Clock } from '../shared/clock.ts';
import { bringAnswer } from './mutation.ts';
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
  const { step, refusal } = await bringAnswer(plain, index, yaml, world, { clock, signal });
  if (refusal !== null) return { refusal, checks: [], counterexamples: [] };
  const results = await runChecks({ mesh: world.mesh, clock, signal }, step.checks, { settle: SETTLE });
  const { counterexamples } = await search(plain, index, world, twin, { clock, signal });
  const powers = new Map(step.checks.map(each => [each.id, powerOf(each)]));
  return {
    refusal: null,
    checks: results.map(each => ({ ...each, power: powers.get(each.id) ?? [] })),
    counterexamples,
  };
}
