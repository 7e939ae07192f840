/** The course that --course names, or ours, and the lessons that a command's arguments pick from it. */
import type { Course, Lesson } from '../lesson/course.ts';
import type { GlobalOptions } from './globals.ts';

export async function openCourse(options: Pick<GlobalOptions, 'course'>): Promise<Course> {
  const [{ loadCourse }, { packageFile }] = await Promise.all([
    import('../lesson/load.ts'),
    import('../shared/paths.ts'),
  ]);
  return loadCourse(options.course ?? packageFile('lessons'));
}

/** The lessons of these addresses, in the order given. Throws a UserError that suggests the nearest. */
export async function pickLessons(course: Course, addresses: readonly string[]): Promise<readonly Lesson[]> {
  const { parseAddress } = await import('../lesson/address.ts');
  return addresses.map(address => parseAddress(course, address).lesson);
}
