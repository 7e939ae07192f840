/**
 * One `up` or `down` at a time for a cluster. The lock's folder is proper-lockfile's; beside it a note
 * says who holds it, so that the second can say so, and so that the lock of a program that was killed
 * does not have to grow old first.
 */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import lockfile from 'proper-lockfile';
import { ToolError } from '../../shared/errors.ts';
import { makeFolder } from './record.ts';

interface Holder {
  readonly pid: number;
  readonly doing: string;
  readonly since: string;
}

/** Does `work` while holding the lock of `path`. Throws a ToolError that names the holder if somebody has it. */
export async function withLock<T>(path: string, doing: string, work: () => Promise<T>): Promise<T> {
  makeFolder(dirname(path));
  const note = `${path}.holder`;
  const lockfilePath = `${path}.lock`;
  const take = () =>
    lockfile.lock(path, { realpath: false, lockfilePath, stale: 10_000, onCompromised: () => {} });

  let release: () => Promise<void>;
  try {
    release = await take();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ELOCKED')) throw error;
    const holder = readHolder(note);
    if (holder === null || alive(holder.pid)) throw taken(holder);
    rmSync(lockfilePath, { recursive: true, force: true });
    release = await take();
  }
  writeFileSync(
    note,
    JSON.stringify({ pid: process.pid, doing, since: new Date().toISOString() } satisfies Holder),
  );
  try {
    return await work();
  } finally {
    rmSync(note, { force: true });
    await release().catch(() => {});
  }
}

function taken(holder: Holder | null): ToolError {
  return new ToolError({
    what: 'Another istio-tutor is at work on this cluster.',
    ...(holder
      ? {
          why: `Process ${holder.pid} has been running \`${holder.doing}\` since ${holder.since.slice(11, 16)} UTC.`,
        }
      : {}),
    next: ['wait until it is done, then run the same again', 'istio-tutor status'],
  });
}

function readHolder(note: string): Holder | null {
  try {
    return JSON.parse(readFileSync(note, 'utf8')) as Holder;
  } catch {
    return null;
  }
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
