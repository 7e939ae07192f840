import { chmodSync, existsSync, lstatSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeProgressLock } from '../../src/lesson/lock.ts';
import { lookAtProgress, openProgress } from '../../src/lesson/progress.ts';
import { folder, pipe, underFault, unreadable } from '../support/faults.ts';
import { folderWith } from '../support/tiny-course.ts';

const record = { at: 'b', done: ['a'], begun: [] };

describe('progress', () => {
  it('is there again after a restart', async () => {
    const path = join(folderWith({}), 'deep/progress.json');
    const first = await openProgress(path);
    expect(first.get('doors')).toBeUndefined();
    await first.put('doors', record);
    const again = await openProgress(path);
    expect(again.get('doors')).toEqual(record);
    expect(again.last()).toBe('doors');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      ...{ format: 2, last: 'doors' },
      lessons: { doors: record },
    });
  });

  it('saves the last of many changes', async () => {
    const path = join(folderWith({}), 'progress.json');
    const store = await openProgress(path);
    await Promise.all(['a', 'b', 'c'].map(at => store.put('doors', { ...record, at })));
    expect((await openProgress(path)).get('doors')?.at).toBe('c');
  });

  it.each([
    ['opens', openProgress],
    ['looks at', lookAtProgress],
  ])('of a newer istio-tutor is left alone by whoever %s it, and said', async (_, open) => {
    const text = '{"format": 7, "lessons": {"doors": 1}}';
    const path = join(folderWith({ 'progress.json': text }), 'progress.json');
    const store = await open(path);
    expect(store.trouble()).toMatchObject({
      what: 'Your progress file is of a newer version.',
      why: 'A newer istio-tutor wrote it (format 7; this one knows 2).',
      next: expect.arrayContaining([
        expect.stringMatching(/^mv \S+progress\.json \S+progress\.json\.aside /),
      ]),
    });
    await store.put('doors', record);
    expect([readFileSync(path, 'utf8'), store.saves]).toEqual([text, false]);
    expect(existsSync(`${path}.aside`)).toBe(false);
  });

  it('that is broken stays where it is for whoever only looks at it', async () => {
    const path = join(folderWith({ 'progress.json': '{' }), 'progress.json');
    const store = await lookAtProgress(path);
    expect(store.trouble()?.next[0]).toContain('It stays as it is');
    expect([readFileSync(path, 'utf8'), existsSync(`${path}.aside`)]).toEqual(['{', false]);
  });

  it.each([
    ['broken', '{"format": 1, "lessons"', /not JSON/],
    ['something else', '{"format": 1, "lessons": {"doors": {"at": 3}}}', /lessons\.doors\.at/],
  ])('that is %s is moved aside whole, and said', async (_, text, why) => {
    const path = join(folderWith({ 'progress.json': text }), 'progress.json');
    const store = await openProgress(path);
    expect(store.get('doors')).toBeUndefined();
    expect(store.trouble()).toMatchObject({
      what: 'Your progress file could not be used.',
      why: expect.stringMatching(why),
    });
    expect(store.trouble()?.next[0]).toContain('progress.json.aside');
    expect(readFileSync(`${path}.aside`, 'utf8')).toBe(text);
    expect(existsSync(path)).toBe(false);
    // It is still to be read when the file is whole again, by whoever opens the lessons next in this process.
    await store.put('doors', record);
    expect((await openProgress(path, store)).trouble()).toBe(store.trouble());
    store.noted();
    expect(store.trouble()).toBeNull();
    expect((await openProgress(path, store)).trouble()).toBeNull();
  });

  it.each([
    ['a folder', folder, 'is a folder'],
    ['a pipe', pipe, 'is a pipe, not a file'],
    ['what cannot be read', unreadable, 'leads back to itself'],
  ])('where the file is %s nothing is saved, and that is said once', async (_, lay, words) => {
    const path = join(folderWith({}), 'progress.json');
    lay(path);
    const before = lstatSync(path);
    const store = await openProgress(path);
    expect(store.trouble()).toMatchObject({
      what: 'Your progress cannot be read.',
      why: expect.stringContaining(words),
      next: [expect.stringContaining('The file stays as it is'), expect.stringContaining('--state DIR')],
    });
    store.noted();
    await store.put('doors', record);
    expect(store.get('doors')).toEqual(record);
    expect(store.trouble()).toBeNull();
    expect(store.saves).toBe(false);
    expect((await openProgress(path, store)).trouble()).toBeNull();
    expect([lstatSync(path).mode, lstatSync(path).ino]).toEqual([before.mode, before.ino]);
  });

  it('that may not be read is left alone', async () => {
    const root = folderWith({ 'progress.json': 'of root' });
    chmodSync(join(root, 'progress.json'), 0o600);
    const code = `
      import { openProgress } from '../../src/lesson/progress.ts';
      const store = await openProgress('progress.json');
      await store.put('doors', { at: 'b', done: ['a'], begun: [] });
      console.log(JSON.stringify(store.trouble()));`;
    if (process.getuid?.() !== 0) chmodSync(join(root, 'progress.json'), 0);
    expect(await underFault({ within: root, asUser: true }, code)).toMatchObject({
      what: 'Your progress cannot be read.',
      why: 'progress.json may not be read or written.',
    });
    chmodSync(join(root, 'progress.json'), 0o600);
    expect(readFileSync(join(root, 'progress.json'), 'utf8')).toBe('of root');
  });

  it('is not saved by who has lost the lock to another', async () => {
    const path = join(folderWith({}), 'progress.json');
    let lost = false;
    const store = await openProgress(path, undefined, () => lost);
    await store.put('doors', record);
    lost = true;
    await store.put('doors', { ...record, at: 'z' });
    expect(store.trouble()?.why).toBe('Another istio-tutor has taken it over while this one stood still.');
    expect((await openProgress(path)).get('doors')).toEqual(record);
  });

  it('is not saved where its folder is gone with the lock, and nobody is said to have taken it over', async () => {
    const folder = join(folderWith({}), 'state');
    const path = join(folder, 'progress.json');
    const lock = await takeProgressLock(join(folder, 'lock'));
    const store = await openProgress(path, undefined, lock.isLost);
    rmSync(folder, { recursive: true });
    await store.put('doors', record);
    expect(store.trouble()?.why).toMatch(/state is gone: somebody has removed or moved it\.$/);
    expect(existsSync(folder)).toBe(false);
    await lock.release();
  });

  it('on a disk that is nearly full stays whole, and that is said once', async () => {
    const text = `{"format":1,"lessons":{"other":{"at":"x","done":["${'y'.repeat(2000)}"]}}}`;
    const path = join(folderWith({ 'progress.json': text }), 'progress.json');
    const code = `
      import { openProgress } from '../../src/lesson/progress.ts';
      const store = await openProgress('progress.json');
      const told = [];
      for (let i = 0; i < 2; i++) {
        await store.put('doors', { at: 'b', done: ['a'], begun: [] });
        told.push(store.trouble()?.what);
        store.noted();
      }
      console.log(JSON.stringify(told));`;
    const told = await underFault({ within: join(path, '..'), room: 2 }, code);
    expect(told).toEqual(['Your progress could not be saved.', null]);
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('never takes the place of what was moved aside before', async () => {
    const path = join(folderWith({ 'progress.json': 'two', 'progress.json.aside': 'one' }), 'progress.json');
    await openProgress(path);
    expect(readFileSync(`${path}.aside`, 'utf8')).toBe('one');
    expect(readFileSync(`${path}.aside-2`, 'utf8')).toBe('two');
  });

  it('that cannot be saved is said, and the lesson goes on', async () => {
    const folder = folderWith({ file: '' });
    // A file where the folder should be: nobody can write below it, root neither.
    const store = await openProgress(join(folder, 'file/progress.json'));
    await store.put('doors', record);
    expect(store.trouble()).toMatchObject({ what: 'Your progress could not be saved.' });
    expect(store.get('doors')).toEqual(record);
  });
});

describe('the lock', () => {
  it('tells the second who holds it, and is free again afterwards', async () => {
    const path = join(folderWith({}), 'course');
    const { release } = await takeProgressLock(path);
    await expect(takeProgressLock(path)).rejects.toMatchObject({
      problem: {
        what: 'Another istio-tutor is running with the same progress.',
        why: expect.stringMatching(
          new RegExp(`^It is process ${process.pid} \\(\`istio-tutor\`\\), since \\d\\d:\\d\\d UTC\\.$`),
        ),
      },
    });
    await release();
    await (await takeProgressLock(path)).release();
  });

  it('where nothing can be written is no lock, and no error', async () => {
    await (await takeProgressLock(join(folderWith({ file: '' }), 'file/course'))).release();
  });
});
