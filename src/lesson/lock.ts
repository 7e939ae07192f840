/** One running course per data folder: two would save over each other's progress. */
import { dirname } from 'node:path';
import { UserError } from '../shared/errors.ts';
import { makeFolder } from '../shared/files/make-folder.ts';
import * as shared from '../shared/lock.ts';
import { log } from '../shared/log.ts';
import { tilde } from '../shared/paths.ts';

/**
 * Takes the lock. Throws a UserError that names the process that holds it.
 * On a disk that cannot be written there is nothing to protect: then there is no lock, and no error.
 */
export async function takeProgressLock(path: string): Promise<shared.Lock> {
  try {
    await makeFolder(dirname(path));
    return await shared.takeLock(path, 'istio-tutor');
  } catch (error) {
    if (error instanceof shared.LockHeld) throw held(error.holder, path);
    log('lock', `none: ${(error as Error).message}`);
    return { release: async () => {}, isLost: () => false };
  }
}

function held(holder: shared.Holder | null, path: string): UserError {
  return new UserError({
    what: 'Another istio-tutor is running with the same progress.',
    why: holder === null ? `It holds ${tilde(path)}.lock.` : `It is ${shared.holderText(holder)}.`,
    next: [
      'Go on in its terminal, or end it with q there.',
      'istio-tutor --state DIR   keeps a second progress of its own',
      `If it was killed, its lock is free ${shared.STALE / 1000} seconds later.`,
    ],
  });
}
