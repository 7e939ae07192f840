/** Questions in a few words: how far one has come, and what is left of all of them. Pure. */
import type { Drill } from '../course/course.ts';
import type { Problem } from '../shared/errors.ts';
import { clockText } from './exam-clock.ts';
import type { ExamQuestion, ExamSnapshot } from './exam-snapshot.ts';

/**
 * What a question is called while it is asked: a drill's title names the cause, or nearly, so an exam says its domain and
 * level alone. The report has the title.
 */
export function questionTitle({ title, domain, level }: Drill, training: boolean): string {
  if (training) return title;
  return `${domain === 'tls' ? 'TLS' : `${domain.charAt(0).toUpperCase()}${domain.slice(1)}`}, ${level}`;
}

/** Says of a file of a question that it cannot be read, and what that means. */
export function unreadableText({ what, why = '' }: Problem): string {
  return `${what} ${why} Until it can be, it counts as it was last applied.`;
}

export function questionText({ ready, opened, seen, worked, problem, unreadable }: ExamQuestion): string {
  switch (ready) {
    case 'waiting':
      return 'not ready yet';
    case 'preparing':
      return 'being made';
    case 'failed':
      return `unavailable: ${problem?.what ?? ''}`;
    case 'ready':
      if (unreadable !== undefined) return 'file unreadable';
      return seen ? `${opened ? 'opened' : 'begun'}, ${clockText(worked)}` : '';
  }
}

/** What speaks against ending now: 'never opened: 2, 4-9; flagged: 1'; empty when nothing does. */
export function leftText({ questions }: Pick<ExamSnapshot, 'questions'>): string {
  const named = (what: string, of: (each: ExamQuestion) => boolean) => {
    const found = questions.filter(of).map(each => each.number);
    return found.length === 0 ? [] : [`${what}: ${numbersText(found)}`];
  };
  return [...named('never opened', each => !each.seen), ...named('flagged', each => each.flagged)].join('; ');
}

/** Ascending numbers: '2, 4-9, 12'. */
function numbersText(numbers: readonly number[]): string {
  const runs: [first: number, last: number][] = [];
  for (const number of numbers) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === number - 1) run[1] = number;
    else runs.push([number, number]);
  }
  return runs
    .flatMap(([first, last]) =>
      first === last ? [`${first}`] : last === first + 1 ? [`${first}`, `${last}`] : [`${first}-${last}`],
    )
    .join(', ');
}

/** The number of the question after the open one; after the last one, and from the list, that is the first. */
export function nextQuestion({ at, questions }: Pick<ExamSnapshot, 'at' | 'questions'>): number {
  return ((at ?? 0) % questions.length) + 1;
}
