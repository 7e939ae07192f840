import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { loadCourse } from '../../src/course/load.ts';
import { parseManifest } from '../../src/course/manifest.ts';
import { endLines, timeText } from '../../src/lesson/course-end.ts';
import { habitsPage } from '../../src/lesson/habits.ts';
import { disposeEngines, memoryEngine } from '../support/memory-engine.ts';
import { entry, TINY } from '../support/tiny-course.ts';

afterEach(disposeEngines);

const FILES = {
  'course.yaml': `${TINY['course.yaml']}takeHome: [home/door.yaml]\n`,
  'home/door.yaml': `# to keep\n${entry([443, 80])}`,
};

async function toTheEnd(files: Readonly<Record<string, string>>) {
  const made = await memoryEngine({ files });
  const { engine } = made;
  await engine.open('doors', 'guess');
  await engine.answer(0);
  await engine.reset();
  await engine.answer(0);
  for (const id of ['hello', 'open', 'look', 'after']) {
    await engine.open('doors', id);
    await engine.advance();
  }
  await engine.open('doors', 'repair');
  await engine.solution();
  await engine.open('doors', 'after');
  await engine.advance();
  return made;
}

describe('the end of a course', () => {
  it('says what was done, foreseen and missed, and writes what there is to take home', async () => {
    const { engine, snapshot, root } = await toTheEnd(FILES);
    const { ending } = snapshot();
    expect(ending).toMatchObject({
      ...{ lessons: { done: 1, of: 1 }, steps: { done: 6, of: 6 }, repairs: 1 },
      ...{ foreseen: { right: 0, asked: 1 }, missedTwice: ['A guess'], drill: null },
    });
    const home = join(root, 'work/take-home');
    expect(ending?.takeHome).toBe(home);
    expect(readFileSync(join(home, 'door.yaml'), 'utf8')).toBe(FILES['home/door.yaml']);
    expect(readFileSync(join(home, 'habits.md'), 'utf8')).toContain('# Tiny: flags, exit codes, habits');
    const text = endLines(ending ?? (undefined as never), '~/take-home')
      .flat()
      .join('\n');
    expect(text).toContain('1 of 1 lessons, 6 of 6 steps, 1 repair');
    expect(text).toContain('A guess.');
    expect(text).toContain('In ~/take-home lie the manifests put right');
    engine.close();
    expect(snapshot().ending).toBeNull();
  });

  it('comes with the lesson that completes it, whichever that is', async () => {
    const gate = TINY['01-doors/lesson.yaml']
      ?.replace('id: doors', 'id: gates')
      .replace('title: Doors', 'title: Gates');
    const second = Object.fromEntries(
      Object.entries(TINY).flatMap(([path, text]) =>
        path.startsWith('01-doors/') ? [[path.replace('01-doors', '02-gates'), text]] : [],
      ),
    );
    const files = {
      ...second,
      'course.yaml': TINY['course.yaml']?.replace('[01-doors]', '[01-doors, 02-gates]') ?? '',
      '02-gates/lesson.yaml': gate ?? '',
    };
    const { engine, snapshot } = await memoryEngine({ files });
    const through = async (id: string) => {
      await engine.open(id, 'hello');
      while (snapshot().lesson !== null) {
        const { lesson, at, steps } = snapshot();
        const step = lesson?.steps[at];
        if (step?.kind === 'predict' && steps[step.id]?.phase !== 'done') await engine.answer(1);
        else if (step?.kind === 'fix' && steps[step.id]?.phase !== 'done') await engine.solution();
        else await engine.advance();
      }
    };
    await through('gates');
    expect(snapshot()).toMatchObject({ ending: null, notice: 'Lesson 2 is done. Lesson 1 still to do.' });
    await through('doors');
    expect(snapshot().ending).toMatchObject({ lessons: { done: 2, of: 2 }, steps: { done: 12, of: 12 } });
    engine.close();
    // Read once more, only the last lesson leads here again.
    await through('doors');
    expect(snapshot().ending).toBeNull();
    await through('gates');
    expect(snapshot().ending).not.toBeNull();
  });

  it('writes nothing where a course has nothing to take home', async () => {
    const { snapshot, root } = await toTheEnd({});
    expect(snapshot().ending).toMatchObject({ takeHome: null });
    expect(existsSync(join(root, 'work/take-home'))).toBe(false);
  });

  it('tells time as people do', () => {
    expect([41 * 60, 3 * 3600 + 130].map(timeText)).toEqual(['41 min', '3 h 02 min']);
  });
});

describe("this course's take-home folder", () => {
  it('has what its lessons prove, in the same order, with comments', async () => {
    const { takeHome = {}, lessons } = await loadCourse('lessons');
    const objectsOf = (texts: readonly string[]) =>
      texts.flatMap(text => parseManifest(text, 'a file').map(({ object }) => object));
    const filesOf = (id: string, ...paths: string[]) => {
      const files = lessons.find(each => each.id === id)?.files ?? {};
      return objectsOf(paths.map(path => files[path] ?? ''));
    };
    expect(objectsOf([takeHome['external-api.yaml'] ?? ''])).toEqual(
      filesOf('virtual-service', 'solution/own-feet.yaml'),
    );
    expect(objectsOf([takeHome['mirror.yaml'] ?? ''])).toEqual(
      filesOf(
        'mirroring',
        'solution/external-api-entry.yaml',
        'solution/external-api-rule.yaml',
        'manifests/mirrored-traffic-api.yaml',
      ),
    );
    for (const text of Object.values(takeHome)) expect(text.match(/# /g)?.length).toBeGreaterThan(5);
  });

  it('has a page with the flags and exit codes of the course, where they were met, and its habits', async () => {
    const page = habitsPage(await loadCourse('lessons'));
    for (const flag of ['UH', 'UF', 'URX', 'UO', 'NR', 'NC', 'UT', 'DC', 'DI'])
      expect(page).toMatch(
        new RegExp(`^\\| \`${flag}\` \\| \\w+ \\| .+\\. \\| lesson \\d, step \\d+ \\|$`, 'm'),
      );
    for (const exit of [6, 28, 35])
      expect(page).toMatch(new RegExp(`^\\| ${exit} \\| .+\\. \\| lesson \\d, step \\d+ \\|$`, 'm'));
    // What only a wrong answer names was not met: exit 6 is one in lesson 1.
    expect(page).toMatch(/^\| 6 \| .+ \| lesson 2, step 13 \|$/m);
    expect(page.match(/^### \d\. /gm)).toHaveLength(8);
    expect(page).toContain('- A `ServiceEntry` opens a door for one host **and port**.');
  });
});
