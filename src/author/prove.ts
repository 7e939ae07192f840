/**
 * Proves many lessons and drills, side by side in worlds of their own: each world takes the next one when it is
 * free. How a single one is proved is up to the gate (gate.ts).
 */
import type { Lesson } from '../course/course.ts';
import { readyLesson } from '../course/ready-lesson.ts';
import { withWrittenNames } from '../course/written-names.ts';
import { milliseconds } from '../lesson/calls.ts';
import type { OpenWorld } from '../lesson/worlds.ts';
import type { Clock } from '../shared/clock.ts';
import { asTutorError, ToolError, type TutorError, UserError } from '../shared/errors.ts';
import { type GateReport, gate } from './gate.ts';
import type { Mutation } from './mutation.ts';

export interface Proof extends GateReport {
  readonly of: Lesson;
  /** Of a drill, where mutants were asked for. */
  readonly mutation?: Mutation | undefined;
}

/** Tries a drill's mutants in a world. */
export type MutantsIn = (world: OpenWorld, plain: Lesson) => Promise<Mutation>;

export interface ProveOptions {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  readonly mutants?: MutantsIn | undefined;
  /** Called when one begins, and when it is done. */
  readonly onBegin?: (lesson: Lesson) => void;
  readonly onDone?: (proof: Proof) => void;
}

/** The proofs, in the order of `lessons`. When none gets to its end (the cluster is gone), throws the first error. */
export async function prove(
  worlds: readonly OpenWorld[],
  lessons: readonly Lesson[],
  options: ProveOptions,
): Promise<readonly Proof[]> {
  const { clock, signal, mutants, onBegin, onDone } = options;
  // The long ones first, or one of them would run alone at the end.
  const queue = [...lessons].sort((a, b) => weight(b) - weight(a));
  const proofs = new Map<Lesson, Proof>();
  const errors: TutorError[] = [];
  const proven = async ({ mesh, names }: OpenWorld, plain: Lesson): Promise<GateReport> => {
    try {
      const lesson = readyLesson(plain, names, mesh.placeholders);
      const report = await gate({ mesh, clock, lesson, namespace: names.mesh, signal });
      return withWrittenNames(report, names, mesh.placeholders);
    } catch (error) {
      const known = asTutorError(error);
      if (!(known instanceof ToolError || known instanceof UserError)) throw error;
      errors.push(known);
      return unproven(plain, known);
    }
  };
  const work = async ({ mesh, names }: OpenWorld) => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      signal?.throwIfAborted();
      onBegin?.(next);
      const report = await proven({ mesh, names }, next);
      const mutation = next.drill === undefined ? undefined : await mutants?.({ mesh, names }, next);
      const proof = { ...report, of: next, mutation };
      proofs.set(next, proof);
      onDone?.(proof);
    }
  };
  await Promise.all(worlds.map(work));
  // An error in one is reported with it, beside the others' results; when all fail, there is nothing else to report.
  if (errors.length === lessons.length && errors[0] !== undefined) throw errors[0];
  return lessons.flatMap(lesson => proofs.get(lesson) ?? []);
}

function unproven({ id }: Lesson, { problem }: TutorError): GateReport {
  const counts = { steps: 0, fixes: 0, checks: 0, alternatives: 0, nearMisses: 0, symptoms: 0 };
  const found = [problem.what, problem.why ?? problem.detail ?? ''].join(' ').trim();
  const failure = { lesson: id, step: 'all', what: 'proof', expected: 'to be tried to its end', found };
  return { lesson: id, counts, failures: [failure], refused: [], seconds: 0 };
}

/** About how long a proof takes, in no unit: its steps, and what its checks may wait in each of the worlds tried. */
function weight(lesson: Lesson): number {
  const waits = lesson.steps.map(step => {
    if (step.kind !== 'fix') return 0;
    const worlds = 2 + (step.alternatives ?? []).length + (step.nearMisses ?? []).length;
    const seconds = step.checks.flatMap(({ call, expect }) => [call.pause, expect.within]);
    return (
      worlds * seconds.reduce((sum, each) => sum + (each === undefined ? 0 : milliseconds(each) / 1000), 0)
    );
  });
  return lesson.minutes + 10 * lesson.steps.length + waits.reduce((sum, each) => sum + each, 0);
}
