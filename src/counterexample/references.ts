/** The right answers to a task, in the twin: their configurations, and what they show of an experiment. */
import type { Lesson } from '../course/course.ts';
import { readyLesson } from '../course/ready-lesson.ts';
import type { StepOf } from '../course/schema.ts';
import type { Side } from '../difference/types.ts';
import { rebuild } from '../lesson/rebuild.ts';
import { type DesiredState, stateOf, stateOfFix } from '../lesson/state-of.ts';
import type { Evidence } from '../probe/evidence.ts';
import type { Experiment } from './experiment.ts';
import { type Sending, sendIn, sendInCopy } from './send.ts';
import { type ClientName, sidesOf } from './sides.ts';
import type { Twin } from './twin.ts';

/** Before chance is excluded, and to exclude it. */
export type Round = 'first' | 'again';

export interface References {
  readonly lesson: Lesson;
  readonly step: StepOf<'fix'>;
  readonly clients: readonly ClientName[];
  /** The state that the solution makes, then those of the alternatives. */
  readonly states: readonly [DesiredState, ...DesiredState[]];
  /** By right answer, then by client. */
  sides(sending: Sending): Promise<readonly (readonly Side[])[]>;
  /** What each right answer shows of each experiment; sent once, or once more and then both, and then known. */
  shown(
    experiments: readonly Experiment[],
    sending: Sending,
    round: Round,
  ): Promise<ReadonlyMap<Experiment, readonly Evidence[]>>;
}

/** Of fix step `index` of a lesson as it was loaded. Only whoever has the twin alone may ask for anything. */
export function referencesOf(plain: Lesson, index: number, twin: Twin): References {
  const lesson = readyLesson(plain, twin.names, twin.mesh.placeholders);
  const step = lesson.steps[index] as StepOf<'fix'>;
  const namespace = twin.names.mesh;
  const alternatives = (step.alternatives ?? []).map(files => stateOfFix(lesson, index, namespace, files));
  const states = [stateOf(lesson, index + 1, namespace), ...alternatives] as const;
  const clients: readonly ClientName[] = [undefined, ...(plain.clients ?? [])];
  let sides: readonly (readonly Side[])[] | null = null;
  const known = new Map<string, readonly Evidence[]>();
  return {
    ...{ lesson, step, clients, states },
    async sides(sending) {
      if (sides !== null) return sides;
      const all: Side[][] = [];
      for (const state of states) {
        await rebuild(twin.mesh, state, { afresh: false, ...sending });
        all.push(await sidesOf(twin.kube, twin.names, clients, sending.signal));
      }
      sides = all;
      return all;
    },
    async shown(experiments, sending, round) {
      const keyOf = (each: Experiment, at = round) => `${at} ${callOf(each)}`;
      const open = experiments.filter(each => !known.has(keyOf(each)));
      const found = open.map((): Evidence[] => []);
      const inCopies = open.filter(each => each.inCopy !== null);
      const together = open.filter(each => each.inCopy === null);
      for (const state of states) {
        if (together.length > 0) await rebuild(twin.mesh, state, { afresh: true, ...sending });
        const shown = new Map([
          ...(await sendIn(twin.mesh, together, sending)),
          ...(await sendInCopy(twin, state, inCopies, 'right', sending)),
        ]);
        for (const [at, each] of open.entries()) found[at]?.push(shown.get(each) as Evidence);
      }
      for (const [at, each] of open.entries()) known.set(keyOf(each), found[at] ?? []);
      const before = (each: Experiment) => (round === 'again' ? (known.get(keyOf(each, 'first')) ?? []) : []);
      return new Map(experiments.map(each => [each, [...before(each), ...(known.get(keyOf(each)) ?? [])]]));
    },
  };
}

/** Two experiments with the same text are the same call from the same place. */
function callOf({ from, argv, inCopy }: Experiment): string {
  return JSON.stringify([from ?? null, argv, inCopy]);
}
