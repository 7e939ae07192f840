/**
 * Reads a course from a folder: course.yaml, and for each lesson lesson.yaml, lesson.md and its manifests.
 * After loading no file is touched again. Whatever is wrong is a UserError with file, line, column and field.
 */
import { basename, join, resolve } from 'node:path';
import { articleFile, articleIn, unknownStep } from './article.ts';
import type { Course, Lesson } from './course.ts';
import { readCourseFile } from './course-file.ts';
import { Checker } from './load-check.ts';
import { readManifests, readText } from './load-files.ts';
import { readProse } from './load-prose.ts';
import { parseManifest } from './manifest.ts';
import { lesson as lessonSchema } from './schema.ts';
import { fieldName, lessonError, readYaml, validateYaml } from './yaml-file.ts';

export interface LoadOptions {
  /** Only these folders of the course; the others need not be there. Numbers stay those of the whole course. */
  readonly only?: readonly string[];
}

/** Loads a course. Throws a UserError that names file, line and field. */
export async function loadCourse(folder: string, options: LoadOptions = {}): Promise<Course> {
  const root = resolve(folder);
  const { name, yaml, content: file } = await readCourseFile(folder);
  const wanted = file.lessons
    .map((lessonFolder, index) => ({ lessonFolder, index }))
    .filter(({ lessonFolder }) => options.only === undefined || options.only.includes(lessonFolder));
  const lessons = await Promise.all(
    wanted.map(({ lessonFolder, index }) => loadLesson(join(folder, lessonFolder), index + 1, root)),
  );
  const named = wanted.map(({ lessonFolder, index }, i) => ({
    id: lessons[i]?.id ?? '',
    folder: lessonFolder,
    index,
  }));
  refuseTwins(named, (index, why) => {
    throw lessonError(name, yaml.place(['lessons', index]), `lessons[${index}]`, why);
  });
  const takeHome = file.takeHome && (await readTakeHome(folder, file.takeHome));
  const whole = { folder, title: file.title, istio: file.istio, takeHome };
  if (file.article === undefined) return { ...whole, lessons };
  // Where only some lessons are read, what is quoted in the others cannot be held against them.
  const article = await readArticle(folder, file.article, options.only === undefined ? lessons : null);
  return { ...whole, lessons: lessons.map(each => ({ ...each, article: articleIn(article, each.id) })) };
}

/** `lessons`: those that it may quote from, null for any. */
async function readArticle(folder: string, path: string, lessons: readonly Lesson[] | null) {
  const root = resolve(folder);
  const name = join(folder, path);
  const yaml = readYaml(await readText({ path: join(root, path), name, within: root }), name);
  const article = validateYaml(articleFile, yaml, name);
  const wrong = lessons && unknownStep(article, lessons);
  if (wrong === null) return article;
  const [passage, step] = wrong;
  const at = ['passages', passage, 'steps', step];
  const why = `There is no step "${article.passages[passage]?.steps[step]}" in this course.`;
  throw lessonError(name, yaml.place(at), fieldName(at), why);
}

/** By base name. Parsed as a lesson's manifests are, so that a typo is found now. */
async function readTakeHome(
  folder: string,
  paths: readonly string[],
): Promise<Readonly<Record<string, string>>> {
  const root = resolve(folder);
  const files = await Promise.all(
    paths.map(async path => {
      const name = join(folder, path);
      const text = await readText({ path: join(root, path), name, within: root });
      parseManifest(text, name);
      return [basename(path), text] as const;
    }),
  );
  return Object.fromEntries(files);
}

interface Named {
  readonly id: string;
  readonly folder: string;
  /** Its place in the course's list. */
  readonly index: number;
}

/**
 * Progress is kept under an id, and the learner's files in a folder of the lesson's name: no two may have the same, nor
 * names that differ only in case, which some disks ignore.
 */
export function refuseTwins(all: readonly Named[], fail: (index: number, why: string) => never): void {
  const base = (folder: string) => basename(folder).toLowerCase();
  all.forEach(({ id, folder, index }, i) => {
    const before = all.slice(0, i);
    const sameId = before.find(each => each.id === id);
    if (sameId !== undefined) fail(index, `${sameId.folder} has the id "${id}" as well.`);
    const sameName = before.find(each => base(each.folder) === base(folder));
    if (sameName !== undefined)
      fail(index, `${sameName.folder} has the same name: the learner's files would lie in one folder.`);
  });
}

/** Loads one lesson's folder. `number` is its place in the course, from 1; `within` the folder that it must be in. */
export async function loadLesson(folder: string, number: number, within = folder): Promise<Lesson> {
  const root = resolve(folder);
  const inside = (path: string) => ({ path: join(root, path), name: join(folder, path), within });
  const name = join(folder, 'lesson.yaml');
  const yaml = readYaml(await readText(inside('lesson.yaml')), name);
  const file = validateYaml(lessonSchema, yaml, name);
  const files = await readManifests({ path: root, name: folder, within }, 'lesson.yaml');
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
    await readText(inside('lesson.md')),
    proseName,
    file.steps.map(s => s.id),
  );
  return { ...file, number, folder: root, prose, files };
}
