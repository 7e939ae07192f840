/** The end of a course in the engine: the learner's take-home folder is written, and the end's page told. */
import { courseEnd } from './course-end.ts';
import type { Core } from './engine-core.ts';
import { habitsPage } from './habits.ts';

/** The folder beside the lessons' own, in the learner's. */
const TAKE_HOME = 'take-home';

/** Whether the end of this lesson is the end of the course; neither a drill's nor an exam's question's is. */
export function endsCourse({ deps }: Core, id: string): boolean {
  const last = deps.course.lessons.at(-1);
  return last?.id === id && last.drill === undefined && last.exam === undefined;
}

/** Tells how the course has ended; throws a UserError afterwards when the folder could not be written. */
export async function endCourse(core: Core): Promise<void> {
  const { course, progress, workspace } = core.deps;
  const files = course.takeHome ?? {};
  let folder: string | null = null;
  try {
    if (Object.keys(files).length > 0) {
      await workspace.put(TAKE_HOME, { ...files, 'habits.md': habitsPage(course) }, false);
      folder = workspace.folder(TAKE_HOME);
    }
  } finally {
    core.tell({ type: 'ended', ending: courseEnd(course, id => progress.get(id), folder) });
  }
}
