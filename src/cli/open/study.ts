/** What the list of one course needs to know of the learner's other one. */
import type { Course } from '../../course/course.ts';
import { trainingFor } from '../../lesson/recall.ts';
import type { Study } from '../../lesson/state.ts';
import type { Shelf } from '../../tui/screens/start/state.ts';
import type { GlobalOptions } from '../globals.ts';
import { readCourseProgress } from './progress.ts';

/**
 * Lessons want to know which drills were solved, drills what was missed in the lessons. What cannot be read is not
 * known.
 */
export async function studyFor(
  shelf: Shelf,
  lessons: () => Promise<Course>,
  options: Pick<GlobalOptions, 'course' | 'state'>,
): Promise<Study | undefined> {
  if (shelf === 'playground') return undefined;
  // What is wrong with the lessons is told where they are.
  const course = await lessons().catch(() => null);
  if (course === null) return undefined;
  const progress = await readCourseProgress(shelf === 'lessons' ? 'drills' : 'progress', options);
  if (shelf === 'drills') {
    const missed = course.lessons
      .flatMap(lesson => trainingFor(lesson, progress.get(lesson.id)))
      .sort((a, b) => b.misses - a.misses);
    return { solved: [], missed };
  }
  const drills = course.lessons.flatMap(({ steps }) =>
    steps.flatMap(step => (step.kind === 'predict' && step.drill !== undefined ? [step.drill] : [])),
  );
  return { solved: drills.filter(drill => (progress.get(drill)?.done.length ?? 0) > 0), missed: [] };
}
