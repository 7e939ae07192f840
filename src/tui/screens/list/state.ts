/** Where the pointer of the list of lessons stands before it is moved. Pure. */
import type { LessonSnapshot } from '../../../lesson/state.ts';

/**
 * The row of the list that a learner goes on with: the lesson that was opened last, or, when that is done, the next
 * one that is not. Among drills one that trains what was missed comes before that.
 */
export function goOnAt({ lessons, last, study }: Pick<LessonSnapshot, 'lessons' | 'last' | 'study'>): number {
  const isOpen = (at: number) => (lessons[at]?.done ?? 0) < (lessons[at]?.steps ?? 0);
  const opened = lessons.findIndex(lesson => lesson.id === last);
  const trained = study?.missed.map(({ drill }) => lessons.findIndex(({ id }) => id === drill)).find(isOpen);
  if (trained !== undefined && !(opened >= 0 && isOpen(opened))) return trained;
  const from = Math.max(0, opened);
  const ahead = lessons.findIndex((lesson, at) => at >= from && lesson.done < lesson.steps);
  return ahead < 0 ? from : ahead;
}
