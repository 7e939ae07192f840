/** What a learner types to open a lesson: '3', '3/origination', 'destination-rule/4', '03-destination-rule'. */
import { basename } from 'node:path';
import { UserError } from '../shared/errors.ts';
import type { Course, Lesson } from './course.ts';

export interface LessonAddress {
  readonly lesson: Lesson;
  /** The step's id, when one was named. */
  readonly step?: string;
}

/** The lesson and step of an address. Throws a UserError that suggests the nearest. */
export function parseAddress(course: Course, address: string): LessonAddress {
  const [first = '', second, ...rest] = address.split('/');
  if (rest.length > 0)
    throw unknown(address, 'An address is LESSON or LESSON/STEP.', ['istio-tutor 3/2', 'istio-tutor list']);
  const lesson = findLesson(course, first);
  if (second === undefined || second === '') return { lesson };
  return { lesson, step: findStep(lesson, second) };
}

function findLesson(course: Course, text: string): Lesson {
  const found = course.lessons.find(
    l => String(l.number) === text.replace(/^0+(?=\d)/, '') || l.id === text || basename(l.folder) === text,
  );
  if (found !== undefined) return found;
  const near = nearest(
    text,
    course.lessons.map(l => l.id),
  );
  const lessons = course.lessons.map(l => `${l.number}  ${l.id}`).join('\n');
  throw unknown(
    text,
    `There is no lesson "${text}".`,
    near === null ? ['istio-tutor list'] : [`istio-tutor ${near}`, 'istio-tutor list'],
    lessons,
  );
}

function findStep(lesson: Lesson, text: string): string {
  const ids = lesson.steps.map(s => s.id);
  if (ids.includes(text)) return text;
  const byNumber = /^\d+$/.test(text) ? ids[Number(text) - 1] : undefined;
  if (byNumber !== undefined) return byNumber;
  const near = nearest(text, ids);
  const why = /^\d+$/.test(text)
    ? `Lesson ${lesson.number} has ${ids.length} steps.`
    : `Lesson ${lesson.number} has no step "${text}".`;
  throw unknown(
    text,
    why,
    [`istio-tutor ${lesson.number}/${near ?? ids[0]}`],
    ids.map((id, i) => `${i + 1}  ${id}`).join('\n'),
  );
}

function unknown(address: string, why: string, next: string[], detail?: string): UserError {
  return new UserError({
    what: `Nothing was found at "${address}".`,
    why,
    next,
    detail,
  });
}

/** The nearest of the words, when it is near enough to be meant. */
export function nearest(text: string, words: readonly string[]): string | null {
  const scored = words
    .map(word => ({ word, d: word.startsWith(text) && text.length > 1 ? 1 : distance(text, word) }))
    .sort((a, b) => a.d - b.d);
  const best = scored[0];
  return best !== undefined && best.d <= Math.max(2, text.length / 2) ? best.word : null;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min((next[j - 1] ?? 0) + 1, (row[j] ?? 0) + 1, (row[j - 1] ?? 0) + cost));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
