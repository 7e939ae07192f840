import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openWorkspace } from '../../src/lesson/workspace.ts';
import { folderWith } from '../support/tiny-course.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

describe("the learner's folder", () => {
  it('is made with the files to start from', async () => {
    const root = folderWith({});
    const work = openWorkspace(join(root, 'work'));
    expect(await work.read('01-doors')).toEqual({});
    expect(await work.put('01-doors', { 'door.yaml': 'a' }, true)).toEqual([]);
    expect(work.folder('01-doors')).toBe(join(root, 'work/01-doors'));
    expect((await work.read('01-doors'))['door.yaml']?.text).toBe('a');
  });

  it("keeps the learner's own file, or moves it aside and says where", async () => {
    const root = folderWith({ '01-doors/door.yaml': 'mine' });
    const work = openWorkspace(root);
    expect(await work.put('01-doors', { 'door.yaml': 'ours' }, true)).toEqual([]);
    expect((await work.read('01-doors'))['door.yaml']?.text).toBe('mine');

    expect(await work.put('01-doors', { 'door.yaml': 'ours' }, false)).toEqual(['door.yaml.mine']);
    writeFileSync(join(root, '01-doors/door.yaml'), 'mine again');
    expect(await work.put('01-doors', { 'door.yaml': 'ours' }, false)).toEqual(['door.yaml.mine.2']);
    expect(readdirSync(join(root, '01-doors')).sort()).toEqual([
      'door.yaml',
      'door.yaml.mine',
      'door.yaml.mine.2',
    ]);
    expect(readFileSync(join(root, '01-doors/door.yaml.mine'), 'utf8')).toBe('mine');
    // What is the same already makes no copy.
    expect(await work.put('01-doors', { 'door.yaml': 'ours' }, false)).toEqual([]);
  });

  it("shows no editor's droppings and no folders", async () => {
    const root = folderWith({
      '01-doors/a.yaml': '1',
      '01-doors/.b.yaml.swp': '',
      '01-doors/.#c.yaml': '',
      '01-doors/a.yaml~': '',
      '01-doors/d.yml': '2',
    });
    mkdirSync(join(root, '01-doors/e.yaml'));
    expect(Object.keys(await openWorkspace(root).read('01-doors')).sort()).toEqual(['a.yaml', 'd.yml']);
  });

  it('that cannot be written is an error that names the file and the way out', async () => {
    const root = folderWith({ file: '' });
    await expect(
      openWorkspace(join(root, 'file')).put('01-doors', { 'a.yaml': '' }, true),
    ).rejects.toMatchObject({
      problem: {
        what: expect.stringContaining('a.yaml cannot be written'),
        next: [expect.stringContaining('--work DIR')],
      },
    });
  });
});

describe('watching the folder', () => {
  /** Resolves at the next report of a change. */
  async function watched(files: Record<string, string>) {
    const root = folderWith(files);
    const work = openWorkspace(root);
    let told = 0;
    let wake: () => void = () => {};
    stops.push(
      await work.watch('01-doors', () => {
        told++;
        wake();
      }),
    );
    const next = () => new Promise<void>(resolve => (wake = resolve));
    return { folder: join(root, '01-doors'), next, told: () => told };
  }

  it('tells of a file that was written, made, and deleted', async () => {
    const { folder, next } = await watched({ '01-doors/a.yaml': '1' });
    for (const change of [
      () => writeFileSync(join(folder, 'a.yaml'), '2'),
      () => writeFileSync(join(folder, 'b.yaml'), '1'),
      () => rmSync(join(folder, 'b.yaml')),
    ]) {
      const report = next();
      change();
      await report;
    }
  });

  it('tells once of an editor that writes a new file and moves it into place', async () => {
    const { folder, next, told } = await watched({ '01-doors/a.yaml': '1' });
    const report = next();
    writeFileSync(join(folder, '.a.yaml.swp'), 'x');
    renameSync(join(folder, 'a.yaml'), join(folder, 'a.yaml~'));
    writeFileSync(join(folder, '4913.tmp'), '2');
    renameSync(join(folder, '4913.tmp'), join(folder, 'a.yaml'));
    rmSync(join(folder, 'a.yaml~'));
    await report;
    expect(told()).toBe(1);
    expect(readFileSync(join(folder, 'a.yaml'), 'utf8')).toBe('2');
  });

  it('says nothing of other files', async () => {
    const { folder, next, told } = await watched({ '01-doors/a.yaml': '1' });
    const report = next();
    writeFileSync(join(folder, 'notes.txt'), 'x');
    writeFileSync(join(folder, 'a.yaml.mine'), 'x');
    writeFileSync(join(folder, 'a.yaml'), 'x');
    await report;
    expect(told()).toBe(1);
  });
});
