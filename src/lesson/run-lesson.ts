/** A whole lesson, each step done as it is announced (play.ts), from the state that it begins in. */
import type { Lesson } from '../course/course.ts';
import type { Step } from '../course/schema.ts';
import { type PlayContext, type Played, playStep } from './play.ts';
import { rebuild } from './rebuild.ts';
import { entryState } from './state-of.ts';

interface StepReport extends Omit<Played, 'evidence'> {
  readonly id: string;
  readonly kind: Step['kind'];
  readonly title: string;
  readonly ok: boolean;
  readonly seconds: number;
}

export interface LessonReport extends Pick<Lesson, 'id' | 'number' | 'title'> {
  readonly ok: boolean;
  readonly seconds: number;
  readonly steps: readonly StepReport[];
}

/** `onStep` is called with what each step came to, as soon as it is done. */
export async function runLesson(
  on: PlayContext,
  onStep: (step: Step, played: Played) => void,
): Promise<LessonReport> {
  const { lesson, clock, namespace, signal } = on;
  const secondsSince = (since: number) => Math.round((clock.now() - since) / 100) / 10;
  const began = clock.now();
  const steps: StepReport[] = [];
  for (const [index, step] of lesson.steps.entries()) {
    const since = clock.now();
    if (index === 0 || step.kind === 'fix') {
      const state = entryState(lesson, index, namespace);
      await rebuild(on.mesh, state, { afresh: index === 0, clock, signal });
    }
    const played = await playStep(on, index);
    const { evidence: _, ...kept } = played;
    const { id, kind, title } = step;
    const ok = played.failures.length === 0;
    steps.push({ id, kind, title, ok, seconds: secondsSince(since), ...kept });
    onStep(step, played);
  }
  const { id, number, title } = lesson;
  return { id, number, title, ok: steps.every(s => s.ok), seconds: secondsSince(began), steps };
}
