/** Questions in a few words: how far one has come, and what is left of all of them. Pure. */
import type { Problem } from '../shared/errors.ts';
import { clockText } from './exam-clock.ts';
import type { ExamQuestion, ExamSnapshot } from './exam-snapshot.ts';

/** Says of a file of a question that it cannot be read, and what that means. */
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
      return `unavailable: ${problem?.what ?? ''}`;
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

/** The number of the question after the open one; after the last one, and from the list, that is the first. */
export function nextQuestion({ at, questions }: Pick<ExamSnapshot, 'at' | 'questions'>): number {
  return ((at ?? 0) % questions.length) + 1;
}
