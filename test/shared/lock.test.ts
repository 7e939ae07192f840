import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type Holder,
  holderText,
  type Lock,
  type LockHeld,
  pidSpace,
  STALE,
  takeLock,
} from '../../src/shared/lock.ts';
import { pipe, underFault } from '../support/faults.ts';
import { folderWith } from '../support/tiny-course.ts';

let path: string;
const locks: Lock[] = [];
beforeEach(() => {
  path = join(folderWith({}), 'course');
});
afterEach(async () => {
  vi.useRealTimers();
  for (const lock of locks.splice(0)) await lock.release();
});

async function take() {
  const lock = await takeLock(path, 'istio-tutor up');
  locks.push(lock);
  return lock;
}
const refused = () =>
  take().then(
    () => 'taken',
    error => (error as LockHeld).holder,
  );

/** Beyond what Linux and macOS give to a process. */
const NO_PID = 2 ** 22 + 1;

/** A lock that somebody has left, or holds. */
function left(holder: Partial<Holder> | null, ageMs = 0): Holder | null {
  mkdirSync(`${path}.lock`);
  const time = (Date.now() - ageMs) / 1000;
  utimesSync(`${path}.lock`, time, time);
  if (holder === null) return null;
  const since = '2026-11-28T12:10:00.000Z';
  const whole = { pid: NO_PID, pids: pidSpace(), host: 'box', doing: 'istio-tutor', since, ...holder };
  writeFileSync(`${path}.holder`, JSON.stringify(whole));
  return whole;
}

describe('a lock', () => {
  it('is held by one, who is named, and free afterwards, with nothing left of it', async () => {
    const { release } = await take();
    expect(await refused()).toMatchObject({ pid: process.pid, doing: 'istio-tutor up' });
    await release();
    for (const end of ['lock', 'holder', 'gate.lock']) expect(existsSync(`${path}.${end}`)).toBe(false);
    await take();
  });

  it.each([
    ['nobody', () => {}],
    ['a killed process', () => void left({})],
    [
      'a process that was killed before it could say who it is, long ago',
      () => void left(null, STALE + 1000),
    ],
  ])('left by %s goes to one of many who want it at the same moment', async (_, leave) => {
    leave();
    const got = await Promise.all(Array.from({ length: 8 }, refused));
    expect(got.filter(each => each === 'taken')).toHaveLength(1);
    expect(JSON.parse(readFileSync(`${path}.holder`, 'utf8'))).toMatchObject({ pid: process.pid });
  });

  it('leaves nothing of it when the process ends with its work unfinished', async () => {
    const folder = dirname(path);
    const code = `
      import { readdirSync } from 'node:fs';
      import { takeLock } from '../../src/shared/lock.ts';
      await takeLock(${JSON.stringify(path)}, 'istio-tutor up');
      console.log(JSON.stringify(readdirSync(${JSON.stringify(folder)}).sort()));
      process.exit();`;
    expect(await underFault({ within: folder }, code)).toEqual(['course.holder', 'course.lock']);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('whose note is a pipe or a folder is held all the same, and hangs nobody', async () => {
    left(null);
    pipe(`${path}.holder`);
    expect(await refused()).toBeNull();
    rmSync(`${path}.lock`, { recursive: true });
    await (await take()).release();
    expect(existsSync(`${path}.holder`)).toBe(true);
  });

  it('without a note is not taken away: its holder has not come to writing it', async () => {
    left(null);
    expect(await refused()).toBeNull();
  });

  it("of another machine's or container's process is judged by its signs of life alone", async () => {
    const holder = left({ pids: 'another', host: 'box-2' });
    expect(await refused()).toEqual(holder);
    expect(holderText(holder as Holder)).toBe(
      `process ${NO_PID} on box-2 (\`istio-tutor\`), since 12:10 UTC`,
    );
    rmSync(`${path}.lock`, { recursive: true });
    left({ pids: 'another' }, STALE + 1000);
    expect(await refused()).toBe('taken');
  });

  it('that was taken over meanwhile is lost, and the note of who has it now stays', async () => {
    const lock = await take();
    rmSync(`${path}.lock`, { recursive: true });
    const other = left({ pids: 'another' }, 500);
    await lock.release();
    expect(JSON.parse(readFileSync(`${path}.holder`, 'utf8'))).toEqual(other);
    expect(existsSync(`${path}.lock`)).toBe(true);
  });

  it('that only its pulse knows to be taken over is lost from the next beat on', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const taking = take();
    await vi.waitFor(() =>
      expect(existsSync(`${path}.holder`) && !existsSync(`${path}.gate.lock`)).toBe(true),
    );
    const lock = await taking;
    expect(lock.isLost()).toBe(false);
    rmSync(`${path}.lock`, { recursive: true });
    vi.advanceTimersByTime(STALE / 4 + 1);
    await vi.waitFor(() => expect(lock.isLost()).toBe(true));
  });

  it.each([
    ['and is held', () => void left({ pids: 'another' }, 500)],
    ['and given back', () => rmSync(`${path}.holder`)],
  ])(
    'that was taken over %s is known as lost at once, before any clock has told it',
    async (_, meanwhile) => {
      const lock = await take();
      rmSync(`${path}.lock`, { recursive: true });
      meanwhile();
      expect(lock.isLost()).toBe(true);
    },
  );
});
