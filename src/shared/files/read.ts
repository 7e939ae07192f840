/**
 * Reading a file that may not be there. "Not there" and "cannot be read" are two different answers: code that takes the
 * second for the first overwrites what it has not seen. Only regular files are opened, so that a fifo hangs nothing.
 */
import {
  closeSync,
  constants,
  lstatSync,
  openSync,
  readFileSync,
  readlinkSync,
  type Stats,
  statSync,
} from 'node:fs';
import { lstat, readFile, readlink, stat } from 'node:fs/promises';
import { tilde } from '../paths.ts';
import { isAbsence } from './reason.ts';

/** If a fifo has taken the file's place since it was checked, opening it does not block. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK;

/** The text; null only where nothing has that name. Rejects with the system's error for all else. */
export async function readIfThere(path: string): Promise<string | null> {
  try {
    mustBeFile(path, await stat(path));
    return await readFile(path, { encoding: 'utf8', flag: READ });
  } catch (error) {
    if (!isAbsence(error)) throw error;
    if (await isThere(path)) throw dangling(path, await readlink(path));
    return null;
  }
}

/** The same, synchronously. */
export function readIfThereSync(path: string): string | null {
  try {
    mustBeFile(path, statSync(path));
    const file = openSync(path, READ);
    try {
      return readFileSync(file, 'utf8');
    } finally {
      closeSync(file);
    }
  } catch (error) {
    if (!isAbsence(error)) throw error;
    if (isThereSync(path)) throw dangling(path, readlinkSync(path));
    return null;
  }
}

/** Whether something has this name, a symbolic link to nowhere included. Rejects where that cannot be known. */
export async function isThere(path: string): Promise<boolean> {
  return (await lstat(path).catch(absentOrThrow)) !== null;
}

function isThereSync(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    return absentOrThrow(error) !== null;
  }
}

function absentOrThrow(error: unknown): null {
  if (isAbsence(error)) return null;
  throw error;
}

/** Throws an error, in words, for anything that is not a file. */
export function mustBeFile(path: string, info: Stats): void {
  if (info.isFile()) return;
  const kind = info.isDirectory() ? 'folder' : info.isFIFO() ? 'pipe' : info.isSocket() ? 'socket' : 'device';
  const code = kind === 'folder' ? 'EISDIR' : 'ENOTFILE';
  throw Object.assign(new Error(`${tilde(path)} is a ${kind}, not a file.`), { code });
}

function dangling(path: string, target: string): Error {
  const words = `${tilde(path)} is a symbolic link to ${target}, which is not there.`;
  return Object.assign(new Error(words), { code: 'EDANGLING' });
}
