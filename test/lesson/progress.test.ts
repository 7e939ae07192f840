import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeLock } from '../../src/lesson/lock.ts';
import { openProgress } from '../../src/lesson/progress.ts';
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
      ...{ format: 1, last: 'doors' },
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
    ['broken', '{"format": 1, "lessons"', /not JSON/],
    [
      'of a newer istio-tutor',
      '{"format": 7, "lessons": {}}',
      /newer istio-tutor wrote it \(format 7; this one knows 1\)/,
    ],
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
    await store.put('doors', record);
    expect(store.trouble()).toBeNull();
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

  it.skipIf(process.getuid?.() === 0)('on a read-only disk is said to be so', async () => {
    const folder = folderWith({});
    chmodSync(folder, 0o500);
    const store = await openProgress(join(folder, 'progress.json'));
    await store.put('doors', record);
    expect(store.trouble()?.why).toContain('may not be read or written');
  });
});

describe('the lock', () => {
  it('tells the second who holds it, and is free again afterwards', async () => {
    const path = join(folderWith({}), 'course');
    const release = await takeLock(path);
    await expect(takeLock(path)).rejects.toMatchObject({
      problem: {
        what: 'Another istio-tutor is running with the same progress.',
        why: expect.stringMatching(new RegExp(`^It is process ${process.pid}, since \\d\\d:\\d\\d UTC\\.$`)),
      },
    });
    await release();
    await (await takeLock(path))();
  });

  it('of a killed process is taken over at once', async () => {
    const folder = folderWith({ 'course.lock/left': '' });
    const path = join(folder, 'course');
    // No process has this number: it is above the highest that Linux and macOS give.
    writeFileSync(`${path}.holder`, JSON.stringify({ pid: 2 ** 22 + 1, since: '2026-11-23T12:00:00Z' }));
    const release = await takeLock(path);
    expect(JSON.parse(readFileSync(`${path}.holder`, 'utf8')).pid).toBe(process.pid);
    await release();
  });

  it('where nothing can be written is no lock, and no error', async () => {
    await (await takeLock(join(folderWith({ file: '' }), 'file/course')))();
  });
});
