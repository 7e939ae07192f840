/** How far a question is, in a word or two. Pure. */

import type { ExamQuestion } from './exam.ts';
import { clockText } from './exam-clock.ts';

export function questionText({ ready, seen, worked, problem }: ExamQuestion): string {
  switch (ready) {
    case 'waiting':
      return 'not ready yet';
    case 'preparing':
      return 'being made';
    case 'failed':
      return `not to be made: ${problem?.what ?? ''}`;
    case 'ready':
      return seen ? `opened, ${clockText(worked)}` : '';
  }
}
