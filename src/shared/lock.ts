/**
 * A lock for all processes, containers and machines that share a folder. The holder touches it every few seconds
 * (proper-lockfile); one that has long not been touched is free. A note beside it says who holds it: for people, and so
 * that the lock of a killed process need not grow old first, which works only where its process id can be looked up.
 * Taking the lock and writing the note are one act, behind a gate: a lock without a note was not left by a dead
 * process.
 */
import * as fs from 'node:fs';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import lockfile from 'proper-lockfile';
import * as z from 'zod';
import { readIfThere, readIfThereSync } from './files/read.ts';
import { writeWhole } from './files/write.ts';
import { isAlive } from './is-alive.ts';
import { log } from './log.ts';

const holder = z.object({
  pid: z.number(),
  /** Where `pid` means something: a machine's name, its boot, a container. */
  pids: z.string(),
  host: z.string(),
  /** The command, as it is typed. */
  doing: z.string(),
  /** ISO time. */
  since: z.string(),
});
export type Holder = Readonly<z.infer<typeof holder>>;

/** A lock that this process holds. */
export interface Lock {
  release(): Promise<void>;
  /**
   * Another has taken it over, because this process was stopped for long. To be asked before each write: the timers of
   * a process that resumes do not notice it in time.
   */
  isLost(): boolean;
}

/** Somebody else has the lock; null: no note says who. */
export class LockHeld extends Error {
  readonly holder: Holder | null;

  constructor(holder: Holder | null) {
    super('the lock is held');
    this.holder = holder;
    this.name = 'LockHeld';
  }
}

/** Milliseconds without a sign of life after which a lock counts as left behind, whoever held it. */
export const STALE = 10_000;
/** The gate is held for milliseconds; if its holder was killed, the others wait until it is stale. */
const GATE = { realpath: false, stale: 5000, retries: { retries: 140, factor: 1, minTimeout: 50 } } as const;

/**
 * Takes the lock of `path` (`path.lock`, in an existing folder). Throws LockHeld, or the system's error where
 * nothing can be written.
 */
export function takeLock(path: string, doing: string): Promise<Lock> {
  return inTurn(path, () => takeAndNote(path, doing));
}

/**
 * Does `work`, a matter of milliseconds, while nobody else does such work for `path` (`path.gate.lock`).
 * Throws LockHeld when its turn does not come for seconds, or the system's error where nothing can be written.
 */
export async function inTurn<T>(path: string, work: () => Promise<T>): Promise<T> {
  const onCompromised = (error: Error) => log('lock', `${path}.gate: ${error.message}`);
  const leave = await lockfile.lock(`${path}.gate`, { ...GATE, onCompromised }).catch(error => {
    throw isHeld(error) ? new LockHeld(null) : error;
  });
  try {
    return await work();
  } finally {
    await leave().catch(() => {});
  }
}

/** Whether a process has the lock of `path` now, as far as that can be seen without taking it. */
export async function isHeldNow(path: string): Promise<boolean> {
  const held = await lockfile.check(path, { realpath: false, stale: STALE }).catch(() => false);
  if (!held) return false;
  const found = await readHolder(`${path}.holder`);
  return found === null || !isGone(found);
}

async function takeAndNote(path: string, doing: string): Promise<Lock> {
  const note = `${path}.holder`;
  const { pid } = process;
  const me: Holder = { pid, pids: pidSpace(), host: hostname(), doing, since: new Date().toISOString() };
  const text = JSON.stringify(me);
  let lost = false;
  let noted = false;
  const isLost = () => {
    lost ||= noted && isOthers(note, text);
    return lost;
  };
  const onCompromised = (error: Error) => {
    log('lock', error.message);
    lost = true;
  };
  const release = await taken(path, note, { onCompromised, fs: removingUnless(isLost, note) });
  try {
    await writeWhole(note, text, { sync: false });
    noted = true;
  } catch (error) {
    log('lock', String(error));
  }
  return {
    async release() {
      // Once only: without the note the lock itself would look like another's.
      if (noted && !isLost()) await rm(note, { force: true }).catch(() => {});
      noted = false;
      await release().catch(() => {});
    },
    isLost,
  };
}

/** Within the gate: takes the lock if nobody has it, or if its holder is known to be gone. */
async function taken(
  path: string,
  note: string,
  options: lockfile.LockOptions,
): Promise<() => Promise<void>> {
  const take = () => lockfile.lock(path, { realpath: false, stale: STALE, update: STALE / 4, ...options });
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

/**
 * The library's way to the disk. It releases locks when the process ends, if not before: never one that is another's by
 * then.
 */
function removingUnless(isLost: () => boolean, note: string): object {
  const rmdir = (path: fs.PathLike, done: fs.NoParamCallback) =>
    isLost() ? done(null) : fs.rmdir(path, done);
  // As the process ends, with its work unfinished: nobody else takes the note away.
  const rmdirSync: typeof fs.rmdirSync = path => {
    if (isLost()) return;
    fs.rmSync(note, { force: true });
    fs.rmdirSync(path);
  };
  return { ...fs, rmdir, rmdirSync };
}

const isHeld = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ELOCKED';

/** Whether a note is gone, or says something else; false where it cannot be read. */
function isOthers(note: string, text: string): boolean {
  try {
    return readIfThereSync(note) !== text;
  } catch {
    return false;
  }
}

async function readHolder(note: string): Promise<Holder | null> {
  try {
    return holder.parse(JSON.parse((await readIfThere(note)) ?? ''));
  } catch {
    return null;
  }
}

/** False where that cannot be known: the process is another machine's or another container's. */
function isGone({ pid, pids }: Holder): boolean {
  return pids === pidSpace() && !isAlive(pid);
}

/** Two processes see each other's id when this is the same for both. */
export function pidSpace(): string {
  const read = (work: () => string) => {
    try {
      return work().trim();
    } catch {
      return ''; // Not on Linux.
    }
  };
  const boot = read(() => fs.readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
  return [hostname(), boot, read(() => fs.readlinkSync('/proc/self/ns/pid'))].join(' ');
}

/** 'process 4711 (`istio-tutor up`), since 12:10 UTC': on another machine or in a container that is said too. */
export function holderText({ pid, pids, host, doing, since }: Holder): string {
  const where = pids === pidSpace() ? '' : ` on ${host}`;
  return `process ${pid}${where} (\`${doing}\`), since ${since.slice(11, 16)} UTC`;
}
