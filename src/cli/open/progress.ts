/** The learner's progress in the course that a command is about, and what is wrong with its file. */
import { courseOf } from '../../course/course-of.ts';
import { courseProgress } from '../../lesson/course-progress.ts';
import { lookAtProgress, openProgress, type ProgressFile } from '../../lesson/progress.ts';
import { type Paths, paths } from '../../shared/paths.ts';
import type { GlobalOptions } from '../globals.ts';
import { stderr } from '../print/out.ts';
import { courseFolder } from './course.ts';

type Which = keyof Pick<Paths, 'progress' | 'drills'>;
type Where = Pick<GlobalOptions, 'course' | 'state'>;

/** In lessons or in drills. It succeeds whatever the file holds: `trouble` says what is wrong with it. */
export async function openCourseProgress(which: Which, options: Where): Promise<ProgressFile> {
  return inCourse(await openProgress(paths(options.state)[which]), options);
}

/** The same for a command that only reads it. */
export async function readCourseProgress(which: Which, options: Where): Promise<ProgressFile> {
  return inCourse(await lookAtProgress(paths(options.state)[which]), options);
}

async function inCourse(file: ProgressFile, options: Where): Promise<ProgressFile> {
  return courseProgress(file, await courseOf(courseFolder(options)));
}

/** Says on stderr what is wrong: a command that lists or resets prints its answer all the same. */
export function tellTrouble(progress: ProgressFile): void {
  const trouble = progress.trouble();
  if (trouble === null) return;
  stderr.write(`${trouble.what} ${trouble.why ?? ''} ${trouble.next[0] ?? ''}\n`);
  progress.noted();
}
