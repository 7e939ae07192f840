/**
 * Whose progress and files these are: courses are told apart by the folder that they are in, which their text cannot
 * choose. Ours is the one without a name of its own here: its progress and files are where they always were.
 */
import { createHash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { packageFile } from '../shared/paths.ts';
import { readCourseFile } from './course-file.ts';

export interface CourseOf {
  /** The folder that it is in, links followed. */
  readonly key: string;
  /** Whether our own course has a lesson or drill of this id. */
  isOurs(lesson: string): boolean;
  /** The folder for its lessons' folders, below the learner's: 'my-course-1f3a9c02'. */
  readonly folder: string;
}

/** Null for our own course. `folder`: where it was read from. */
export async function courseOf(folder: string): Promise<CourseOf | null> {
  const ours = packageFile('lessons');
  const [key, own] = await Promise.all([realpath(folder), realpath(ours)]);
  if (key === own) return null;
  const name = basename(key)
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .slice(0, 40);
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 8);
  const ids = await namesIn(ours);
  return { key, folder: `${name}-${hash}`, isOurs: lesson => ids.has(lesson) };
}

/** The ids of our lessons and drills: their folders are named for them. */
async function namesIn(folder: string): Promise<ReadonlySet<string>> {
  const { lessons, drills = [] } = (await readCourseFile(folder)).content;
  return new Set([...lessons, ...drills].map(each => basename(each).replace(/^\d+-/, '')));
}
