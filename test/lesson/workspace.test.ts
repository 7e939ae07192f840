import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openWorkspace } from '../../src/lesson/workspace.ts';
import { folder, pipe, underFault, unreadable } from '../support/faults.ts';
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

  it.each([
    ['is no text', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0, 0xff]), 'It is not text in UTF-8.'],
    ['is too large', 'a'.repeat(5 * 1024 * 1024), 'It is larger than the 4 MiB that are read.'],
  ])('says of a file that %s that it cannot be read, and shows nothing of it', async (_, content, why) => {
    const root = folderWith({ '01-doors/a.yaml': '1' });
    writeFileSync(join(root, '01-doors/b.yaml'), content);
    await expect(openWorkspace(root).read('01-doors')).rejects.toMatchObject({
      problem: { what: expect.stringContaining('b.yaml cannot be read, so it stays as it is.'), why },
    });
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

describe("what lies where a lesson's file would", () => {
  it.each([
    ['a folder', folder, 'is a folder'],
    ['a pipe', pipe, 'is a pipe, not a file'],
    ['a link to nowhere', (path: string) => symlinkSync('/nowhere/x', path), 'a symbolic link to /nowhere/x'],
    ['what cannot be read', unreadable, 'leads back to itself'],
  ])('%s: that is said, and nothing is written', async (_, lay, words) => {
    const root = folderWith({ '01-doors/manifests/a.yaml': 'a' });
    const work = openWorkspace(root);
    lay(join(root, '01-doors/b.yaml'));
    lay(join(root, '01-doors/manifests/b.yaml'));
    const files = { 'a.yaml': 'ours', 'b.yaml': 'ours' };
    const tries = [
      () => work.put('01-doors', files, false),
      () => work.put('01-doors', files, true),
      () => work.putGiven('01-doors', files),
    ];
    for (const one of tries) {
      await expect(one()).rejects.toMatchObject({
        problem: {
          what: expect.stringContaining('b.yaml cannot be read, so it stays as it is.'),
          why: expect.stringContaining(words),
          next: [expect.stringContaining('mv '), expect.stringContaining('--work DIR')],
        },
      });
    }
    expect(readdirSync(join(root, '01-doors')).sort()).toEqual(['b.yaml', 'manifests']);
    expect(readFileSync(join(root, '01-doors/manifests/a.yaml'), 'utf8')).toBe('a');
  });

  it('a file that cannot be read is not taken for one that was deleted; a pipe hangs nobody', async () => {
    const root = folderWith({ '01-doors/a.yaml': 'a' });
    pipe(join(root, '01-doors/b.yaml'));
    const work = openWorkspace(root);
    expect(Object.keys(await work.read('01-doors'))).toEqual(['a.yaml']);
    unreadable(join(root, '01-doors/c.yaml'));
    await expect(work.read('01-doors')).rejects.toMatchObject({
      problem: { what: expect.stringContaining('c.yaml cannot be read') },
    });
  });

  it('a link is kept as a link, and its target as it is', async () => {
    const root = folderWith({ mine: 'mine', '01-doors/x': '' });
    symlinkSync('../mine', join(root, '01-doors/a.yaml'));
    const work = openWorkspace(root);
    expect(await work.put('01-doors', { 'a.yaml': 'ours' }, true)).toEqual([]);
    expect(await work.put('01-doors', { 'a.yaml': 'ours' }, false)).toEqual(['a.yaml.mine']);
    expect(lstatSync(join(root, '01-doors/a.yaml.mine')).isSymbolicLink()).toBe(true);
    expect(readFileSync(join(root, 'mine'), 'utf8')).toBe('mine');
    expect(readFileSync(join(root, '01-doors/a.yaml'), 'utf8')).toBe('ours');
  });

  it('on a full disk stays where it is, and that is said', async () => {
    const root = folderWith({ '01-doors/a.yaml': 'mine' });
    const code = `
      import { openWorkspace } from '../../src/lesson/workspace.ts';
      const files = { 'a.yaml': 'ours', 'b.yaml': 'ours' };
      const error = await openWorkspace('.').put('01-doors', files, false).catch(error => error);
      console.log(JSON.stringify(error.problem));`;
    expect(await underFault({ within: root, room: 0 }, code)).toMatchObject({
      what: expect.stringContaining('a.yaml cannot be written.'),
      why: expect.stringMatching(/may not grow any larger .* Your files are as they were\.$/),
    });
    expect(readdirSync(join(root, '01-doors'))).toEqual(['a.yaml']);
    expect(readFileSync(join(root, '01-doors/a.yaml'), 'utf8')).toBe('mine');
  });
});

describe("the lesson's own manifests", () => {
  it('that the learner has changed are kept, and those of another world are not', async () => {
    const root = folderWith({});
    const work = openWorkspace(root);
    const path = join(root, '01-doors/manifests/a.yaml');
    const put = (text: string) => work.putGiven('01-doors', { 'a.yaml': text });
    expect(await put('address: 10.0.0.1')).toEqual([]);
    expect(await put('address: 10.0.0.2')).toEqual([]);
    writeFileSync(path, 'address: 10.0.0.2 # and a line of mine');
    expect(await put('address: 10.0.0.2')).toEqual(['manifests/a.yaml.mine']);
    expect(readFileSync(path, 'utf8')).toBe('address: 10.0.0.2');
    expect(readFileSync(`${path}.mine`, 'utf8')).toContain('a line of mine');
    expect(await put('address: 10.0.0.3')).toEqual([]);
  });

  it('that nobody knows to be ours are kept', async () => {
    const root = folderWith({ '01-doors/manifests/a.yaml': 'from an earlier version, or mine' });
    const work = openWorkspace(root);
    expect(await work.putGiven('01-doors', { 'a.yaml': 'ours' })).toEqual(['manifests/a.yaml.mine']);
  });
});

describe('watching the folder', () => {
  /** Resolves at the next report of a change. */
  async function watched(files: Record<string, string>, lay: (folder: string) => void = () => {}) {
    const root = folderWith(files);
    lay(join(root, '01-doors'));
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

  it('goes on where many files cannot be read, and none of them ends the program', async () => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown) => unheard.push(reason);
    process.on('unhandledRejection', hear);
    const { folder, next } = await watched({ '01-doors/a.yaml': '1' }, path => {
      for (let i = 0; i < 40; i++) unreadable(join(path, `${i}.yaml`));
    });
    const report = next();
    writeFileSync(join(folder, 'a.yaml'), '2');
    await report;
    process.off('unhandledRejection', hear);
    expect(unheard).toEqual([]);
  });

  const another: readonly (readonly [string, (folder: string) => void])[] = [
    ['was removed and made again', folder => rmSync(folder, { recursive: true })],
    ['was moved away and another took its name', folder => renameSync(folder, `${folder}.old`)],
  ];
  it.each(another)('goes on where the folder %s', async (_, remove) => {
    const { folder, next } = await watched({ '01-doors/a.yaml': '1' });
    remove(folder);
    let report = next();
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.yaml'), '2');
    await report;
    report = next();
    writeFileSync(join(folder, 'a.yaml'), '3');
    await report;
  });

  it('goes on where a link took the place of the folder, and was led elsewhere', async () => {
    const { folder, next } = await watched({ '01-doors/a.yaml': '1', 'b/a.yaml': '2', 'c/a.yaml': '3' });
    rmSync(folder, { recursive: true });
    for (const target of ['b', 'c']) {
      const led = next();
      rmSync(folder, { force: true });
      symlinkSync(target, folder);
      await led;
      const report = next();
      writeFileSync(join(folder, 'a.yaml'), 'saved');
      await report;
    }
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
