/** The course that --course names, or ours, and the lessons that a command's arguments pick from it. */
import type { Course, Lesson } from '../../course/course.ts';
import { UserError } from '../../shared/errors.ts';
import { shellWord } from '../../shared/shell.ts';
import type { GlobalOptions } from '../globals.ts';

export async function openCourse(options: Pick<GlobalOptions, 'course'>): Promise<Course> {
  const { loadCourse } = await import('../../course/load.ts');
  const course = await loadCourse(await courseFolder(options));
  if (course.lessons.length > 0) return course;
  throw new UserError({
    what: 'This course has no lessons.',
    why: 'Its course.yaml names drills alone.',
    next: [`istio-tutor drill --course ${shellWord(options.course ?? '')}`],
  });
}

/** The folder that --course names, or ours. */
export async function courseFolder(options: Pick<GlobalOptions, 'course'>): Promise<string> {
  const { packageFile } = await import('../../shared/paths.ts');
  return options.course ?? packageFile('lessons');
}

/** The drills of that course, as a course of their own. Throws a UserError when it has none. */
export async function openDrills(options: Pick<GlobalOptions, 'course'>): Promise<Course> {
  const { loadDrillCourse } = await import('../../course/load-drill.ts');
  const course = await loadDrillCourse(await courseFolder(options));
  if (course.lessons.length > 0) return course;
  throw new UserError({
    what: 'This course has no drills.',
    why: `Its course.yaml names none under \`drills\`.`,
    next: ['istio-tutor new drill NAME   begins one', 'istio-tutor drill   without --course has ours'],
  });
}

/** The lessons of these addresses, in the order given. Throws a UserError that suggests the nearest. */
export async function pickLessons(course: Course, addresses: readonly string[]): Promise<readonly Lesson[]> {
  const { parseAddress } = await import('../../course/address.ts');
  return addresses.map(address => parseAddress(course, address).lesson);
}
