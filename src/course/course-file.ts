/** A course's own file: course.yaml, which lists its lessons and drills. */
import { join, resolve } from 'node:path';
import type * as z from 'zod';
import { readText } from './load-files.ts';
import { course as courseSchema } from './schema.ts';
import { readYaml, validateYaml, type YamlFile } from './yaml-file.ts';

export interface CourseFile {
  /** The path as it is told in messages. */
  readonly name: string;
  readonly yaml: YamlFile;
  readonly content: z.infer<typeof courseSchema>;
}

/** Throws a UserError that names file, line and field. */
export async function readCourseFile(folder: string): Promise<CourseFile> {
  const within = resolve(folder);
  const name = join(folder, 'course.yaml');
  const yaml = readYaml(await readText({ path: join(within, 'course.yaml'), name, within }), name);
  return { name, yaml, content: validateYaml(courseSchema, yaml, name) };
}
