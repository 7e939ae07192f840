/**
 * Reads drills: one folder each, with drill.yaml, why.md (why it was broken, and why the answer works; shown when it is
 * solved) and manifests. Whatever is wrong is a UserError with file, line, column and field.
 */
import { join, resolve } from 'node:path';
import { UserError } from '../shared/errors.ts';
import { shellLine } from '../shared/shell.ts';
import type { Course, Drill, Lesson } from './course.ts';
import { readCourseFile } from './course-file.ts';
import { type DrillFile, drill as drillSchema, type TryCall } from './drill-schema.ts';
import { refuseTwins } from './load.ts';
import { Checker } from './load-check.ts';
import { readManifests, readText } from './load-files.ts';
import { unreadableProse } from './load-prose.ts';
import { lessonError, readYaml, validateYaml } from './yaml-file.ts';

/** The drill's one step. */
export const TASK = 'task';

export interface LoadDrillOptions {
  /** The other files that drill.yaml names, and their contents, are not checked: that is half of the time. */
  readonly unchecked?: boolean;
}

/** The drills of a course, in its order; empty when it names none. Throws a UserError with file, line and field. */
export async function loadDrills(folder: string, options: LoadDrillOptions = {}): Promise<readonly Drill[]> {
  const root = resolve(folder);
  const { name, yaml, content } = await readCourseFile(folder);
  const { drills: folders = [] } = content;
  const drills = await Promise.all(
    folders.map((each, index) => loadDrill(join(folder, each), index + 1, { ...options, within: root })),
  );
  const named = drills.map(({ id }, index) => ({ id, folder: folders[index] ?? '', index }));
  refuseTwins(named, (index, why) => {
    throw lessonError(name, yaml.place(['drills', index]), `drills[${index}]`, why);
  });
  return drills;
}

/** One drill's folder. `number` is its place in the list, from 1. Throws a UserError with file, line and field. */
export async function loadDrill(
  folder: string,
  number: number,
  { unchecked = false, within = folder }: LoadDrillOptions & { readonly within?: string } = {},
): Promise<Drill> {
  const root = resolve(folder);
  const inside = (path: string) => ({ path: join(root, path), name: join(folder, path), within });
  const name = join(folder, 'drill.yaml');
  const yaml = readYaml(await readText(inside('drill.yaml')), name);
  const file = validateYaml(drillSchema, yaml, name);
  const files = await readManifests({ path: root, name: folder, within }, 'drill.yaml');
  if (!unchecked) {
    const check = new Checker(yaml, name, files, file.clients);
    check.changes(file.start, ['start']);
    check.repair(file, []);
    file.try?.forEach((each, i) => {
      check.call(each, ['try', i]);
    });
  }
  const scored = file.checks.filter(c => c.guard !== true);
  if (scored.length === 0) {
    const why = 'Every check is a guard: nothing is left to be put right.';
    throw lessonError(name, yaml.place(['checks']), 'checks', why);
  }
  const whyName = join(folder, 'why.md');
  const why = (await readText(inside('why.md'))).trim();
  if (why === '') throw new UserError({ what: `${whyName} is empty.`, next: ['Say why it was broken.'] });
  const odd = unreadableProse(why);
  if (odd !== null) throw lessonError(whyName, null, null, odd);
  const { id, title, domain, level, minutes } = file;
  const facts = { domain, level, points: scored.reduce((sum, c) => sum + (c.points ?? 1), 0) };
  return {
    id,
    title,
    minutes,
    ...facts,
    try: file.try ?? [],
    alsoTried: file.alsoTried,
    changesServers: file.start.some(c => 'scale' in c || 'env' in c || 'service' in c),
    lesson: { ...asLesson(file, { number, folder: root, files, why }), drill: facts },
  };
}

function asLesson(
  file: DrillFile,
  more: Pick<Lesson, 'number' | 'folder' | 'files'> & { readonly why: string },
): Lesson {
  const { format, id, title, domain, level, minutes, clients, start, alsoTried: _, ...whole } = file;
  const { try: calls = [], ...repair } = whole;
  const { why, ...rest } = more;
  const task = [repair.task, ...calls.map(tryText)].join('\n');
  return {
    format,
    id,
    title,
    summary: `${domain}, ${level}`,
    minutes,
    clients,
    start,
    steps: [{ kind: 'fix', id: TASK, title, ...repair, task }],
    prose: { [TASK]: { before: '', after: why } },
    ...rest,
  };
}

/** 'Try it from {{mesh}}-b (the API hangs twice): curl ...', a line of its own below the task. */
function tryText({ curl, from, say }: TryCall): string {
  const place = from === undefined ? '' : ` from {{mesh}}-${from}`;
  return `Try it${place}${say === undefined ? '' : ` (${say})`}: ${shellLine(['curl', ...curl])}`;
}

/** The drills as a course of their own, so that the lessons' engine and screens can play them. */
export async function loadDrillCourse(folder: string, options: LoadDrillOptions = {}): Promise<Course> {
  const drills = await loadDrills(folder, options);
  return { folder, title: DRILLS, istio: [], lessons: drills.map(drill => drill.lesson) };
}

const DRILLS = 'Drills';
