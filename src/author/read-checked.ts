/** What `check` looks at: the course, or the lessons and drills that its arguments name, with their prose. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { nearest } from '../course/address.ts';
import type { Lesson } from '../course/course.ts';
import { loadCourse, loadLesson } from '../course/load.ts';
import { loadDrill, loadDrills } from '../course/load-drill.ts';
import { numberInCourse } from '../course/number-in-course.ts';
import { readYaml } from '../course/yaml-file.ts';
import { UserError } from '../shared/errors.ts';
import { tilde } from '../shared/paths.ts';
import { lintManifests } from './lint-manifests.ts';
import { type Finding, lintProse } from './lint-prose.ts';
import { lintQuestions } from './lint-questions.ts';
import { lintTask } from './lint-task.ts';

export interface Checked {
  /** Drills are lessons of one step. */
  readonly lessons: readonly Lesson[];
  readonly prose: readonly Finding[];
  /** What the API would refuse, where it was asked for. */
  readonly manifests: readonly Finding[];
  /** Where words and checks of a drill seem to differ: it may be right all the same. */
  readonly advice: readonly Finding[];
}

/**
 * `what`: words of the command line; without any, everything in the first course. `courses`: the folders in which names
 * are looked up, in this order; `manifests`: whether they are validated, as the API would. Throws a UserError with file, line and field for what cannot be read, and for a name that
 * matches nothing.
 */
export async function readChecked(
  what: readonly string[],
  courses: readonly [string, ...string[]],
  { manifests }: { readonly manifests: boolean },
): Promise<Checked> {
  const lessons = what.length === 0 ? await everything(courses[0]) : await named(what, courses);
  const drills = what.length === 0 ? lessons.filter(each => each.drill !== undefined) : null;
  const ids = drills && new Set(drills.map(each => each.id));
  const [prose, advice] = await Promise.all([
    Promise.all(lessons.map(findingsOf)),
    Promise.all(lessons.map(each => adviceOn(each, ids))),
  ]);
  return {
    ...{ lessons, prose: prose.flat(), advice: advice.flat() },
    manifests: manifests ? lessons.flatMap(lintManifests) : [],
  };
}

async function everything(folder: string): Promise<readonly Lesson[]> {
  const [course, drills] = await Promise.all([loadCourse(folder), loadDrills(folder)]);
  return [...course.lessons, ...drills.map(drill => drill.lesson)];
}

async function named(what: readonly string[], courses: readonly string[]): Promise<readonly Lesson[]> {
  let all: readonly Lesson[] | null = null;
  const found: Lesson[] = [];
  for (const word of what) {
    const path = resolve(word);
    if (existsSync(join(path, 'course.yaml'))) found.push(...(await everything(word)));
    else if (existsSync(join(path, 'lesson.yaml')))
      found.push(await loadLesson(word, await numberInCourse(word)));
    else if (existsSync(join(path, 'drill.yaml')))
      found.push((await loadDrill(word, await numberInCourse(word))).lesson);
    else {
      all ??= (await Promise.all(courses.map(everything))).flat();
      found.push(byName(all, word));
    }
  }
  return [...new Set(found)];
}

/** By id, folder, or a lesson's number. */
function byName(all: readonly Lesson[], word: string): Lesson {
  const found = all.find(
    ({ id, folder, number, drill }) =>
      id === word || basename(folder) === word || (drill === undefined && String(number) === word),
  );
  if (found !== undefined) return found;
  const near = nearest(
    word,
    all.map(each => each.id),
  );
  throw new UserError({
    what: `There is nothing to check at ${JSON.stringify(word)}.`,
    why: `It is neither a folder with a course.yaml, lesson.yaml or drill.yaml nor a lesson or drill of the course.${near === null ? '' : ` Did you mean ${near}?`}`,
    next: [...(near === null ? [] : [`istio-tutor check ${near}`]), 'istio-tutor list'],
  });
}

async function findingsOf(lesson: Lesson): Promise<readonly Finding[]> {
  const name = lesson.drill === undefined ? 'lesson.md' : 'why.md';
  const path = join(lesson.folder, name);
  return lintProse(
    { name: tilde(path), text: await readFile(path, 'utf8') },
    new Set(Object.keys(lesson.files)),
  );
}

/**
 * On a drill's task, and on a lesson's questions: a lesson's tasks may ask for what it has just shown, a cluster's name
 * as well. `drills`: ids of the course's drills, where the whole course is checked.
 */
async function adviceOn(
  { folder, clients, drill, steps }: Lesson,
  drills: ReadonlySet<string> | null,
): Promise<readonly Finding[]> {
  const [task] = steps;
  const isTask = drill !== undefined && task?.kind === 'fix';
  const lacks = isTask ? lintTask(task, clients) : lintQuestions(steps, drills);
  if (lacks.length === 0) return [];
  const path = join(folder, isTask ? 'drill.yaml' : 'lesson.yaml');
  const yaml = readYaml(await readFile(path, 'utf8'), path);
  return lacks.map(({ field, what }) => ({
    ...{ file: tilde(path), line: yaml.place(field).line, what },
  }));
}
