import { chmodSync, closeSync, constants, lstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkJunit, writeJunit } from '../../src/cli/junit-file.ts';
import { folder, pipe, underFault, unreadable } from '../support/faults.ts';
import { folderWith } from '../support/tiny-course.ts';

const OURS = '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="exam 1" time="1">\n</testsuites>\n';
const THEIRS = OURS.replace('exam 1', 'unit tests');

describe('the file of --junit', () => {
  it.each([
    ['there is none', null],
    ['there is an empty one', ''],
    ['there is an earlier report', OURS],
  ])('is written where %s', async (_, text) => {
    const path = join(folderWith(text === null ? {} : { 'exam.xml': text }), 'exam.xml');
    await checkJunit(path);
    await writeJunit(path, OURS);
    expect(readFileSync(path, 'utf8')).toBe(OURS);
  });

  it.each([
    ['notes', 'my notes\n'],
    ['the report of another program', THEIRS],
  ])('that is %s stays, and is said before an exam as after it', async (_, text) => {
    const path = join(folderWith({ 'exam.xml': text }), 'exam.xml');
    for (const work of [() => checkJunit(path), () => writeJunit(path, OURS)]) {
      await expect(work()).rejects.toMatchObject({
        problem: { what: `${path} exists, and is not a report of istio-tutor.` },
      });
    }
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it.each([
    ['a folder', folder, 'is a folder.'],
    ['what cannot be read', unreadable, 'leads back to itself.'],
  ])('that is %s is an error', async (_, lay, words) => {
    const path = join(folderWith({}), 'exam.xml');
    lay(path);
    for (const work of [() => checkJunit(path), () => writeJunit(path, OURS)]) {
      await expect(work()).rejects.toMatchObject({
        problem: { what: `${path} cannot be written.`, why: expect.stringContaining(words) },
      });
    }
    expect(lstatSync(path)).toBeTruthy();
  });

  it('in no folder, or in one where nothing may be written, is an error before the exam', async () => {
    await expect(checkJunit('/nowhere/exam.xml')).rejects.toMatchObject({
      problem: { why: 'There is no folder /nowhere.' },
    });
    const root = folderWith({ 'own/x': '' });
    chmodSync(join(root, 'own'), 0o555);
    const code = `
      import { checkJunit } from '../../src/cli/junit-file.ts';
      console.log(JSON.stringify((await checkJunit('own/exam.xml').catch(error => error)).problem.why));`;
    expect(await underFault({ within: root, asUser: true }, code)).toBe(
      'own/exam.xml may not be read or written.',
    );
  });

  it('that is a pipe goes to who reads it, and waits for nobody', async () => {
    const path = join(folderWith({}), 'exam.xml');
    pipe(path);
    await checkJunit(path);
    await expect(writeJunit(path, OURS)).rejects.toMatchObject({
      problem: { why: `${path} is a pipe or a device, and nobody is at its other end.` },
    });
    const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    await writeJunit(path, OURS);
    expect(readFileSync(reader, 'utf8')).toBe(OURS);
    closeSync(reader);
  });
});
