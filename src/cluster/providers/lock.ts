/** One `up` or `down` at a time per cluster. */
import { dirname } from 'node:path';
import { ToolError } from '../../shared/errors.ts';
import { type Holder, holderText, LockHeld, STALE, takeLock } from '../../shared/lock.ts';
import { cannotBe, makeFolder } from './record.ts';

/**
 * Does `work` while holding the lock of `path`. Throws a ToolError that names the holder if somebody has it. `next`:
 * what to type when nothing can be written there.
 */
export async function withLock<T>(
  path: string,
  doing: string,
  work: () => Promise<T>,
  next?: readonly string[],
): Promise<T> {
  makeFolder(dirname(path), next);
  const lock = await takeLock(path, doing).catch(error => {
    throw error instanceof LockHeld ? taken(error.holder) : cannotBe('written', dirname(path), error, next);
  });
  try {
    return await work();
  } finally {
    await lock.release();
  }
}

function taken(holder: Holder | null): ToolError {
  return new ToolError({
    what: 'Another istio-tutor is at work on this cluster.',
    why: holder ? `It is ${holderText(holder)}.` : undefined,
    next: [
      'wait until it is done, then run the same again',
      'istio-tutor status',
      `If it was killed, its lock is free ${STALE / 1000} seconds later.`,
    ],
  });
}
