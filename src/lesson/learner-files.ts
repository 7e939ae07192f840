/**
 * Puts files where the learner works. What is there is checked first; then everything new is written to the disk; only
 * then do names change. So whatever cannot be read or does not fit stops all of it, and nothing is lost.
 */
import { rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../shared/errors.ts';
import { makeFolder } from '../shared/files/make-folder.ts';
import { moveAside } from '../shared/files/move-aside.ts';
import { readIfThere } from '../shared/files/read.ts';
import { reasonOf } from '../shared/files/reason.ts';
import { type Prepared, prepareWrite } from '../shared/files/write.ts';
import { tilde } from '../shared/paths.ts';

export interface Put {
  readonly path: string;
  readonly text: string;
  /** What is there is the learner's, and is kept as NAME.mine. Otherwise it is ours, or there is nothing. */
  readonly aside: boolean;
}

/** A file's text, null where there is none. Throws a UserError for what cannot be read, or is not a file. */
export async function readLearners(path: string): Promise<string | null> {
  try {
    return await readIfThere(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

export function unreadable(path: string, error: unknown): UserError {
  return new UserError(
    {
      what: `${tilde(path)} cannot be read, so it stays as it is.`,
      why: reasonOf(error, path),
      next: [
        `mv ${tilde(path)} ${tilde(path)}.mine   puts it out of the way`,
        '--work DIR   puts your files into another folder',
      ],
      untouched: false,
    },
    error,
  );
}

/** Puts all of them there, or none. Returns the new paths of those that were kept. Throws a UserError. */
export async function putAll(puts: readonly Put[]): Promise<readonly string[]> {
  const ready: { readonly put: Put; readonly prepared: Prepared }[] = [];
  for (const put of puts) {
    try {
      await makeFolder(dirname(put.path));
      ready.push({ put, prepared: await prepareWrite(put.path, put.text) });
    } catch (error) {
      await discard(ready);
      throw unwritable(put.path, error, []);
    }
  }
  const kept: string[] = [];
  for (const [i, { put, prepared }] of ready.entries()) {
    try {
      const mine = put.aside ? await moveAside(put.path, n => mineName(put.path, n)) : null;
      if (mine !== null) kept.push(mine);
      try {
        await prepared.commit();
      } catch (error) {
        if (mine !== null && (await undone(mine, put.path))) kept.pop();
        throw error;
      }
    } catch (error) {
      await discard(ready.slice(i));
      throw unwritable(put.path, error, kept);
    }
  }
  return kept;
}

/** What makes room is kept as: NAME.mine, NAME.mine.2 and so on. */
export function mineName(path: string, n: number): string {
  return n === 1 ? `${path}.mine` : `${path}.mine.${n}`;
}

function discard(ready: readonly { readonly prepared: Prepared }[]): Promise<unknown> {
  return Promise.all(ready.map(({ prepared }) => prepared.discard()));
}

function undone(from: string, to: string): Promise<boolean> {
  return rename(from, to).then(
    () => true,
    () => false,
  );
}

/** `kept`: what was moved aside before. */
export function unwritable(path: string, error: unknown, kept: readonly string[]): UserError {
  const yours =
    kept.length === 0 ? 'Your files are as they were.' : `Yours is kept as ${kept.map(tilde).join(', ')}.`;
  return new UserError(
    {
      what: `${tilde(path)} cannot be written.`,
      why: `${reasonOf(error, path)} ${yours}`,
      next: ['--work DIR   puts your files into another folder'],
      untouched: false,
    },
    error,
  );
}
