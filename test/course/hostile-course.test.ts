import { describe, expect, it } from 'vitest';
import { loadCourse } from '../../src/course/load.ts';
import { TutorError } from '../../src/shared/errors.ts';
import { TRICKS, writeHostile } from '../support/hostile-course.ts';
import { folderWith } from '../support/tiny-course.ts';

/** What is said of a course, with its folder cut off. */
async function said(folder: string): Promise<string> {
  try {
    await loadCourse(folder);
  } catch (error) {
    if (!(error instanceof TutorError)) throw error;
    const { what, why } = error.problem;
    return `${what} ${why ?? ''}`.replaceAll(`${folder}/`, '');
  }
  return 'It is read.';
}

describe('a course of somebody else', () => {
  it('that keeps to the lab is read', async () => {
    expect(await said(writeHostile(folderWith({})))).toBe('It is read.');
  });

  it.each(TRICKS.map(trick => [trick.name, trick] as const))(
    'is refused whole: %s',
    async (_, trick) => {
      expect(await said(writeHostile(folderWith({}), trick))).toMatch(trick.says);
    },
    5000,
  );
});
