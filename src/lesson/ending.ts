/** The end of a course in the engine: the learner's take-home folder is written, and the end's page told. */
import type { Lesson } from '../course/course.ts';
import { courseEnd } from './course-end.ts';
import type { Core } from './engine-core.ts';
import { habitsPage } from './habits.ts';

/** The folder beside the lessons' own, in the learner's. */
const TAKE_HOME = 'take-home';

/**
 * A lesson that is closed was done to its end. With the one that completes it the course is at its end, in whatever order
 * its lessons were done; also when the last lesson of a course that is complete is gone through once more (`again`). A
 * drill or a question ends nothing.
 */
export async function finish(core: Core, { id, number, drill, exam }: Lesson, again: boolean): Promise<void> {
  const said = `${drill === undefined ? 'Lesson' : 'Drill'} ${number} is done.`;
  const tell = (notice: string) => core.tell({ type: 'notice', notice });
  if (drill !== undefined || exam !== undefined) return tell(said);
  const { lessons } = core.deps.course;
  const open = lessons.filter(each => each.id !== id && !isDone(core, each));
  const isLast = lessons.at(-1)?.id === id;
  if (open.length > 0) {
    const numbers = open.map(each => each.number).join(', ');
    return tell(
      isLast ? `${said} ${open.length === 1 ? 'Lesson' : 'Lessons'} ${numbers} still to do.` : said,
    );
  }
  tell(said);
  if (again && !isLast) return;
  await core.job('Writing what there is to take home', 'replace', () => endCourse(core));
}

function isDone({ deps }: Core, { id, steps }: Lesson): boolean {
  const done = deps.progress.get(id)?.done ?? [];
  return steps.every(step => done.includes(step.id));
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
