/** The number that a lesson's or a drill's own folder has in the course that lists it. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readCourseFile } from './course-file.ts';

/** From 1; 0 where no course lists it, or none that can be read: only the folder was asked for. */
export async function numberInCourse(folder: string): Promise<number> {
  const own = resolve(folder);
  const root = courseAbove(own);
  if (root === null) return 0;
  try {
    const { lessons, drills = [] } = (await readCourseFile(root)).content;
    const places = [lessons, drills].map(list => list.findIndex(each => resolve(root, each) === own) + 1);
    return Math.max(...places);
  } catch {
    return 0;
  }
}

/** The nearest folder above with a course.yaml. */
function courseAbove(folder: string): string | null {
  const above = dirname(folder);
  if (above === folder) return null;
  return existsSync(join(above, 'course.yaml')) ? above : courseAbove(above);
}
