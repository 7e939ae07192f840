/** Why a file could not be read or written, in words for its owner. */
import { tilde } from '../paths.ts';

const WORDS: Readonly<Record<string, (path: string) => string>> = {
  EACCES: path => `${path} may not be read or written.`,
  EPERM: path => `${path} may not be read or written.`,
  EROFS: path => `${path} is on a disk that cannot be written.`,
  ENOSPC: path => `The disk of ${path} is full.`,
  EDQUOT: path => `Your share of the disk of ${path} is used up.`,
  EIO: path => `The disk of ${path} has failed (EIO).`,
  EFBIG: path => `${path} may not grow any larger (ulimit -f).`,
  ENXIO: path => `${path} is a pipe or a device, and nobody is at its other end.`,
  EISDIR: path => `${path} is a folder.`,
  ENOTDIR: path => `A part of the path ${path} is a file, and not a folder.`,
  EMFILE: () => 'Too many files are open (EMFILE): ulimit -n tells how many may be.',
  ENFILE: () => 'Too many files are open on this machine (ENFILE).',
  ELOOP: path => `${path} is a symbolic link that leads back to itself.`,
};

/** One sentence for the error of a file operation on `path`; the system's own words where we have none. */
export function reasonOf(error: unknown, path: string): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return WORDS[code ?? '']?.(tilde(path)) ?? message;
}

/** There is no such file, and cannot be one: a folder above it is missing, or is a file. */
export function isAbsence(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
