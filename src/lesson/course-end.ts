/** What a course comes to at its end: how much was done, what was foreseen, what is weak, and what to do next. Pure. */
import type { Course } from '../course/course.ts';
import { amount } from '../shared/texts.ts';
import type { LessonRecord } from './progress.ts';
import { predictionsOf, topicOf } from './recall.ts';
import type { CourseEnd } from './state.ts';

/** So many topics are named. */
const NAMED = 5;

export function courseEnd(
  { lessons }: Course,
  recordOf: (lesson: string) => LessonRecord | undefined,
  takeHome: string | null,
): CourseEnd {
  const all = lessons.map(lesson => {
    const record = recordOf(lesson.id);
    const done = lesson.steps.filter(step => record?.done.includes(step.id));
    return { lesson, record, done, made: predictionsOf(lesson, record) };
  });
  const sum = (count: (each: (typeof all)[number]) => number) =>
    all.reduce((total, each) => total + count(each), 0);
  const made = all.flatMap(each => each.made).sort((a, b) => b.made.misses - a.made.misses);
  const missed = made.filter(each => !each.made.well && each.step.drill !== undefined);
  const drill = (missed[0] ?? made.find(each => !each.made.foreseen && each.step.drill !== undefined))?.step;
  return {
    lessons: {
      done: all.filter(each => each.done.length === each.lesson.steps.length).length,
      of: all.length,
    },
    steps: { done: sum(each => each.done.length), of: sum(each => each.lesson.steps.length) },
    repairs: sum(each => each.done.filter(step => step.kind === 'fix').length),
    seconds: sum(each => each.record?.spent ?? 0),
    foreseen: {
      right: made.filter(each => each.made.foreseen).length,
      asked: made.length,
    },
    missedTwice: made
      .filter(each => each.made.misses >= 2)
      .slice(0, NAMED)
      .map(each => topicOf(each.step)),
    drill: drill?.drill === undefined ? null : { id: drill.drill, topic: topicOf(drill) },
    takeHome,
  };
}

/** A label and a sentence; a line without a label belongs to the one before. */
type EndLine = readonly [label: string, text: string];

/** The end in sentences, for whatever shows it: what was done, then what is weak, then what to do next. */
export function endLines(
  end: CourseEnd,
  folder: string | null,
  next: readonly EndLine[] = nextByCommand(end),
): readonly EndLine[] {
  const { lessons, steps, repairs, foreseen, missedTwice } = end;
  const done = `${lessons.done} of ${lessons.of} lessons, ${steps.done} of ${steps.of} steps, ${amount(repairs, 'repair')}`;
  const twice =
    missedTwice.length > 0
      ? missedTwice.join('; ')
      : foreseen.asked === 0
        ? 'nothing, since nothing was predicted'
        : 'nothing';
  return [
    ['Done', `${done}, ${timeText(end.seconds)}.`],
    ['Foreseen', `${foreseen.right} of ${foreseen.asked} predictions were right at the first answer.`],
    ['Missed twice', `${twice}.`],
    ...(folder === null
      ? []
      : ([
          [
            'To take home',
            `In ${folder} lie the manifests put right, with comments, and habits.md: every flag, exit code and habit that you met.`,
          ],
        ] as const)),
    ...next,
  ];
}

/** What to do next where there is no screen: what to type. */
function nextByCommand({ drill }: CourseEnd): readonly EndLine[] {
  const drills =
    drill === null
      ? 'istio-tutor drill --list   (each is one thing to put right)'
      : `istio-tutor drill ${drill.id}   (you missed: ${drill.topic})`;
  return [
    ['Next', drills],
    ['', 'istio-tutor exam   (questions against a clock, with a score)'],
  ];
}

/** The same where keys open them. */
export function nextByKey(
  { drill }: CourseEnd,
  keys: { readonly drills: string; readonly exam: string },
): readonly EndLine[] {
  const drills =
    drill === null
      ? 'the drills, one thing to put right each'
      : `drill ${drill.id} (you missed: ${drill.topic})`;
  return [
    ['Next', `${keys.drills}   ${drills}`],
    ['', `${keys.exam.padEnd(keys.drills.length)}   an exam: questions against a clock, with a score`],
  ];
}

/** '3 h 02 min', '41 min'. */
export function timeText(seconds: number): string {
  const minutes = Math.round(seconds / 60);
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  return hours === 0 ? `${rest} min` : `${hours} h ${String(rest).padStart(2, '0')} min`;
}
