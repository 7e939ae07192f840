import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { begin } from '../../src/author/new-lesson.ts';
import { folder, pipe, underFault, unreadable } from '../support/faults.ts';
import { folderWith } from '../support/tiny-course.ts';

const COURSE = '# mine\nformat: 1\ntitle: Mine\nistio: ["1.31"]\nlessons: [] # none yet\n';

it('many that are begun at once have each a number and a line of course.yaml', async () => {
  const course = join(folderWith({}), 'course');
  const names = ['ah', 'be', 'ce', 'de', 'eh'];
  const begun = await Promise.all(names.map(name => begin('lesson', name, course)));
  const { lessons } = parse(readFileSync(join(course, 'course.yaml'), 'utf8')) as { lessons: string[] };
  expect(lessons.map(each => each.slice(0, 2))).toEqual(['01', '02', '03', '04', '05']);
  expect(lessons.map(each => each.slice(3)).sort()).toEqual(names);
  expect(begun.map(({ folder }) => basename(folder)).sort()).toEqual(lessons);
  expect(readdirSync(course)).toEqual([...lessons, 'course.yaml']);
});

describe('a lesson that cannot be begun', () => {
  it.each([
    ['a folder', folder, 'is a folder'],
    ['a pipe', pipe, 'is a pipe, not a file'],
    ['what cannot be read', unreadable, 'leads back to itself'],
  ])('because course.yaml is %s writes nothing', async (_, lay, words) => {
    const course = folderWith({});
    lay(join(course, 'course.yaml'));
    await expect(begin('lesson', 'two-doors', course)).rejects.toMatchObject({
      problem: {
        what: expect.stringMatching(/course\.yaml cannot be read\.$/),
        why: expect.stringContaining(words),
        next: [expect.stringContaining('--course DIR')],
      },
    });
    expect(readdirSync(course)).toEqual(['course.yaml']);
    expect(lstatSync(join(course, 'course.yaml'))).toBeTruthy();
  });

  it.each([0, 1])('on a disk with room for %d blocks leaves the course as it was', async room => {
    const long = `${COURSE}${'# a comment of mine\n'.repeat(100)}`;
    const course = folderWith({ 'course.yaml': long });
    const code = `
      import { begin } from '../../src/author/new-lesson.ts';
      const error = await begin('lesson', 'two-doors', '.').catch(error => error);
      console.log(JSON.stringify(error.problem));`;
    expect(await underFault({ within: course, room }, code)).toMatchObject({
      what: expect.stringContaining('cannot be written.'),
      why: expect.stringContaining('Nothing is left of it.'),
    });
    expect(readdirSync(course)).toEqual(['course.yaml']);
    expect(readFileSync(join(course, 'course.yaml'), 'utf8')).toBe(long);
  });
});
