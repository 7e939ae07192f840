/**
 * The files of a scene, as texts. A scene is somebody else's: it names plain files below one folder, and what leads
 * elsewhere, is no plain file or is too large is refused before anything is done. Nothing of it is ever written.
 */
import { constants } from 'node:fs';
import { lstat, open, readdir, realpath } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { tooManyFiles, UserError } from '../shared/errors.ts';
import { reasonOf } from '../shared/files/reason.ts';
import { printableLines } from '../shared/printable.ts';
import { SCENE_FILE } from './file-kind.ts';
import { LONGEST } from './plain-yaml.ts';

/** Bytes of all files of a scene. */
const ALL = 1024 * 1024;
/** Most files of a scene's folders, and how deep they may lie. */
const MOST = 500;
const DEEPEST = 8;

export interface SceneText {
  /** As messages call it: 'mesh/k8s/users.yaml'. */
  readonly name: string;
  readonly text: string;
}

/** Reads for one scene, and counts what it reads. Each method throws a UserError that names the file. */
export class SceneReader {
  readonly #root: string;
  #bytes = 0;
  #files = 0;

  /** `root`: the folder that everything must be in. */
  constructor(root: string) {
    this.#root = resolve(root);
  }

  /** `path` as the scene's author or the command line gives it; it is also its name in messages. */
  async file(path: string): Promise<SceneText> {
    return this.#guarded(path, async () => {
      await this.#mustBeInside(path);
      if (++this.#files > MOST) throw refused(path, `The scene names more than ${MOST} files.`);
      // A link that took the file's place after it was looked at is not followed, and a pipe is not waited for.
      const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      try {
        const info = await handle.stat();
        if (!info.isFile()) throw refused(path, 'It is not a plain file.');
        this.#bytes += info.size;
        if (info.size > LONGEST || this.#bytes > ALL) throw tooLarge(path, info.size);
        const text = await handle.readFile('utf8');
        refuseControls(path, text);
        return { name: path, text };
      } finally {
        await handle.close();
      }
    });
  }

  /** A file, or the YAML files of a folder in their order; hidden ones are an editor's. */
  async manifests(path: string): Promise<readonly SceneText[]> {
    const info = await this.#guarded(path, async () => {
      await this.#mustBeInside(path);
      return lstat(path);
    });
    if (!info.isDirectory()) return [await this.file(path)];
    const found = await this.#guarded(path, () => this.#yamlIn(path, DEEPEST));
    if (found.length === 0) throw refused(path, 'There is no .yaml or .yml file in this folder.');
    const texts: SceneText[] = [];
    for (const each of found) texts.push(await this.file(each));
    return texts;
  }

  async #yamlIn(folder: string, levels: number): Promise<string[]> {
    if (levels === 0) throw refused(folder, `It lies more than ${DEEPEST} levels deep.`);
    const found: string[] = [];
    for (const entry of (await readdir(folder, { withFileTypes: true })).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      if (entry.name.startsWith('.')) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) found.push(...(await this.#yamlIn(path, levels - 1)));
      else if (!/\.ya?ml$/.test(entry.name) || isNoManifest(entry.name)) continue;
      else if (!entry.isFile()) throw refused(path, 'It is not a plain file: a link, a pipe or a device.');
      else found.push(path);
      if (found.length > MOST) throw refused(folder, `There are more than ${MOST} files in it.`);
    }
    return found;
  }

  /** No link on the way below the root, and nothing outside of it. */
  async #mustBeInside(path: string): Promise<void> {
    const within = relative(this.#root, resolve(path));
    if (within === '..' || within.startsWith(`..${sep}`))
      throw refused(path, `It lies outside ${SCENE_FILE.folder}.`, [
        '--root DIR   lets the scenes read what lies below DIR',
      ]);
    const [root, real] = await Promise.all([realpath(this.#root), realpath(path)]);
    if (real !== join(root, within)) throw refused(path, 'A link leads there, and links are not followed.');
  }

  async #guarded<T>(path: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof UserError) throw error;
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EMFILE' || code === 'ENFILE') throw tooManyFiles(error as Error);
      if (code === 'ENOENT' || code === 'ENOTDIR')
        throw new UserError({ what: `${path} is missing.`, next: [SCENE_FILE.guide] }, error);
      throw refused(path, reasonOf(error, path), undefined, error);
    }
  }
}

/** Files beside manifests that are none: scenes, and what other tools read. */
function isNoManifest(name: string): boolean {
  return isSceneFile(name) || /^(kustomization\.ya?ml|Chart\.yaml|values.*\.ya?ml)$/.test(name);
}

export function isSceneFile(name: string): boolean {
  return /^(.+\.)?scene\.ya?ml$/.test(name);
}

/** What is not printable has no meaning in YAML, and another one on a terminal. */
function refuseControls(name: string, text: string): void {
  const bare = text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n');
  const clean = printableLines(bare);
  if (clean === bare) return;
  const at = [...bare].findIndex((each, i) => each !== [...clean][i]);
  const line = [...bare].slice(0, at).join('').split('\n').length;
  throw refused(name, `There is a control character in line ${line}.`);
}

function refused(
  name: string,
  why: string,
  next: readonly string[] = [SCENE_FILE.guide],
  cause?: unknown,
): UserError {
  return new UserError({ what: `${name} cannot be read.`, why, next }, cause);
}

function tooLarge(name: string, bytes: number): UserError {
  const size = `It has ${Math.ceil(bytes / 1024)} kB`;
  if (bytes > LONGEST) return refused(name, `${size}, and a file of a scene may have ${LONGEST / 1024} kB.`);
  return refused(name, `${size}: with it, the scene has more than it may have, ${ALL / 1024} kB in all.`);
}

/** The path of the first text with a character that YAML's escapes have made, and no terminal should see; null: none. */
export function unprintableIn(value: unknown, path: readonly PropertyKey[]): readonly PropertyKey[] | null {
  if (typeof value === 'string') return printableLines(value) === value ? null : path;
  if (typeof value !== 'object' || value === null) return null;
  const entries: [PropertyKey, unknown][] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value);
  for (const [key, each] of entries) {
    const odd =
      typeof key === 'string' && printableLines(key) !== key ? path : unprintableIn(each, [...path, key]);
    if (odd !== null) return odd;
  }
  return null;
}
