/**
 * Progress in a course other than ours, in the same file: its lessons are kept under the folder that the course is in,
 * so that a lesson with the same id in another course is another lesson. Ours are kept under their ids alone.
 */
import type { CourseOf } from '../course/course-of.ts';
import type { LessonRecord, ProgressStore } from './progress.ts';

/** The store as a course sees it; the store itself for our own. */
export function courseProgress<Store extends ProgressStore>(store: Store, of: CourseOf | null): Store {
  if (of === null) return store;
  const keyOf = (lesson: string) => `${of.key}/${lesson}`;
  return {
    ...store,
    // Before courses had progress of their own, it was kept under the id alone; an id that ours does not have is
    // another's.
    get: (lesson: string) => store.get(keyOf(lesson)) ?? (of.isOurs(lesson) ? undefined : store.get(lesson)),
    last: () => store.get(keyOf(''))?.at ?? null,
    async put(lesson: string, record: LessonRecord) {
      // The lesson that was open last is kept under the course's own name.
      await Promise.all([
        store.put(keyOf(''), { at: lesson, done: [], begun: [] }),
        store.put(keyOf(lesson), record),
      ]);
    },
  };
}
