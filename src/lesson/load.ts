/**
 * Reads a course from a folder: course.yaml, and for each lesson lesson.yaml, lesson.md and its manifests.
 * After loading no file is touched again. Whatever is wrong is a UserError with file, line, column and field.
 */
import { join, resolve } from 'node:path';
import type { Course, Lesson } from './course.ts';
import { Checker } from './load-check.ts';
import { readManifests, readText } from './load-files.ts';
import { readProse } from './load-prose.ts';
import { course as courseSchema, lesson as lessonSchema } from './schema.ts';
import { lessonError, readYaml, validate } from './yaml-file.ts';

export interface LoadOptions {
  /** Only these folders of the course; the others need not be there. Numbers stay those of the whole course. */
  readonly only?: readonly string[];
}

/** Loads a course. Throws a UserError that names file, line and field. */
export async function loadCourse(folder: string, options: LoadOptions = {}): Promise<Course> {
  const root = resolve(folder);
  const name = join(folder, 'course.yaml');
  const yaml = readYaml(await readText(join(root, 'course.yaml'), name), name);
  const file = validate(courseSchema, yaml, name);
  const wanted = file.lessons
    .map((lessonFolder, index) => ({ lessonFolder, index }))
    .filter(({ lessonFolder }) => options.only === undefined || options.only.includes(lessonFolder));
  const lessons = await Promise.all(
    wanted.map(({ lessonFolder, index }) => loadLesson(join(folder, lessonFolder), index + 1)),
  );
  const seen = new Map<string, string>();
  wanted.forEach(({ lessonFolder, index }, i) => {
    const { id } = lessons[i] as Lesson;
    const other = seen.get(id);
    if (other !== undefined) {
      const why = `${other} has the id "${id}" as well.`;
      throw lessonError(name, yaml.place(['lessons', index]), `lessons[${index}]`, why);
    }
    seen.set(id, lessonFolder);
  });
  return { title: file.title, istio: file.istio, lessons };
}

/** Loads one lesson's folder. `number` is its place in the course, from 1. */
export async function loadLesson(folder: string, number: number): Promise<Lesson> {
  const root = resolve(folder);
  const name = join(folder, 'lesson.yaml');
  const yaml = readYaml(await readText(join(root, 'lesson.yaml'), name), name);
  const file = validate(lessonSchema, yaml, name);
  const files = await readManifests(root, 'lesson.yaml');
  const check = new Checker(yaml, name, files, file.clients);
  check.changes(file.start, ['start']);
  check.unique(
    file.steps.map(s => s.id),
    ['steps'],
  );
  file.steps.forEach((step, i) => {
    check.step(step, ['steps', i]);
  });
  const proseName = join(folder, 'lesson.md');
  const prose = readProse(
    await readText(join(root, 'lesson.md'), proseName),
    proseName,
    file.steps.map(s => s.id),
  );
  return { ...file, number, folder: root, prose, files };
}
