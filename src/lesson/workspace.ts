/**
 * The learner's folder of a lesson: files to edit at its top, the lesson's own manifests, as they are applied,
 * in `manifests/` below. Nothing of the learner's is ever lost: what must make room is kept as NAME.mine.
 */
import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { makeFolder } from '../shared/files/make-folder.ts';
import { isAbsence } from '../shared/files/reason.ts';
import { prepareWrite, writeWhole } from '../shared/files/write.ts';
import { log } from '../shared/log.ts';
import { putAll, readLearners, unreadable, unwritable } from './learner-files.ts';
import { taskOf, withoutTask } from './task-comment.ts';
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
   * Puts files into the folder, all or none. A file that is there with another text is left alone with `keep`,
   * and moved to NAME.mine otherwise; the task above a text (task-comment.ts) is ours, and makes none another. Returns
   * the names of the files that were moved.
   */
  put(lesson: string, files: Readonly<Record<string, string>>, keep: boolean): Promise<readonly string[]>;
  /**
   * Writes the lesson's own manifests into manifests/. One that the learner has changed is moved to NAME.mine.
   * Returns the names of those, relative to the folder: 'manifests/a.yaml.mine'.
   */
  putGiven(lesson: string, files: Readonly<Record<string, string>>): Promise<readonly string[]>;
  /** Writes something into the folder and takes it away again: who could not save later hears of it now. */
  tryOut(lesson: string): Promise<void>;
  /** Calls `onChange` when a file at the top was saved, made or deleted. Returns how to stop. */
  watch(lesson: string, onChange: () => void): Promise<() => Promise<void>>;
}

/** The learner's files under `root`. Its methods throw UserErrors that say what cannot be read or written. */
export function openWorkspace(root: string): Workspace {
  const folder = (lesson: string) => join(root, lesson);
  const from = (lesson: string) => (path: string) => relative(folder(lesson), path);
  return {
    folder,
    async read(lesson) {
      const names = await namesIn(folder(lesson));
      const files = await Promise.all(
        names.filter(isManifest).map(async name => {
          const path = join(folder(lesson), name);
          // What is not a file is not a manifest, whatever its name; an editor may have replaced one since.
          const info = await stat(path).catch(() => null);
          if (info !== null && !info.isFile()) return [];
          if ((info?.size ?? 0) > MOST_BYTES) throw unreadable(path, new Error(TOO_LARGE));
          const text = await readLearners(path);
          if (text !== null && NO_TEXT.test(text))
            throw unreadable(path, new Error('It is not text in UTF-8.'));
          return text === null || info === null ? [] : [[name, { text, changed: info.mtimeMs }] as const];
        }),
      );
      return Object.fromEntries(files.flat());
    },
    async put(lesson, files, keep) {
      const puts = [];
      for (const [name, text] of Object.entries(files)) {
        const path = join(folder(lesson), name);
        const there = await readLearners(path);
        if (there === null) puts.push({ path, text, aside: false });
        else if (withoutTask(there) === withoutTask(text)) {
          // Nothing of the learner's is in it. Who began here and took the task away does not want it back.
          if (there !== text && !(keep && taskOf(there) === '')) puts.push({ path, text, aside: false });
        } else if (!keep) puts.push({ path, text, aside: true });
        // Another step's task above what the learner has written.
        else if (taskOf(there) !== '' && taskOf(there) !== taskOf(text))
          puts.push({ path, text: taskOf(text) + withoutTask(there), aside: false });
      }
      return (await putAll(puts)).map(from(lesson));
    },
    async putGiven(lesson, files) {
      const given = join(folder(lesson), 'manifests');
      const record = join(given, RECORD);
      const last = await readLearners(record).catch(() => null);
      const ours = new Map(
        (last ?? '').split('\n').flatMap(line => {
          const [sum, name] = line.split('  ');
          return sum === undefined || name === undefined ? [] : [[name, sum] as const];
        }),
      );
      const puts = [];
      for (const [name, text] of Object.entries(files)) {
        const path = join(given, name);
        const there = await readLearners(path);
        // Our own, from another world, has other addresses in it; nobody misses it.
        const aside = there !== null && ours.get(name) !== hash(there);
        if (there !== text) puts.push({ path, text, aside });
        ours.set(name, hash(text));
      }
      const kept = await putAll(puts);
      const now = [...ours].map(([name, sum]) => `${sum}  ${name}`).join('\n');
      // Without it all of our files are taken for the learner's, and kept.
      if (now !== last) await writeWhole(record, now).catch(error => log('workspace', String(error)));
      return kept.map(from(lesson));
    },
    async tryOut(lesson) {
      const path = folder(lesson);
      try {
        await makeFolder(path);
        const prepared = await prepareWrite(join(path, '.room'), ROOM, { sync: false });
        await prepared.discard();
      } catch (error) {
        throw unwritable(path, error, []);
      }
    },
    async watch(lesson, onChange) {
      const path = folder(lesson);
      await makeFolder(path).catch(() => {});
      return watchFolder(path, isManifest, onChange);
    },
  };
}

/** Of a learner's file, in bytes: larger ones are nobody's manifests, and would only fill the screen. */
const MOST_BYTES = 4 * 1024 * 1024;
const TOO_LARGE = 'It is larger than the 4 MiB that are read.';
/** No text has the first; the second stands for bytes that are no UTF-8. */
const NO_TEXT = /\0|\uFFFD/;

/** A manifest's worth. */
const ROOM = ' '.repeat(4096);

/** Which texts of manifests/ are as we wrote them, as sha256sum would print it. */
const RECORD = '.as-given';

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isAbsence(error)) return [];
    throw unreadable(folder, error);
  }
}

/** Editors leave .swp, ~ and #...# files about; those are not manifests. */
function isManifest(name: string): boolean {
  return /^[^.#].*\.ya?ml$/.test(basename(name));
}
