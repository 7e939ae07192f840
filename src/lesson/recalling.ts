/** A recap in the engine: its questions are drawn up when it is reached, and each answer is kept where it was missed. */
import type { StepOf } from '../course/schema.ts';
import { recallQuestion } from './asked.ts';
import type { Core } from './engine-core.ts';
import { recalled, recallFor } from './recall.ts';
import type { Recall } from './state.ts';

/** Draws up what a recap asks, unless it is under way or over. */
export function beginRecall(core: Core, step: StepOf<'recap'>): void {
  const { lessons } = core.deps.course;
  const lesson = lessons.find(each => each.id === core.snapshot.lesson?.id);
  const state = core.snapshot.steps[step.id];
  if (lesson === undefined || state?.phase === 'done' || state?.recall !== undefined) return;
  const recall = recallFor(lessons, lesson, id => core.deps.progress.get(id));
  if (recall.questions.length === 0) core.tell({ type: 'done', id: step.id });
  else tell(core, step, recall);
}

/** Takes the answer to the question on the screen; what the learner had predicted is kept as known, or missed again. */
export async function answerRecall(core: Core, step: StepOf<'recap'>, option: number | null): Promise<void> {
  const { recall } = core.snapshot.steps[step.id] ?? {};
  const question = recallQuestion({ recall });
  if (recall === undefined || question === null || recall.answers.length > recall.at) return;
  if (option !== null && question.again.options[option] === undefined) return;
  tell(core, step, { ...recall, answers: [...recall.answers, option] });
  const { progress, course } = core.deps;
  const record = progress.get(question.lesson);
  const made = record?.predictions?.[question.step];
  const lesson = course.lessons.find(each => each.id === question.lesson);
  if (record === undefined || made === undefined || lesson === undefined) return;
  const predictions = {
    ...record.predictions,
    [question.step]: recalled(made, option === question.again.announced - 1),
  };
  core.tell({ type: 'kept', lesson, record: { ...record, predictions } });
  await progress.put(question.lesson, { ...record, predictions });
}

/** Goes on to the next question. False: there is none. */
export function nextRecall(core: Core, step: StepOf<'recap'>): boolean {
  const { recall } = core.snapshot.steps[step.id] ?? {};
  if (recall === undefined || recall.at + 1 >= recall.questions.length) return false;
  tell(core, step, { ...recall, at: recall.at + 1 });
  return true;
}

function tell(core: Core, step: StepOf<'recap'>, recall: Recall): void {
  core.tell({ type: 'step', id: step.id, patch: { recall } });
}
