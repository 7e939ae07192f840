/**
 * One running course a data folder: two would save over each other's progress. Who holds the lock is written
 * beside it, so that the second one can say it, and so that the lock of a killed process is taken over at once.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import lockfile from 'proper-lockfile';
import { UserError } from '../shared/errors.ts';
import { log } from '../shared/log.ts';
import { tilde } from '../shared/paths.ts';

interface Holder {
  pid: number;
  since: string;
}

/** Milliseconds without a sign of life after which a lock counts as left behind, whoever holds it. */
const STALE = 10_000;

/**
 * Takes the lock; the returned function gives it back. Throws a UserError that names the process that holds it.
 * On a disk that cannot be written there is nothing to protect: then there is no lock, and no error.
 */
export async function takeLock(path: string): Promise<() => Promise<void>> {
  const holderFile = `${path}.holder`;
  try {
    await mkdir(dirname(path), { recursive: true });
  } catch (error) {
    return unlocked(error);
  }
  for (let attempt = 1; ; attempt++) {
    try {
      const release = await lockfile.lock(path, {
        realpath: false,
        stale: STALE,
        update: STALE / 4,
        // The machine slept, or the folder was removed: the course goes on, the next save will tell.
        onCompromised: error => log('lock', error.message),
      });
      const holder: Holder = { pid: process.pid, since: new Date().toISOString() };
      await writeFile(holderFile, JSON.stringify(holder)).catch(() => {});
      return async () => {
        await rm(holderFile, { force: true });
        await release().catch(() => {});
      };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ELOCKED') return unlocked(error);
      const holder = await readHolder(holderFile);
      if (attempt > 1 || (holder !== null && isAlive(holder.pid))) throw held(holder, path);
      // Its process is gone (kill -9, a crash): the lock is nobody's.
      await rm(`${path}.lock`, { recursive: true, force: true });
    }
  }
}

function unlocked(error: unknown): () => Promise<void> {
  log('lock', `none: ${(error as Error).message}`);
  return async () => {};
}

async function readHolder(path: string): Promise<Holder | null> {
  try {
    const holder = JSON.parse(await readFile(path, 'utf8')) as Partial<Holder>;
    return typeof holder.pid === 'number' ? { pid: holder.pid, since: String(holder.since ?? '') } : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function held(holder: Holder | null, path: string): UserError {
  const since = holder === null ? '' : `, since ${holder.since.slice(11, 16)} UTC`;
  return new UserError({
    what: 'Another istio-tutor is running with the same progress.',
    why: holder === null ? `It holds ${tilde(path)}.lock.` : `It is process ${holder.pid}${since}.`,
    next: [
      'Go on in its terminal, or end it with q there.',
      'istio-tutor --state DIR   keeps a second progress of its own',
    ],
  });
}
