import { readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';

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
