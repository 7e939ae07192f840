/**
 * One at a time, in whatever process, container or machine that shares the folder. Who holds a lock touches it every
 * few seconds (proper-lockfile); one that was not touched for long is nobody's. A note beside it says who holds it,
 * for people, and so that the lock of a killed process need not grow old first; that counts only where its number can
 * be looked up. Taking and noting are one act, behind a gate: a lock without a note was not left by a dead process.
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import lockfile from 'proper-lockfile';
import * as z from 'zod';
import { readIfThere } from './files/read.ts';
import { writeWhole } from './files/write.ts';
import { isAlive } from './is-alive.ts';
import { log } from './log.ts';

const holder = z.object({
  pid: z.number(),
  /** Where this number is a process: a machine's name, its boot, a container. */
  pids: z.string(),
  host: z.string(),
  /** The command, as it is typed. */
  doing: z.string(),
  /** ISO time. */
  since: z.string(),
});
export type Holder = Readonly<z.infer<typeof holder>>;

/** Somebody else has the lock; null: no note says who. */
export class LockHeld extends Error {
  constructor(readonly holder: Holder | null) {
    super('the lock is held');
    this.name = 'LockHeld';
  }
}

/** Milliseconds without a sign of life after which a lock counts as left behind, whoever holds it. */
export const STALE = 10_000;
/** The gate is held for milliseconds; one that was killed in it is waited for. */
const GATE = { realpath: false, stale: 5000, retries: { retries: 140, factor: 1, minTimeout: 50 } } as const;

/**
 * Takes the lock of `path` (`path.lock`, in a folder that is there); the returned function gives it back. Throws
 * LockHeld, or the system's error where nothing can be written. `onLost`: another has taken it over, because this
 * process was stopped for long.
 */
export async function takeLock(
  path: string,
  doing: string,
  onLost: () => void = () => {},
): Promise<() => Promise<void>> {
  const note = `${path}.holder`;
  const quiet = { onCompromised: (error: Error) => log('lock', `${path}.gate: ${error.message}`) };
  const leave = await lockfile.lock(`${path}.gate`, { ...GATE, ...quiet }).catch(error => {
    throw isHeld(error) ? new LockHeld(null) : error;
  });
  try {
    const release = await taken(path, note, error => {
      log('lock', error.message);
      onLost();
    });
    const { pid } = process;
    const me: Holder = { pid, pids: pidSpace(), host: hostname(), doing, since: new Date().toISOString() };
    const text = JSON.stringify(me);
    await writeWhole(note, text, { sync: false }).catch(error => log('lock', String(error)));
    return async () => {
      const now = await readIfThere(note).catch(() => null);
      if (now === text) await rm(note, { force: true }).catch(() => {});
      await release().catch(() => {});
    };
  } finally {
    await leave().catch(() => {});
  }
}

/** Within the gate: the lock, if nobody has it, or the one who has it is known to be gone. */
async function taken(
  path: string,
  note: string,
  onCompromised: (error: Error) => void,
): Promise<() => Promise<void>> {
  const take = () => lockfile.lock(path, { realpath: false, stale: STALE, update: STALE / 4, onCompromised });
  try {
    return await take();
  } catch (error) {
    if (!isHeld(error)) throw error;
    const found = await readHolder(note);
    if (found === null || !isGone(found)) throw new LockHeld(found);
    log('lock', `${path}: process ${found.pid} is gone`);
    await rm(`${path}.lock`, { recursive: true, force: true });
    return take();
  }
}

const isHeld = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ELOCKED';

async function readHolder(note: string): Promise<Holder | null> {
  try {
    return holder.parse(JSON.parse((await readIfThere(note)) ?? ''));
  } catch {
    return null;
  }
}

/** False where it cannot be known: the process is another machine's or another container's. */
function isGone({ pid, pids }: Holder): boolean {
  return pids === pidSpace() && !isAlive(pid);
}

/** Two processes see each other's number when this is the same for both. */
export function pidSpace(): string {
  const read = (work: () => string) => {
    try {
      return work().trim();
    } catch {
      return ''; // Not on Linux.
    }
  };
  const boot = read(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
  return [hostname(), boot, read(() => readlinkSync('/proc/self/ns/pid'))].join(' ');
}

/** 'process 4711 (`istio-tutor up`), since 12:10 UTC': on another machine or in a container that is said too. */
export function holderText({ pid, pids, host, doing, since }: Holder): string {
  const where = pids === pidSpace() ? '' : ` on ${host}`;
  return `process ${pid}${where} (\`${doing}\`), since ${since.slice(11, 16)} UTC`;
}
