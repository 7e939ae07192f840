/** The exam's own files on a disk that fails: what could not be read is never written over. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { readExam } from '../../src/exam/exam-state.ts';
import { addToHistory } from '../../src/exam/history.ts';
import { examReport } from '../../src/exam/report-schema.ts';
import { Saver } from '../../src/exam/saver.ts';
import { underFault } from '../support/faults.ts';
import { folderWith } from '../support/tiny-course.ts';

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

const report = examReport.parse({
  ...{ format: 1, id: 'x', seed: 's', training: false, provider: 'sandbox', pauses: [], passMark: 68 },
  ...{ started: '2026-11-28T10:00:00Z', ended: '2026-11-28T11:00:00Z', minutes: 60, seconds: 3600 },
  ...{ percent: 100, passed: true, domains: [], questions: [] },
});

it('a history that cannot be read is left alone', async () => {
  const path = unreadable('history.json');
  await expect(addToHistory(path, report)).rejects.toThrow(/history.json cannot be used/);
  expect(readdirSync(path)).toEqual([]);
});

it('a report or a history that cannot be written is told in words, by its own name', async () => {
  const root = folderWith({ 'own/x': '' });
  chmodSync(join(root, 'own'), 0o555);
  const said = await underFault<string[]>(
    { within: root, asUser: true },
    `
      import { addToHistory } from '../../src/exam/history.ts';
      import { writeReport } from '../../src/exam/report-files.ts';
      const report = ${JSON.stringify(report)};
      const works = [writeReport('own', report), writeReport('own/x/y', report), addToHistory('own/history.json', report)];
      console.log(JSON.stringify((await Promise.allSettled(works)).map(({ reason }) => reason.message)));`,
  );
  expect(said).toEqual([
    'own/report.md may not be read or written.',
    'A part of the path own/x/y is a file, and not a folder.',
    'own/history.json may not be read or written.',
  ]);
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
