/** The learner's progress in the course that a command is about, and what is wrong with its file. */
import { courseOf } from '../../course/course-of.ts';
import { courseProgress } from '../../lesson/course-progress.ts';
import { openProgress, type ProgressFile } from '../../lesson/progress.ts';
import { type Paths, paths } from '../../shared/paths.ts';
import type { GlobalOptions } from '../globals.ts';
import { stderr } from '../print/out.ts';
import { courseFolder } from './course.ts';

/** In lessons or in drills. It succeeds whatever the file holds: `trouble` says what is wrong with it. */
export async function openCourseProgress(
  which: keyof Pick<Paths, 'progress' | 'drills'>,
  options: Pick<GlobalOptions, 'course' | 'state'>,
): Promise<ProgressFile> {
  const [file, of] = await Promise.all([
    openProgress(paths(options.state)[which]),
    courseOf(courseFolder(options)),
  ]);
  return courseProgress(file, of);
}

/** Says on stderr what is wrong: a command that lists or resets prints its answer all the same. */
export function tellTrouble(progress: ProgressFile): void {
  const trouble = progress.trouble();
  if (trouble === null) return;
  stderr.write(`${trouble.what} ${trouble.why ?? ''} ${trouble.next[0] ?? ''}\n`);
  progress.noted();
}
