/** What the learner's predictions come to: what was foreseen, what is weak, and what a recap asks again. Pure. */
import type { Lesson } from '../course/course.ts';
import type { Step, StepOf } from '../course/schema.ts';
import type { Prediction } from './prediction.ts';
import type { LessonRecord } from './progress.ts';
import type { Foreseen, Recall, RecallQuestion } from './state.ts';

interface Made {
  readonly step: StepOf<'predict'>;
  readonly made: Prediction;
}

const isPredict = (step: Step): step is StepOf<'predict'> => step.kind === 'predict';

/** The lesson's predictions that were made, in its order; those of steps that it has no more are left out. */
export function predictionsOf(lesson: Pick<Lesson, 'steps'>, record: LessonRecord | undefined): Made[] {
  return lesson.steps.filter(isPredict).flatMap(step => {
    const made = record?.predictions?.[step.id];
    return made === undefined ? [] : [{ step, made }];
  });
}

/** How many predictions were made, and how many of them were right at the first answer. */
export function foreseenIn(lesson: Pick<Lesson, 'steps'>, record: LessonRecord | undefined): Foreseen {
  const all = predictionsOf(lesson, record);
  return { right: all.filter(({ made }) => made.foreseen).length, asked: all.length };
}

export const topicOf = (step: StepOf<'predict'>): string => step.topic ?? step.title;

/** Topics of predictions whose last answer, here or in a recap, was not right; the most often missed first. */
export function weakIn(lesson: Pick<Lesson, 'steps'>, record: LessonRecord | undefined): string[] {
  return weak(lesson, record).map(({ step }) => topicOf(step));
}

/** The same with the drills that train them; a topic without one is left out. */
export function trainingFor(
  lesson: Pick<Lesson, 'steps'>,
  record: LessonRecord | undefined,
): { readonly drill: string; readonly topic: string; readonly misses: number }[] {
  return weak(lesson, record).flatMap(({ step, made: { misses } }) =>
    step.drill === undefined ? [] : [{ drill: step.drill, topic: topicOf(step), misses }],
  );
}

function weak(lesson: Pick<Lesson, 'steps'>, record: LessonRecord | undefined): Made[] {
  return predictionsOf(lesson, record)
    .filter(({ made }) => !made.well)
    .sort((a, b) => b.made.misses - a.made.misses);
}

/** Whether all of a lesson is done but its recap. */
export function isAtRecap({ steps }: Pick<Lesson, 'steps'>, record: LessonRecord | undefined): boolean {
  const open = steps.filter(step => !record?.done.includes(step.id));
  return open.length > 0 && open.every(step => step.kind === 'recap');
}

/** So many questions of the recap's own lesson, and of earlier lessons. */
const OWN = 3;
const SPACED = 2;

/**
 * What the recap of `lesson` asks: what was missed in it comes first, then the rest in its order; then what was missed
 * in the lessons before it and was not known in a recap since, most often missed first.
 */
export function recallFor(
  lessons: readonly Lesson[],
  lesson: Lesson,
  recordOf: (lesson: string) => LessonRecord | undefined,
): Recall {
  const questionOf = (of: Lesson, { id, again }: StepOf<'predict'>): RecallQuestion[] => {
    const number = 1 + of.steps.findIndex(step => step.id === id);
    const place = of.id === lesson.id ? `step ${number}` : `lesson ${of.number}, step ${number}`;
    return again === undefined ? [] : [{ lesson: of.id, step: id, place, again }];
  };
  const own = lesson.steps.filter(isPredict);
  const missed = (step: Step) => recordOf(lesson.id)?.predictions?.[step.id]?.well === false;
  const inOrder = [...own.filter(missed), ...own.filter(step => !missed(step))];
  const before = lessons
    .filter(each => each.number < lesson.number)
    .flatMap(each => predictionsOf(each, recordOf(each.id)).map(({ step, made }) => ({ each, step, made })))
    .filter(({ made }) => !made.well)
    .sort((a, b) => b.made.misses - a.made.misses);
  const questions = [
    ...inOrder.flatMap(step => questionOf(lesson, step)).slice(0, OWN),
    ...before.flatMap(({ each, step }) => questionOf(each, step)).slice(0, SPACED),
  ];
  return { questions, at: 0, answers: [] };
}

/** The prediction after a recap has asked for it again. */
export function recalled(made: Prediction, right: boolean): Prediction {
  return { ...made, well: right, misses: made.misses + (right ? 0 : 1) };
}
