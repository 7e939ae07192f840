import { describe, expect, it } from 'vitest';
import { passageOf } from '../../src/course/article.ts';
import { loadCourse } from '../../src/course/load.ts';
import { UserError } from '../../src/shared/errors.ts';
import { folderWith, TINY } from '../support/tiny-course.ts';

const ARTICLE = `title: On doors
author: Somebody
link: https://example.com/doors
about: It is about doors.
passages:
  - {title: The first door, says: One door is enough., steps: [doors/guess, doors/open]}
`;
const withArticle = (text: string) =>
  loadCourse(
    folderWith({
      ...TINY,
      'course.yaml': `${TINY['course.yaml']}article: article.yaml\n`,
      'article.yaml': text,
    }),
  );
const complaint = async (text: string) => {
  try {
    await withArticle(text);
  } catch (error) {
    if (error instanceof UserError) return `${error.problem.what} ${error.problem.why}`;
  }
  return 'nothing';
};

describe("a course's article", () => {
  it('is introduced at its first passage, and is there at every step that quotes it', async () => {
    const [lesson] = (await withArticle(ARTICLE)).lessons;
    expect(lesson?.article).toMatchObject({ title: 'On doors', introducedAt: 'guess' });
    expect(passageOf(lesson?.article, 'open')).toMatchObject({
      says: 'One door is enough.',
      shownAt: 'guess',
    });
    expect(passageOf(lesson?.article, 'look')).toBeUndefined();
  });

  it('names steps that there are, with file and line where not', async () => {
    expect(await complaint(ARTICLE.replace('doors/open', 'doors/opne'))).toMatch(
      /article\.yaml:6:\d+ passages\[0\]\.steps\[1\]: There is no step "doors\/opne" in this course\./,
    );
    expect(await complaint(ARTICLE.replace('https:', 'http:'))).toContain('link');
  });

  it('of ours is introduced in lesson 2, and each of its manifests stands beside its passage', async () => {
    const { lessons } = await loadCourse('lessons');
    expect(lessons.flatMap(each => each.article?.introducedAt ?? [])).toEqual(['entry']);
    const manifests = ['register', 'rule', 'routing', 'beside'];
    const passages = lessons.flatMap(({ article, steps }) =>
      steps.flatMap(({ id }) => (manifests.includes(id) ? [passageOf(article, id)] : [])),
    );
    expect(passages.map(each => each?.drawing !== undefined)).toEqual([true, true, true, true]);
    for (const each of lessons.flatMap(({ article }) => article?.passages ?? []))
      for (const line of each.drawing?.split('\n') ?? []) expect(line.length).toBeLessThanOrEqual(60);
  });
});
