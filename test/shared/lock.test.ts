import { existsSync, mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Holder, holderText, type LockHeld, pidSpace, STALE, takeLock } from '../../src/shared/lock.ts';
import { pipe } from '../support/faults.ts';
import { folderWith } from '../support/tiny-course.ts';

let path: string;
const releases: (() => Promise<void>)[] = [];
beforeEach(() => {
  path = join(folderWith({}), 'course');
});
afterEach(async () => {
  vi.useRealTimers();
  for (const release of releases.splice(0)) await release();
});

async function take(onLost?: () => void) {
  const release = await takeLock(path, 'istio-tutor up', onLost);
  releases.push(release);
  return release;
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
    const release = await take();
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

  it('whose note is a pipe or a folder is held all the same, and hangs nobody', async () => {
    left(null);
    pipe(`${path}.holder`);
    expect(await refused()).toBeNull();
    rmSync(`${path}.lock`, { recursive: true });
    await (await take())();
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

  it('that was taken over meanwhile is told as lost, and the note of who has it now stays', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const lost = new Promise<void>(resolve => void take(resolve));
    await vi.waitFor(() =>
      expect(existsSync(`${path}.holder`) && !existsSync(`${path}.gate.lock`)).toBe(true),
    );
    rmSync(`${path}.lock`, { recursive: true });
    const other = left({ pids: 'another' }, 500);
    vi.advanceTimersByTime(STALE / 4 + 1);
    await lost;
    for (const release of releases.splice(0)) await release();
    expect(JSON.parse(readFileSync(`${path}.holder`, 'utf8'))).toEqual(other);
    expect(existsSync(`${path}.lock`)).toBe(true);
  });
});
