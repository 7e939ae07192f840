/** The exam's own files on a disk that fails: what could not be read is never written over. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readExam } from '../../../src/lesson/exam/exam-state.ts';
import { addToHistory } from '../../../src/lesson/exam/history.ts';
import { examReport } from '../../../src/lesson/exam/report-schema.ts';
import { Saver } from '../../../src/lesson/exam/saver.ts';

const folder = mkdtempSync(join(tmpdir(), 'exam-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Read it gives EISDIR, as EACCES or EIO would come: another error than that there is none. */
function unreadable(name: string): string {
  const path = join(folder, name);
  mkdirSync(path);
  return path;
}

it('an exam that cannot be read is an error, not a new one', async () => {
  await expect(readExam(unreadable('exam.json'))).rejects.toThrow(/exam.json cannot be read/);
  expect(await readExam(join(folder, 'none.json'))).toBeNull();
});

it('a history that cannot be read is left alone', async () => {
  const report = examReport.parse({
    ...{ format: 1, id: 'x', seed: 's', training: false, provider: 'sandbox', pauses: [], passMark: 68 },
    ...{ started: '2026-11-28T10:00:00Z', ended: '2026-11-28T11:00:00Z', minutes: 60, seconds: 3600 },
    ...{ percent: 100, passed: true, domains: [], questions: [] },
  });
  const path = unreadable('history.json');
  await expect(addToHistory(path, report)).rejects.toThrow(/history.json cannot be used/);
  expect(readdirSync(path)).toEqual([]);
});

it('saves are written one at a time, and the last of them is of the newest', async () => {
  let value = 0;
  let writing = 0;
  const written: number[] = [];
  const saver = new Saver(
    async () => {
      expect(++writing).toBe(1);
      const now = value;
      await new Promise(resolve => setImmediate(resolve));
      written.push(now);
      writing--;
    },
    () => 7,
  );
  const saves = [1, 2, 3, 4].map(next => {
    value = next;
    return saver.save();
  });
  await Promise.all(saves);
  expect(written).toEqual([1, 4]);
  expect([saver.failure, saver.saved]).toEqual([null, 7]);
});
