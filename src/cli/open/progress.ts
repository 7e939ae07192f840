/** The learner's progress in the course that a command is about, and what is wrong with its file. */
import type { ProgressFile } from '../../lesson/progress.ts';
import type { Paths } from '../../shared/paths.ts';
import type { GlobalOptions } from '../globals.ts';
import { stderr } from '../print/out.ts';

/** In lessons or in drills. Whatever lies there, this succeeds: `trouble` has what is wrong. */
export async function openCourseProgress(
  which: keyof Pick<Paths, 'progress' | 'drills'>,
  options: Pick<GlobalOptions, 'course' | 'state'>,
): Promise<ProgressFile> {
  const [{ openProgress }, { courseProgress }, { courseOf }, { courseFolder }, { paths }] = await Promise.all(
    [
      import('../../lesson/progress.ts'),
      import('../../lesson/course-progress.ts'),
      import('../../course/course-of.ts'),
      import('./course.ts'),
      import('../../shared/paths.ts'),
    ],
  );
  const [file, of] = await Promise.all([
    openProgress(paths(options.state)[which]),
    courseFolder(options).then(courseOf),
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
