import { cpSync, existsSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { courseOf } from '../../src/course/course-of.ts';
import { loadCourse } from '../../src/course/load.ts';
import { loadDrills } from '../../src/course/load-drill.ts';
import { courseProgress } from '../../src/lesson/course-progress.ts';
import { openProgress } from '../../src/lesson/progress.ts';
import { packageFile } from '../../src/shared/paths.ts';
import { disposeEngines, memoryEngine } from '../support/memory-engine.ts';
import { folderWith, TINY } from '../support/tiny-course.ts';

afterEach(disposeEngines);

const OURS = packageFile('lessons');
const record = (at: string, ...done: string[]) => ({ at, done, begun: [] });

/** What is kept for a course, opened anew as a later run would. */
async function progressOf(path: string, folder: string) {
  return courseProgress(await openProgress(path), await courseOf(folder));
}

describe('progress', () => {
  it('of a course and of its copy are two, whatever their lessons are called', async () => {
    const path = join(folderWith({}), 'progress.json');
    const [one, copy] = [folderWith(TINY), folderWith(TINY)];
    await (await progressOf(path, OURS)).put('blind-spot', record('both-doors', 'world'));
    await (await progressOf(path, one)).put('blind-spot', record('welt', 'hallo'));
    await (await progressOf(path, copy)).put('doors', record('guess', 'hello'));
    const ours = await progressOf(path, OURS);
    expect([ours.get('blind-spot'), ours.get('doors'), ours.last()]).toEqual([
      record('both-doors', 'world'),
      undefined,
      'blind-spot',
    ]);
    const first = await progressOf(path, one);
    expect([first.get('blind-spot'), first.get('doors'), first.last()]).toEqual([
      record('welt', 'hallo'),
      undefined,
      'blind-spot',
    ]);
    const second = await progressOf(path, copy);
    expect([second.get('blind-spot'), second.get('doors'), second.last()]).toEqual([
      undefined,
      record('guess', 'hello'),
      'doors',
    ]);
  });

  it("that a course had before courses were told apart is still its own, and ours is nobody else's", async () => {
    const lessons = { doors: record('guess', 'hello'), 'blind-spot': record('both-doors', 'world') };
    const old = JSON.stringify({ format: 1, last: 'doors', lessons });
    const path = join(folderWith({ 'progress.json': old }), 'progress.json');
    const another = await progressOf(path, folderWith(TINY));
    expect([another.get('doors'), another.get('blind-spot')]).toEqual([lessons.doors, undefined]);
    await another.put('doors', record('open', 'hello', 'guess'));
    expect(JSON.parse(readFileSync(path, 'utf8')).lessons).toMatchObject(lessons);
  });

  it('of a course goes with its folder, by whatever link it is opened', async () => {
    const path = join(folderWith({}), 'progress.json');
    const folder = folderWith(TINY);
    const link = join(folderWith({}), 'link');
    symlinkSync(folder, link);
    await (await progressOf(path, link)).put('doors', record('guess', 'hello'));
    expect((await progressOf(path, `${folder}/../${basename(folder)}`)).get('doors')?.at).toBe('guess');
    expect(await courseOf(OURS)).toBeNull();
  });

  it('keeps steps that this version of a lesson does not know', async () => {
    const root = folderWith({});
    const path = join(root, 'progress.json');
    const lessons = { doors: { at: 'guess', done: ['hello', 'willkommen'], begun: [] } };
    writeFileSync(path, JSON.stringify({ format: 1, last: null, lessons }));
    const { engine } = await memoryEngine({ root });
    await engine.open('doors');
    await engine.back();
    expect((await openProgress(path)).get('doors')?.done).toEqual(['hello', 'willkommen']);
    expect(engine.getSnapshot().lessons[0]).toMatchObject({ done: 1, steps: 6 });
  });
});

describe("a course's name among the learner's files", () => {
  it('is a plain one, and no two have the same', async () => {
    const root = realpathSync(folderWith({}));
    const odd = join(root, "it's $HOME; rm -rf ..");
    cpSync(folderWith(TINY), odd, { recursive: true });
    const folders = await Promise.all([odd, folderWith(TINY), folderWith(TINY)].map(courseOf));
    const names = folders.map(each => each?.folder ?? '');
    expect(new Set(names).size).toBe(3);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9_-]+-[0-9a-f]{8}$/);
    expect(existsSync(join(root, names[0] ?? ''))).toBe(false);
  });

  it('is needed for no lesson of ours: they are named for their folders', async () => {
    const [course, drills, another] = await Promise.all([
      loadCourse(OURS),
      loadDrills(OURS, { unchecked: true }),
      courseOf(folderWith(TINY)),
    ]);
    const ids = [...course.lessons, ...drills].map(each => each.id);
    expect(ids.filter(id => another?.isOurs(id) !== true)).toEqual([]);
  });
});
