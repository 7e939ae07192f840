/** The drills of an exam's course, and those that its questions are. */
import type { Drill } from '../../course/course.ts';
import { courseOf } from '../../course/course-of.ts';
import { loadDrills } from '../../course/load-drill.ts';
import type { ExamState } from '../../exam/exam-state.ts';
import { UserError } from '../../shared/errors.ts';
import type { GlobalOptions } from '../globals.ts';
import { courseFolder } from './course.ts';

/**
 * Our own unchecked: each question checks its drill when it is made, so that the clock need not wait for all of them.
 * Somebody else's course is checked as a whole before any question is made from it.
 */
export async function allDrills(options: Pick<GlobalOptions, 'course'>): Promise<readonly Drill[]> {
  const folder = courseFolder(options);
  return loadDrills(folder, { unchecked: (await courseOf(folder)) === null });
}

/** The drills of the exam's questions. Throws a UserError when the course has lost one. */
export async function drillsOf(state: ExamState): Promise<readonly Drill[]> {
  const all = await allDrills(state);
  return state.questions.map(({ drill, number }) => {
    const found = all.find(each => each.id === drill);
    if (found !== undefined) return found;
    throw new UserError({
      what: `Question ${number} of the exam is the drill ${drill}, which no longer exists.`,
      next: ['istio-tutor exam --discard   gives the exam up'],
    });
  });
}
