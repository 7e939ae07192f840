import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readExam } from '../../src/exam/exam-state.ts';
import { readHistory } from '../../src/exam/history.ts';
import { folder, pipe, unreadable } from '../support/faults.ts';
import { folderWith } from '../support/tiny-course.ts';

it.each([
  ['a folder', folder, 'is a folder.'],
  ['a pipe', pipe, 'is a pipe, not a file.'],
  ['what cannot be read', unreadable, 'leads back to itself.'],
])(
  "an exam's files where there is %s are told, waited for by nobody, and left alone",
  async (_, lay, words) => {
    const root = folderWith({});
    for (const [name, read] of [
      ['exam.json', readExam],
      ['history.json', readHistory],
    ] as const) {
      lay(join(root, name));
      await expect(read(join(root, name))).rejects.toMatchObject({
        problem: { what: expect.stringContaining(name), why: expect.stringContaining(words) },
      });
      expect(lstatSync(join(root, name))).toBeTruthy();
    }
  },
);
