/** Where the pointer of the list of lessons stands before it is moved. Pure. */
import type { LessonSnapshot } from '../../../lesson/state.ts';

/**
 * The row of the list that a learner goes on with: the lesson that was opened last, or, when that is done, the next
 * one that is not.
 */
export function goOnAt({ lessons, last }: Pick<LessonSnapshot, 'lessons' | 'last'>): number {
  const from = Math.max(
    0,
    lessons.findIndex(lesson => lesson.id === last),
  );
  const ahead = lessons.findIndex((lesson, at) => at >= from && lesson.done < lesson.steps);
  return ahead < 0 ? from : ahead;
}
