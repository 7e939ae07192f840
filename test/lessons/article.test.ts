import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadCourse } from '../../src/course/load.ts';
import { fileChanges } from '../../src/lesson/file-changes.ts';

// The course applies the article's manifests word for word. test/fixtures/article holds them as published.

const root = resolve(import.meta.dirname, '../..');
const published = join(root, 'test/fixtures/article');
const lessons = join(root, 'lessons');

const ARTICLE = [
  { file: '1-service-entry.yaml', lesson: '02-service-entry', name: 'external-api-entry' },
  { file: '2-destination-rule.yaml', lesson: '03-destination-rule', name: 'external-api-rule' },
  { file: '3-virtual-service.yaml', lesson: '04-virtual-service', name: 'external-api-routing' },
  { file: '4-mirroring.yaml', lesson: '06-mirroring', name: 'mirrored-traffic-api' },
];

const everyManifest = readdirSync(lessons, { recursive: true, encoding: 'utf8' }).filter(path =>
  path.endsWith('.yaml'),
);

describe('the manifests of the article', () => {
  for (const { file, lesson, name } of ARTICLE) {
    const text = readFileSync(join(published, file), 'utf8');

    it(`${file} is applied by lesson ${lesson}, byte for byte`, () => {
      expect(text).toContain(`name: ${name}`);
      expect(readFileSync(join(lessons, lesson, 'manifests', `${name}.yaml`), 'utf8')).toBe(text);
      expect(readFileSync(join(lessons, lesson, 'lesson.yaml'), 'utf8')).toContain(`manifests/${name}.yaml`);
    });

    it(`${file} is the same wherever a lesson starts from it`, () => {
      const copies = everyManifest.filter(
        path => basename(path) === `${name}.yaml` && path.includes('/manifests/'),
      );
      expect(copies.length).toBeGreaterThan(0);
      for (const copy of copies) expect(readFileSync(join(lessons, copy), 'utf8'), copy).toBe(text);
    });
  }
});

/** What the screen marks in an apply step's manifest: the lines that are not as before. */
async function marksOf(id: string, step: string): Promise<string[]> {
  const { lessons: all } = await loadCourse(lessons);
  const lesson = all.find(each => each.id === id);
  const at = lesson?.steps.findIndex(each => each.id === step) ?? -1;
  const changes = lesson?.steps[at];
  if (lesson === undefined || changes?.kind !== 'apply') throw new Error(`no apply step ${id}/${step}`);
  const [file = ''] = changes.changes.flatMap(each => ('apply' in each ? [each.apply] : []));
  const lines = fileChanges(lesson, at, lesson.files[file] ?? '', 'mesh-network') ?? [];
  return lines.flatMap(({ kind, text }) =>
    kind === 'same' ? [] : [`${kind === 'added' ? '+' : '-'} ${text.trim()}`],
  );
}

describe('what the prose says of a manifest that is applied once more is what is marked in it', () => {
  it.each([
    { step: 'none', marks: ['- resolution: DNS', '+ resolution: NONE'] },
    { step: 'static', marks: ['- resolution: NONE', '+ resolution: STATIC'] },
  ])('one word in step $step of lesson 2', async ({ step, marks }) => {
    expect(await marksOf('service-entry', step)).toEqual(marks);
  });

  it("the article's entry, but for its hosts", () => {
    const manifest = (name: string) =>
      readFileSync(join(lessons, '02-service-entry/manifests', `${name}.yaml`), 'utf8');
    expect(manifest('entry-typo').replace('.oi', '.io')).toBe(manifest('external-api-entry'));
  });

  it("the mirror's rule without its percentage", async () => {
    const [step] = (await loadCourse(lessons)).lessons
      .filter(each => each.id === 'mirroring')
      .flatMap(({ steps }) =>
        steps.filter(
          each => each.kind === 'apply' && JSON.stringify(each.changes).includes('mirror-all.yaml'),
        ),
      );
    expect(await marksOf('mirroring', step?.id ?? '')).toEqual(['- mirrorPercentage:', '- value: 10.0']);
  });
});
