import { expect, it } from 'vitest';
import { lintManifests } from '../../src/author/lint-manifests.ts';
import type { Lesson } from '../../src/course/course.ts';
import { loadDrills } from '../../src/course/load-drill.ts';
import type { StepOf } from '../../src/course/schema.ts';
import { packageFile } from '../../src/shared/paths.ts';

const [drill] = await loadDrills(packageFile('lessons'), { unchecked: true });
const lesson = drill?.lesson as Lesson;
const fix = lesson.steps[0] as StepOf<'fix'>;

/** The drill with a file in which one text is another. */
function broken(path: string, text: string, by: string): Lesson {
  const files = { ...lesson.files, [path]: (lesson.files[path] ?? '').replace(text, by) };
  return { ...lesson, folder: '/c/drills/one-door', files };
}

it('finds nothing in what is right', () => {
  expect(lintManifests(lesson)).toEqual([]);
});

it.each([
  [
    'an unknown field',
    'resolution:',
    'resolutoin:',
    'strict decoding error: unknown field "spec.resolutoin"',
  ],
  [
    'a value that the schema does not know',
    'resolution: DNS',
    'resolution: DSN',
    'spec.resolution: Unsupported value: "DSN"',
  ],
  ['what only Istio refuses', 'protocol: HTTPS', 'protocol: HTTPSX', 'unsupported protocol: HTTPSX'],
])('says file, line and words of %s', (_, text, by, words) => {
  const [path = ''] = fix.solution;
  const at = (lesson.files[path] ?? '').split('\n').findIndex(line => line.includes(text)) + 1;
  const found = lintManifests(broken(path, text, by));
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ file: `/c/drills/one-door/${path}`, line: at });
  expect(found[0]?.what).toContain(words);
});

it('leaves a near-miss alone: the API may catch it', () => {
  const [path = ''] = fix.nearMisses?.[0]?.files ?? [];
  expect(lintManifests(broken(path, 'resolution:', 'resolutoin:'))).toEqual([]);
});
