/** Starts a lesson or drill in a course: a working skeleton in a folder of its own, and its line in course.yaml. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { isSeq, parseDocument } from 'yaml';
import { asTutorError, BugError, UserError } from '../shared/errors.ts';
import { makeFolder } from '../shared/files/make-folder.ts';
import { isThere, readIfThere } from '../shared/files/read.ts';
import { reasonOf } from '../shared/files/reason.ts';
import { writeWhole } from '../shared/files/write.ts';
import { inTurn, LockHeld } from '../shared/lock.ts';
import { packageFile } from '../shared/paths.ts';
import { drillSkeleton, lessonSkeleton, type Skeleton, titleOf } from './skeleton.ts';

export type What = 'lesson' | 'drill';

/** The course of this folder, as a relative path: that of ./course.yaml or ./lessons/course.yaml; null: there is none. */
export function courseHere(): string | null {
  return existsSync('course.yaml') ? '.' : existsSync('lessons/course.yaml') ? 'lessons' : null;
}

/** Whether this is the course that is played without --course. */
export const isOwnCourse = (course: string): boolean => resolve(course) === packageFile('lessons');

/**
 * Writes the skeleton and returns its folder and the names of its files. Throws a UserError when the course already
 * has it, its course.yaml cannot be read, or something cannot be written; nothing is left behind then.
 */
export async function begin(kind: What, name: string, course: string): Promise<Begun> {
  const path = join(course, 'course.yaml');
  try {
    await makeFolder(course);
    // Two at once would take the same number, and the later one would overwrite the other's course.yaml.
    return await inTurn(path, () => beginAlone(kind, name, course));
  } catch (error) {
    const known = asTutorError(error);
    if (!(known instanceof BugError)) throw known;
    if (!(error instanceof LockHeld)) throw unusable('written', path, error, 'Nothing was written.');
    throw new UserError({
      what: `Another istio-tutor is at work on ${path}.`,
      why: 'Nothing was written.',
      next: [`istio-tutor new ${kind} ${name}   again, when it is done`],
    });
  }
}

interface Begun {
  readonly folder: string;
  readonly files: readonly string[];
}

async function beginAlone(kind: What, name: string, course: string): Promise<Begun> {
  const within = await folderFor(kind, name, course);
  const folder = join(course, within);
  const schema = relative(resolve(folder), packageFile(`schemas/${kind}.json`));
  const make = kind === 'lesson' ? lessonSkeleton : drillSkeleton;
  const files = make(name, titleOf(name), schema);
  const path = join(course, 'course.yaml');
  const text = await registered(path, kind, within);
  await makeNew(folder);
  try {
    await write(folder, files);
    await writeWhole(path, text);
  } catch (error) {
    // All of it is ours: we have just made it.
    await rm(folder, { recursive: true, force: true }).catch(() => {});
    throw unusable(
      'written',
      (error as NodeJS.ErrnoException).path ?? folder,
      error,
      'Nothing is left of it.',
    );
  }
  return { folder, files: Object.keys(files) };
}

/** '09-two-doors' for a lesson: the number after the highest; 'drills/lost-header' for a drill. */
async function folderFor(kind: What, name: string, course: string): Promise<string> {
  const there = (await isThere(course)) ? await readdir(course) : [];
  const numbers = there.map(each => Number(/^(\d+)-/.exec(each)?.[1] ?? 0));
  const number = String(Math.max(0, ...numbers) + 1).padStart(2, '0');
  const folder = kind === 'drill' ? join('drills', name) : `${number}-${name}`;
  const taken =
    kind === 'drill'
      ? await isThere(join(course, folder))
      : there.some(each => /^\d+-/.test(each) && each.replace(/^\d+-/, '') === name);
  if (!taken) return folder;
  throw new UserError({
    what: `The course in ${course} already has a ${kind} ${name}.`,
    why: 'Nothing was written.',
    next: [`istio-tutor new ${kind} ${name}-2`],
  });
}

/** The text of course.yaml with the folder added and all else as it was; a new text where there is none. */
async function registered(path: string, kind: What, folder: string): Promise<string> {
  const key = kind === 'lesson' ? 'lessons' : 'drills';
  const text =
    (await readIfThere(path).catch(error => {
      throw unusable('read', path, error, 'Nothing was written.');
    })) ??
    '# The order of the lessons and drills.\nformat: 1\ntitle: A course of mine\nistio: ["1.31"]\nlessons: []\n';
  const document = parseDocument(text);
  const [broken] = document.errors;
  if (broken !== undefined) {
    throw new UserError({
      what: `${path} cannot be read.`,
      why: broken.message,
      next: ['Put it right first.'],
    });
  }
  const list = document.get(key);
  if (isSeq(list)) {
    list.flow = false;
    list.add(folder);
  } else document.set(key, document.createNode([folder]));
  return document.toString();
}

/** Fails when something of that name already exists. */
async function makeNew(folder: string): Promise<void> {
  try {
    await makeFolder(dirname(folder));
    await mkdir(folder);
  } catch (error) {
    throw unusable('written', folder, error, 'Nothing was written.');
  }
}

function unusable(done: 'read' | 'written', path: string, error: unknown, rest: string): UserError {
  return new UserError(
    {
      what: `${path} cannot be ${done}.`,
      why: `${reasonOf(error, path)} ${rest}`,
      next: ['--course DIR   puts it into another folder'],
    },
    error,
  );
}

async function write(folder: string, files: Skeleton): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await makeFolder(dirname(join(folder, path)));
    await writeFile(join(folder, path), text, { flag: 'wx' });
  }
}
