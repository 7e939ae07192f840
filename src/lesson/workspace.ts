/**
 * The learner's folder of a lesson: files to edit at its top, the lesson's own manifests, as they are applied,
 * in `manifests/` below. Nothing of the learner's is ever lost: what must make room is kept as NAME.mine.
 */
import { mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../shared/errors.ts';
import { tilde } from '../shared/paths.ts';
import { watchFolder } from './watch-folder.ts';

export interface LearnerFile {
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly changed: number;
}

export interface Workspace {
  /** Absolute path of a lesson's folder. `lesson` is the folder's name in the course. */
  folder(lesson: string): string;
  /** Every YAML file at the top of the folder, by name. Empty when there is no folder. */
  read(lesson: string): Promise<Readonly<Record<string, LearnerFile>>>;
  /**
   * Puts files into the folder. A file that is there with another text is left alone with `keep`, or else moved
   * to NAME.mine. Returns the names of the files that were moved.
   */
  put(lesson: string, files: Readonly<Record<string, string>>, keep: boolean): Promise<readonly string[]>;
  /** Writes the lesson's own manifests below manifests/. */
  putGiven(lesson: string, files: Readonly<Record<string, string>>): Promise<void>;
  /** Tells when a file at the top was saved, made or deleted. Returns how to stop. */
  watch(lesson: string, onChange: () => void): Promise<() => Promise<void>>;
}

/** The learner's files under `root`. Its methods throw UserErrors that tell what cannot be written. */
export function openWorkspace(root: string): Workspace {
  const folder = (lesson: string) => join(root, lesson);
  return {
    folder,
    async read(lesson) {
      const names = await readdir(folder(lesson)).catch(() => [] as string[]);
      const files = await Promise.all(
        names.filter(isManifest).map(async name => {
          const path = join(folder(lesson), name);
          // An editor may have replaced the file between the two calls.
          const [text, info] = await Promise.all([
            readFile(path, 'utf8').catch(() => null),
            stat(path).catch(() => null),
          ]);
          return text === null || info === null || !info.isFile()
            ? []
            : [[name, { text, changed: info.mtimeMs }] as const];
        }),
      );
      return Object.fromEntries(files.flat());
    },
    async put(lesson, files, keep) {
      const moved: string[] = [];
      for (const [name, text] of Object.entries(files)) {
        const path = join(folder(lesson), name);
        const there = await readFile(path, 'utf8').catch(() => null);
        if (there === text || (there !== null && keep)) continue;
        if (there !== null) moved.push(await setAside(path));
        await write(path, text);
      }
      return moved;
    },
    async putGiven(lesson, files) {
      for (const [name, text] of Object.entries(files)) {
        const path = join(folder(lesson), 'manifests', name);
        const there = await readFile(path, 'utf8').catch(() => null);
        if (there !== text) await write(path, text);
      }
    },
    async watch(lesson, onChange) {
      const path = folder(lesson);
      await mkdir(path, { recursive: true }).catch(() => {});
      return watchFolder(path, isManifest, onChange);
    },
  };
}

/** Editors leave .swp, ~ and #...# files about; those are not manifests. */
function isManifest(name: string): boolean {
  return /^[^.#].*\.ya?ml$/.test(basename(name));
}

/** Moves a file to NAME.mine, NAME.mine.2 and so on, whichever is free. Returns the new name. */
async function setAside(path: string): Promise<string> {
  for (let n = 1; ; n++) {
    const aside = n === 1 ? `${path}.mine` : `${path}.mine.${n}`;
    const taken = await stat(aside).then(
      () => true,
      () => false,
    );
    if (taken) continue;
    await rename(path, aside).catch(error => {
      throw unwritable(path, error);
    });
    return basename(aside);
  }
}

async function write(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (error) {
    throw unwritable(path, error);
  }
}

function unwritable(path: string, error: unknown): UserError {
  return new UserError(
    {
      what: `${tilde(path)} cannot be written.`,
      why: (error as Error).message,
      next: ['--work DIR   puts your files into another folder'],
    },
    error,
  );
}
