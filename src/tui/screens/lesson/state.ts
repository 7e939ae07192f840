/**
 * What the lesson screen reads off a snapshot: the state of the open step, whether it waits for an answer, and which
 * sections a new snapshot has changed, which is where the learner wants to look now. Pure.
 */
import type { Again, Check, StepOf } from '../../../course/schema.ts';
import { optionsAsked } from '../../../lesson/asked.ts';
import { isReading, type LessonSnapshot, type StepState } from '../../../lesson/state.ts';

export type StepChange =
  | { readonly type: 'step' }
  | { readonly type: 'fresh'; readonly sections: readonly string[] }
  | null;

export function stepState(snapshot: LessonSnapshot): StepState | null {
  const step = snapshot.lesson?.steps[snapshot.at];
  return step ? (snapshot.steps[step.id] ?? { phase: 'todo', hints: 0, solutionShown: false }) : null;
}

/** The options of the question that waits for the learner's answer; null: none does. A recap's needs no cluster. */
export function asking(snapshot: LessonSnapshot): Again['options'] | null {
  const step = snapshot.lesson?.steps[snapshot.at];
  if (!snapshot.connected && step?.kind !== 'recap') return null;
  return optionsAsked(step, stepState(snapshot) ?? undefined);
}

/** Those that a digit chooses from: without a cluster, whoever has chosen is shown the right one. */
export function choosable(snapshot: LessonSnapshot): Again['options'] | null {
  const step = snapshot.lesson?.steps[snapshot.at];
  return isReading(snapshot) && step?.kind === 'predict' ? step.options : asking(snapshot);
}

/**
 * The first check that fails, else the first: of those whose call is sent from the lesson's own client, if there are
 * any.
 */
export function checkToTry(snapshot: LessonSnapshot, { checks }: StepOf<'fix'>): Check | undefined {
  const states = new Map(stepState(snapshot)?.checks?.map(each => [each.id, each.verdict.state]));
  const here = checks.filter(each => each.call.from === undefined);
  const tried = here.length > 0 ? here : checks;
  return tried.find(each => states.get(each.id) === 'failed') ?? tried[0];
}

/** The checks that can be pointed at, to see their calls; an exam tells none. Null: there are none here. */
export function checksToPointAt({ lesson, at }: LessonSnapshot): readonly Check[] | null {
  const step = lesson?.steps[at];
  if (step?.kind !== 'fix' || lesson?.exam !== undefined || step.checks.length === 0) return null;
  return step.checks;
}

/** What `p` sends in a fix: the check at `pointer`; else the first that fails, whoever calls; else the one to try. */
export function checkToSend(
  snapshot: LessonSnapshot,
  step: StepOf<'fix'>,
  pointer: number,
): Check | undefined {
  const pointed = step.checks[pointer];
  if (pointed !== undefined) return pointed;
  const failed = stepState(snapshot)?.checks?.find(each => each.verdict.state === 'failed');
  return step.checks.find(each => each.id === failed?.id) ?? checkToTry(snapshot, step);
}

/** null: nothing that would move the screen. */
export function changeBetween(before: LessonSnapshot, after: LessonSnapshot): StepChange {
  if (before.lesson?.id !== after.lesson?.id || before.at !== after.at) return { type: 'step' };
  const [old, now] = [stepState(before), stepState(after)];
  if (!old || !now || old === now) return null;
  // An answer was taken back (Ctrl-C): the pointer stays on it.
  if (old.phase === 'asked' && now.phase === 'todo') return { type: 'fresh', sections: ['question'] };
  const sections: string[] = [];
  if (now.hints > old.hints) sections.push('hints');
  if (now.solutionShown && !old.solutionShown) sections.push('solution');
  if (now.said !== old.said) sections.push('said');
  if (now.recall !== old.recall && old.recall) {
    if (now.recall?.at !== old.recall.at) return { type: 'step' };
    sections.push('question');
  }
  if (now.probe !== old.probe && now.probe)
    sections.push(...(now.said === undefined ? [] : ['said']), 'console', 'walk', 'announced');
  if (now.apply !== old.apply && now.apply) sections.push('outcome');
  if (now.checks !== old.checks && now.checks?.some(one => one.verdict.state !== 'not-tried'))
    sections.push('checks', 'failed walk');
  if (now.inspected !== old.inspected && now.inspected) sections.push('inspected');
  if (sections.length > 0 || (now.phase === 'done' && old.phase !== 'done'))
    return { type: 'fresh', sections: [...sections, 'after'] };
  return now.phase === 'todo' && old.phase !== 'todo' ? { type: 'step' } : null;
}
