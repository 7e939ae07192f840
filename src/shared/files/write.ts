/**
 * Writing a file whole or not at all: into a new file beside it, which then takes its name. A full disk, a crash or a
 * kill leaves the old text as it was. A file that its owner has made read-only is not replaced.
 */
import { randomBytes } from 'node:crypto';
import * as now from 'node:fs';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { mustBeFile } from './read.ts';
import { isAbsence } from './reason.ts';

export interface WriteOptions {
  /** For a new file and for an existing one; unless set, the existing file's mode, or what the umask leaves. */
  readonly mode?: number;
  /** False: it is not worth waiting until the disk has it. */
  readonly sync?: boolean;
  /** Called when only the name is missing, which may be seconds later: what it throws leaves the old text in place. */
  readonly lastLook?: () => void;
}

/** A text that is already on the disk and only lacks its name. */
export interface Prepared {
  /** Takes the place of whatever has the name. */
  commit(): Promise<void>;
  discard(): Promise<void>;
}

/** The last unfinished write to each path: of two writes, the later one must be what stays. */
const pending = new Map<string, Promise<void>>();

/** Writes `text` after any earlier write to the path. Rejects with the system's error; then the old text stays. */
export function writeWhole(path: string, text: string, options: WriteOptions = {}): Promise<void> {
  const key = resolve(path);
  const write = async () => {
    const real = await realpath(path).catch(() => path);
    await (await prepareWrite(real, text, options)).commit();
  };
  const mine = (pending.get(key) ?? Promise.resolve()).then(write, write);
  pending.set(key, mine);
  const done = () => {
    if (pending.get(key) === mine) pending.delete(key);
  };
  mine.then(done, done);
  return mine;
}

/** Puts the text on the disk beside `path`, which must not be a symbolic link. Rejects when there is no room for it. */
export async function prepareWrite(
  path: string,
  text: string,
  options: WriteOptions = {},
): Promise<Prepared> {
  const old = await stat(path).catch(absent);
  if (old !== null) {
    mustBeFile(path, old);
    // Only to see whether that is allowed: a rename would replace even a read-only file.
    await (await open(path, 'r+')).close();
  }
  const beside = nameBeside(path);
  const mode = options.mode ?? old?.mode;
  const discard = () => rm(beside, { force: true }).catch(() => {});
  const orDiscard = async (work: Promise<void>) => {
    try {
      await work;
    } catch (error) {
      await discard();
      throw error;
    }
  };
  const fill = async () => {
    const file = await open(beside, 'wx', mode);
    try {
      // writeFile goes on until all is written: a single write to a nearly full disk silently takes only part of the
      // text.
      await file.writeFile(text);
      // As the old one was, where the system lets us.
      if (mode !== undefined) await file.chmod(mode).catch(() => {});
      if (old !== null) await file.chown(old.uid, old.gid).catch(() => {});
      if (options.sync !== false) await file.sync();
    } finally {
      await file.close();
    }
  };
  await orDiscard(fill());
  const takePlace = async () => {
    options.lastLook?.();
    await rename(beside, path);
  };
  return { commit: () => orDiscard(takePlace()), discard };
}

/** The same as `writeWhole`, synchronously. */
export function writeWholeSync(path: string, text: string, options: WriteOptions = {}): void {
  const real = quietly(() => now.realpathSync(path)) ?? path;
  const old = now.statSync(real, { throwIfNoEntry: false });
  if (old !== undefined) {
    mustBeFile(real, old);
    now.closeSync(now.openSync(real, 'r+'));
  }
  const beside = nameBeside(real);
  const mode = options.mode ?? old?.mode;
  try {
    const file = now.openSync(beside, 'wx', mode);
    try {
      now.writeFileSync(file, text);
      if (mode !== undefined) quietly(() => now.fchmodSync(file, mode));
      if (old !== undefined) quietly(() => now.fchownSync(file, old.uid, old.gid));
      if (options.sync !== false) now.fsyncSync(file);
    } finally {
      now.closeSync(file);
    }
    options.lastLook?.();
    now.renameSync(beside, real);
  } catch (error) {
    quietly(() => now.rmSync(beside, { force: true }));
    throw error;
  }
}

/** A name that is free, and that nobody takes for a manifest. */
function nameBeside(path: string): string {
  return `${path}.${randomBytes(6).toString('hex')}`;
}

function absent(error: unknown): null {
  if (isAbsence(error)) return null;
  throw error;
}

/** For work that may fail without harm. */
function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
