import { describe, expect, it } from 'vitest';
import { lintQuestions } from '../../src/author/lint-questions.ts';
import { loadCourse } from '../../src/course/load.ts';
import { loadDrills } from '../../src/course/load-drill.ts';
import type { Step, StepOf } from '../../src/course/schema.ts';

const options = [{ say: 'a', because: 'No.' }, { say: 'b' }];
const question = (more: Partial<StepOf<'predict'>> = {}): Step => ({
  ...{ id: 'q', title: 'Q', kind: 'predict', question: '?', call: { curl: ['http://catalog/'] } },
  ...{ options, announced: 2 },
  ...more,
});
const said = (steps: readonly Step[], drills: ReadonlySet<string> | null = null) =>
  lintQuestions(steps, drills).map(({ field, what }) => `${field.join('.')}: ${what}`);

describe('a question', () => {
  it('has a word on each wrong option, once more in its other dress', () => {
    expect(said([question()])).toEqual([]);
    const bare = [{ say: 'a' }, { say: 'b' }, { say: 'c', because: 'No.' }];
    const why = 'Who chooses option 1 is told that it is wrong, and not why: it has no `because`.';
    expect(said([question({ options: bare })])).toEqual([`steps.0.options.0: ${why}`]);
    const again = { question: '?', options: bare, announced: 2 };
    expect(said([question({ again })])).toEqual([`steps.0.again.options.0: ${why}`]);
  });

  it('leads to a drill that there is', () => {
    expect(said([question({ drill: 'x' })], new Set(['y']))).toEqual([
      'steps.0.drill: The course has no drill "x".',
    ]);
    expect(said([question({ drill: 'x' })], new Set(['x']))).toEqual([]);
  });
});

it('a recap has three questions to ask', () => {
  const recap: Step = { id: 'r', title: 'R', kind: 'recap' };
  const again = { question: '?', options, announced: 2 };
  const asked = [1, 2, 3].map(number => question({ id: `q${number}`, again }));
  expect(said([...asked, recap])).toEqual([]);
  expect(said([...asked.slice(1), recap])).toEqual([
    "steps.2: A recap asks 3 questions again, and of this lesson's 2 can be: they have `again`.",
  ]);
});

it('nothing is left to say on the lessons of this course, which end with a recap each', async () => {
  const [course, drills] = await Promise.all([loadCourse('lessons'), loadDrills('lessons')]);
  const ids = new Set(drills.map(each => each.id));
  expect(course.lessons.flatMap(each => said(each.steps, ids))).toEqual([]);
  expect(course.lessons.map(each => each.steps.at(-1)?.kind)).toEqual(course.lessons.map(() => 'recap'));
  const asked = course.lessons.flatMap(each => each.steps.filter(step => step.kind === 'predict'));
  expect(asked).toHaveLength(52);
  // Whatever was missed can come back.
  for (const { topic, again } of asked) expect([topic, again]).not.toContain(undefined);
});
