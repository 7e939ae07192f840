/** The course that --course names, or ours, and the lessons that a command's arguments pick from it. */
import { parseAddress } from '../../course/address.ts';
import type { Course, Lesson } from '../../course/course.ts';
import { courseOf } from '../../course/course-of.ts';
import { loadCourse } from '../../course/load.ts';
import { loadDrillCourse } from '../../course/load-drill.ts';
import { UserError } from '../../shared/errors.ts';
import { packageFile } from '../../shared/paths.ts';
import { shellWord } from '../../shared/shell.ts';
import type { GlobalOptions } from '../globals.ts';

type Which = Pick<GlobalOptions, 'course'>;

/** The folder that --course names, or ours. */
export function courseFolder({ course }: Which): string {
  return course ?? packageFile('lessons');
}

/** Throws a UserError when it has no lessons. */
export async function openCourse(options: Which): Promise<Course> {
  const course = await loadCourse(courseFolder(options));
  if (course.lessons.length > 0) return course;
  throw new UserError({
    what: 'This course has no lessons.',
    why: 'Its course.yaml names only drills.',
    next: [`istio-tutor drill --course ${shellWord(options.course ?? '')}`],
  });
}

/** The drills of that course, as a course of their own. Throws a UserError when it has none. */
export async function openDrills(options: Which): Promise<Course> {
  const folder = courseFolder(options);
  // Ours are checked by our tests, and the list waits for them.
  const course = await loadDrillCourse(folder, { unchecked: (await courseOf(folder)) === null });
  if (course.lessons.length > 0) return course;
  throw new UserError({
    what: 'This course has no drills.',
    why: `Its course.yaml names none under \`drills\`.`,
    next: ['istio-tutor new drill NAME   begins one', 'istio-tutor drill   without --course has ours'],
  });
}

/** The lessons of these addresses, in the order given. Throws a UserError that suggests the nearest. */
export function pickLessons(course: Course, addresses: readonly string[]): readonly Lesson[] {
  return addresses.map(address => parseAddress(course, address).lesson);
}
