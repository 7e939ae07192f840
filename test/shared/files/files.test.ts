import { chmodSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { moveAside } from '../../../src/shared/files/move-aside.ts';
import { readIfThere, readIfThereSync } from '../../../src/shared/files/read.ts';
import { reasonOf } from '../../../src/shared/files/reason.ts';
import { writeWhole, writeWholeSync } from '../../../src/shared/files/write.ts';
import { folder, pipe, underFault, unreadable } from '../../support/faults.ts';
import { folderWith } from '../../support/tiny-course.ts';

describe('reading a file that may not be there', () => {
  it('finds nothing only where there is nothing', async () => {
    const root = folderWith({ 'a.txt': 'a' });
    for (const name of ['b.txt', 'none/b.txt', 'a.txt/b.txt']) {
      expect(await readIfThere(join(root, name))).toBeNull();
      expect(readIfThereSync(join(root, name))).toBeNull();
    }
    expect(await readIfThere(join(root, 'a.txt'))).toBe('a');
    expect(readIfThereSync(join(root, 'a.txt'))).toBe('a');
  });

  it.each([
    ['a folder', folder, 'is a folder'],
    ['a pipe', pipe, 'is a pipe, not a file'],
    ['a link to nowhere', (path: string) => symlinkSync('/nowhere/x', path), 'a symbolic link to /nowhere/x'],
    ['a link to itself', unreadable, 'leads back to itself'],
  ])('%s is an error that says so, and hangs nobody', async (_, lay, words) => {
    const path = join(folderWith({}), 'x');
    lay(path);
    const error = await readIfThere(path).catch(thrown => thrown);
    expect(reasonOf(error, path)).toContain(words);
    expect(() => readIfThereSync(path)).toThrow();
  });

  it('what may not be read is an error', async () => {
    const root = folderWith({ x: 'secret' });
    chmodSync(join(root, 'x'), 0);
    const code = `
      import { readIfThere } from '../../src/shared/files/read.ts';
      console.log(JSON.stringify(await readIfThere('x').catch(error => error.code)));`;
    expect(await underFault({ within: root, asUser: true }, code)).toBe('EACCES');
  });
});

describe('writing a file', () => {
  // A disk that takes a part of the text is the trap: one write() then ends well, with less than was given.
  it.each([0, 2])('leaves the old text on a disk with room for %d blocks', async room => {
    const root = folderWith({ x: 'old' });
    const code = `
      import { writeWhole, writeWholeSync } from '../../src/shared/files/write.ts';
      const text = 'new '.repeat(2000);
      const one = await writeWhole('x', text).catch(error => error.code);
      try { writeWholeSync('x', text); console.log('null') }
      catch (error) { console.log(JSON.stringify([one, error.code])) }`;
    expect(await underFault({ within: root, room }, code)).toEqual(['EFBIG', 'EFBIG']);
    expect(readFileSync(join(root, 'x'), 'utf8')).toBe('old');
    expect(readdirSync(root)).toEqual(['x']);
  });

  it('replaces no folder and no read-only file', async () => {
    const root = folderWith({ x: 'old', 'dir/x': '' });
    chmodSync(join(root, 'x'), 0o444);
    const code = `
      import { writeWhole, writeWholeSync } from '../../src/shared/files/write.ts';
      const codes = [];
      for (const path of ['x', 'dir']) {
        codes.push(await writeWhole(path, 'new').catch(error => error.code));
        try { writeWholeSync(path, 'new') } catch (error) { codes.push(error.code) }
      }
      console.log(JSON.stringify(codes))`;
    expect(await underFault({ within: root, asUser: true }, code)).toEqual([
      'EACCES',
      'EACCES',
      'EISDIR',
      'EISDIR',
    ]);
    expect(readFileSync(join(root, 'x'), 'utf8')).toBe('old');
    expect(readdirSync(root).sort()).toEqual(['dir', 'x']);
  });

  it('keeps the mode, follows the link of who keeps the file elsewhere, and the last text stays', async () => {
    const root = folderWith({ real: 'old' });
    chmodSync(join(root, 'real'), 0o640);
    symlinkSync('real', join(root, 'link'));
    await Promise.all(['1', '2', '3'].map(text => writeWhole(join(root, 'link'), text)));
    expect(readFileSync(join(root, 'real'), 'utf8')).toBe('3');
    writeWholeSync(join(root, 'link'), '4');
    expect(readFileSync(join(root, 'real'), 'utf8')).toBe('4');
    expect(statSync(join(root, 'real')).mode & 0o777).toBe(0o640);
    expect(readdirSync(root).sort()).toEqual(['link', 'real']);
  });
});

it('what is moved aside takes no name that anything has', async () => {
  const root = folderWith({ x: 'third', 'x.1': 'first' });
  unreadable(join(root, 'x.2'));
  writeFileSync(join(root, 'x.4'), 'later');
  const aside = await moveAside(join(root, 'x'), n => join(root, `x.${n}`));
  expect(aside).toBe(join(root, 'x.3'));
  expect(readFileSync(aside, 'utf8')).toBe('third');
});

it('a text that must not take its place any more leaves the old one, and nothing beside it', async () => {
  const root = folderWith({ 'a.txt': 'old' });
  const path = join(root, 'a.txt');
  const lastLook = () => {
    writeFileSync(path, "another's");
    throw new Error('taken over');
  };
  await expect(writeWhole(path, 'new', { lastLook })).rejects.toThrow('taken over');
  expect(() => writeWholeSync(path, 'new', { lastLook })).toThrow('taken over');
  expect(readdirSync(root)).toEqual(['a.txt']);
  expect(readFileSync(path, 'utf8')).toBe("another's");
});
