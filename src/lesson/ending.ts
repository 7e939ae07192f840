/** The end of a course in the engine: the learner's take-home folder is written, and the end's page told. */
import type { Lesson } from '../course/course.ts';
import { courseEnd } from './course-end.ts';
import type { Core } from './engine-core.ts';
import { habitsPage } from './habits.ts';

/** The folder beside the lessons' own, in the learner's. */
const TAKE_HOME = 'take-home';

/** A lesson that is closed was done to its end; the last one's end is the course's, but not a drill's or a question's. */
export async function finish(core: Core, { id, number, drill, exam }: Lesson): Promise<void> {
  core.tell({ type: 'notice', notice: `${drill === undefined ? 'Lesson' : 'Drill'} ${number} is done.` });
  const last = core.deps.course.lessons.at(-1)?.id === id;
  if (!last || drill !== undefined || exam !== undefined) return;
  await core.job('Writing what there is to take home', 'replace', () => endCourse(core));
}

/** Tells how the course has ended; throws a UserError afterwards when the folder could not be written. */
async function endCourse(core: Core): Promise<void> {
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
