/** Questions in a few words: how far one is, and what is left of all. Pure. */

import type { Problem } from '../shared/errors.ts';
import { clockText } from './exam-clock.ts';
import type { ExamQuestion, ExamSnapshot } from './exam-snapshot.ts';

/** Of a file of a question that cannot be read. */
export function unreadableText({ what, why = '' }: Problem): string {
  return `${what} ${why} Until it can be, it counts as it was last applied.`;
}

export function questionText({ ready, seen, worked, problem, unreadable }: ExamQuestion): string {
  switch (ready) {
    case 'waiting':
      return 'not ready yet';
    case 'preparing':
      return 'being made';
    case 'failed':
      return `not to be made: ${problem?.what ?? ''}`;
    case 'ready':
      if (unreadable !== undefined) return 'file unreadable';
      return seen ? `opened, ${clockText(worked)}` : '';
  }
}

/** What speaks against ending now: '8 never opened, 1 flagged'; empty when nothing does. */
export function leftText({ questions }: Pick<ExamSnapshot, 'questions'>): string {
  const count = (of: (each: ExamQuestion) => boolean, what: string) => {
    const found = questions.filter(of).length;
    return found === 0 ? [] : [`${found} ${what}`];
  };
  return [...count(each => !each.seen, 'never opened'), ...count(each => each.flagged, 'flagged')].join(', ');
}

/** The number of the one after the open one; from the last, and from the list, the first. */
export function nextQuestion({ at, questions }: Pick<ExamSnapshot, 'at' | 'questions'>): number {
  return ((at ?? 0) % questions.length) + 1;
}
