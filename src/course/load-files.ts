/**
 * The files of a lesson or a drill, as texts. A course is somebody else's folder: only plain files inside it are
 * read, and no more of them than a lesson can have.
 */
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { tooManyFiles, UserError } from '../shared/errors.ts';
import { LONGEST } from './plain-yaml.ts';

/** Bytes of all manifests of a lesson. */
const ALL = 1024 * 1024;
/** Most files and folders in a lesson's folder, and the most levels of them. */
const MOST = 2000;
const DEEPEST = 8;

/** A file or folder of a course, and the folder that it must be in: links may lead around inside it, but not out. */
export interface Within {
  readonly path: string;
  /** As messages call it. */
  readonly name: string;
  /** The course's folder, or the lesson's where that is read alone. */
  readonly within: string;
}

/** Reads one file. Throws a UserError that names it. */
export async function readText(file: Within): Promise<string> {
  const { path, name } = file;
  try {
    await refuseOutside(file);
    const info = await stat(path);
    if (!info.isFile()) throw wrong(name, 'It is not a plain file.');
    if (info.size > LONGEST) throw tooLarge(name, info.size);
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EMFILE' || code === 'ENFILE') throw tooManyFiles(error as Error);
    const missing = code === 'ENOENT';
    throw missing
      ? new UserError({ what: `${name} is missing.`, next: [WHAT_IT_IS] }, error)
      : wrong(name, (error as Error).message, error);
  }
}

/** Throws a UserError when a link leads out of the folder; the system's error when there is nothing. */
async function refuseOutside({ path, name, within }: Within): Promise<void> {
  const [real, root] = await Promise.all([realpath(path), realpath(within)]);
  if (real !== root && !real.startsWith(root.endsWith(sep) ? root : root + sep))
    throw wrong(name, `It lies in ${real}, outside the course's folder.`);
}

/**
 * Every YAML file of a folder but the one that describes it (lesson.yaml, drill.yaml), by its path relative to the
 * folder; hidden files are an editor's. Throws a UserError that names what is not a plain file.
 */
export async function readManifests(folder: Within, but: string): Promise<Record<string, string>> {
  await refuseOutside(folder);
  const paths = (await pathsOf(folder)).filter(path => path !== but);
  const sizes = await Promise.all(paths.map(async path => (await stat(join(folder.path, path))).size));
  const large = sizes.findIndex(size => size > LONGEST);
  if (large >= 0) throw tooLarge(join(folder.name, paths[large] ?? ''), sizes[large] ?? 0);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (bytes > ALL) throw tooLarge(folder.name, bytes);
  const texts = await Promise.all(paths.map(path => readFile(join(folder.path, path), 'utf8')));
  return Object.fromEntries(paths.map((path, i) => [path, texts[i] ?? '']));
}

async function pathsOf({ path: root, name }: Within): Promise<readonly string[]> {
  const found: string[] = [];
  const folders = [''];
  let seen = 0;
  for (let at = folders.pop(); at !== undefined; at = folders.pop()) {
    for (const entry of await readdir(join(root, at), { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const path = at === '' ? entry.name : `${at}/${entry.name}`;
      seen++;
      if (seen > MOST || path.split('/').length > DEEPEST)
        throw wrong(
          name,
          `There are more than ${MOST} files in it, or more than ${DEEPEST} levels of folders.`,
        );
      if (entry.isDirectory()) folders.push(path);
      else if (!entry.isFile())
        throw wrong(join(name, path), 'It is not a plain file: a link, a pipe or a device.');
      else if (/\.ya?ml$/.test(entry.name)) found.push(path);
    }
  }
  return found.sort();
}

const WHAT_IT_IS = 'A course is a folder with course.yaml and one folder per lesson; see docs/authors.md.';

function wrong(name: string, why: string, cause?: unknown): UserError {
  return new UserError({ what: `${name} cannot be read.`, why, next: [WHAT_IT_IS] }, cause);
}

function tooLarge(name: string, bytes: number): UserError {
  return wrong(name, `It has ${Math.ceil(bytes / 1024)} kB: more than a lesson can have.`);
}
