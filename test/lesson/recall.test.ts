import { afterEach, describe, expect, it } from 'vitest';
import type { Lesson } from '../../src/course/course.ts';
import type { Step } from '../../src/course/schema.ts';
import type { Prediction } from '../../src/lesson/prediction.ts';
import type { LessonRecord } from '../../src/lesson/progress.ts';
import { foreseenIn, isAtRecap, recalled, recallFor, trainingFor, weakIn } from '../../src/lesson/recall.ts';
import { disposeEngines, memoryEngine } from '../support/memory-engine.ts';
import { lessonOf } from '../support/scripted-engine.ts';
import { TINY } from '../support/tiny-course.ts';

afterEach(disposeEngines);

const predict = (id: string, topic?: string): Step => ({
  ...{ id, title: `Title of ${id}`, kind: 'predict', question: '?', call: { curl: ['http://catalog/'] } },
  ...{ options: [{ say: 'a' }, { say: 'b' }], announced: 1 },
  ...(topic === undefined ? {} : { topic }),
  again: { question: `${id} again?`, options: [{ say: 'a' }, { say: 'b' }], announced: 2 },
});
const lesson = (number: number, ...ids: string[]): Lesson =>
  lessonOf([...ids.map(id => predict(id)), { id: 'recap', title: 'Recap', kind: 'recap' }], {
    ...{ id: `lesson-${number}`, number },
  });
const made = (well: boolean, misses = well ? 0 : 1): Prediction => ({
  ...{ said: 'a', proven: 'a', foreseen: well, well, misses, when: '', evidence: null },
});
const record = (predictions: Record<string, Prediction>): LessonRecord => ({
  ...{ at: '', done: [], begun: [], predictions },
});
const stepsOf = (recall: ReturnType<typeof recallFor>) => recall.questions.map(each => each.step);

describe('a recap', () => {
  const first = lesson(1, 'a', 'b', 'c', 'd');
  const second = lesson(2, 'e', 'f', 'g', 'h');

  it('asks three of its lesson, what was missed first', () => {
    const records = { 'lesson-1': record({ a: made(true), b: made(true), c: made(true), d: made(false) }) };
    const recall = recallFor([first, second], first, id => records[id as keyof typeof records]);
    expect(stepsOf(recall)).toEqual(['d', 'a', 'b']);
    expect(recall.questions[0]).toMatchObject({ place: 'step 4', again: { question: 'd again?' } });
  });

  it('brings back two that an earlier lesson left, the most often missed first', () => {
    const records: Record<string, LessonRecord> = {
      'lesson-1': record({ a: made(false), b: made(false, 3), c: made(false, 2), d: made(true, 5) }),
    };
    const recall = recallFor([first, second], second, id => records[id]);
    expect(stepsOf(recall)).toEqual(['e', 'f', 'g', 'b', 'c']);
    expect(recall.questions[3]?.place).toBe('lesson 1, step 2');
    // Nothing of a lesson that comes later.
    expect(stepsOf(recallFor([first, second], first, id => records[id]))).toEqual(['a', 'b', 'c']);
  });

  it('leaves what is known now in peace, and what is missed again stays', () => {
    expect(recalled(made(false), true)).toMatchObject({ well: true, misses: 1, foreseen: false });
    expect(recalled(made(true), false)).toMatchObject({ well: false, misses: 1, foreseen: true });
    const records = { 'lesson-1': record({ a: recalled(made(false), true) }) };
    const recall = recallFor([first, second], second, id => records[id as keyof typeof records]);
    expect(stepsOf(recall)).toEqual(['e', 'f', 'g']);
  });
});

it('counts what was foreseen, and names what is weak by its topic', () => {
  const of = { steps: [predict('a', 'who looks it up'), predict('b'), predict('c')] };
  const kept = record({ a: made(false), b: made(false), gone: made(true) });
  expect(foreseenIn(of, kept)).toEqual({ right: 0, asked: 2 });
  expect(weakIn(of, kept)).toEqual(['who looks it up', 'Title of b']);
  expect(foreseenIn(of, undefined)).toEqual({ right: 0, asked: 0 });
});

it('knows which drills train what is weak, the most often missed first, and when only the recap is left', () => {
  const drilled = (id: string, drill: string): Step => ({
    ...(predict(id, `topic ${id}`) as Step & { kind: 'predict' }),
    drill,
  });
  const steps = [drilled('a', 'one'), drilled('b', 'two'), drilled('c', 'three'), predict('d')];
  const kept = record({ a: made(false), b: made(false, 3), c: made(true), d: made(false) });
  expect(trainingFor({ steps }, kept)).toEqual([
    { drill: 'two', topic: 'topic b', misses: 3 },
    { drill: 'one', topic: 'topic a', misses: 1 },
  ]);
  const whole = lesson(1, 'a', 'b');
  expect(isAtRecap(whole, { ...kept, done: ['a', 'b'] })).toBe(true);
  expect(isAtRecap(whole, { ...kept, done: ['a'] })).toBe(false);
  expect(isAtRecap(whole, { ...kept, done: ['a', 'b', 'recap'] })).toBe(false);
});

/** The tiny course with a recap at its end, which asks for the one prediction, if there is a word on it. */
const withRecap = (again: string) => ({
  '01-doors/lesson.yaml': `${TINY['01-doors/lesson.yaml']?.replace('announced: 2\n', `announced: 2\n${again}`)}
  - {id: recap, title: What you saw, kind: recap}
`,
  '01-doors/lesson.md': `${TINY['01-doors/lesson.md']}
## What you saw {#recap}
Once more.
## What you saw {#recap-after}
Doors.
`,
});
const AGAIN = `    topic: a host without an entry
    again:
      question: And pay.example-pay.io, which no entry names either?
      options: [{say: "502"}, {say: "200", because: It is as unknown as the other one.}]
      announced: 1
`;

describe('in the engine', () => {
  it('a prediction is there again after a restart, counted, and asked again in the recap', async () => {
    const first = await memoryEngine({ files: withRecap(AGAIN) });
    await first.engine.open('doors', 'guess');
    await first.engine.answer(null);
    expect(first.snapshot().lessons[0]).toMatchObject({
      foreseen: { right: 0, asked: 1 },
      weak: ['a host without an entry'],
    });
    const { engine, snapshot, step } = await memoryEngine({ root: first.root, files: withRecap(AGAIN) });
    expect(snapshot().lessons[0]?.foreseen).toEqual({ right: 0, asked: 1 });
    await engine.open('doors', 'guess');
    expect(step('guess')).toMatchObject({ phase: 'done', said: null, proven: 1, probe: { own: false } });
    // Sent again, it is not answered again.
    await engine.probe();
    expect(snapshot().lessons[0]?.foreseen).toEqual({ right: 0, asked: 1 });

    await engine.open('doors', 'recap');
    expect(step('recap').recall?.questions).toMatchObject([{ step: 'guess', place: 'step 2' }]);
    await engine.advance();
    expect(step('recap').phase).toBe('todo');
    await engine.answer(0);
    expect(snapshot().lessons[0]?.weak).toEqual([]);
    await engine.advance();
    expect(step('recap').phase).toBe('done');
    await engine.dispose();
    const later = await memoryEngine({ root: first.root, files: withRecap(AGAIN), reading: true });
    await later.engine.open('doors', 'recap');
    expect(later.step('recap')).toMatchObject({ phase: 'done', known: { right: 1, asked: 1 } });
  });

  it('a recap is asked and answered without a cluster as well, and nothing is kept of it', async () => {
    const { engine, step, snapshot } = await memoryEngine({ reading: true, files: withRecap(AGAIN) });
    await engine.open('doors', 'recap');
    await engine.advance();
    expect(step('recap').phase).toBe('todo');
    await engine.answer(1);
    await engine.advance();
    expect(step('recap')).toMatchObject({ phase: 'done', recall: { answers: [1] } });
    expect(snapshot().lessons[0]?.foreseen.asked).toBe(0);
  });

  it('a recap with nothing to ask is done when it is reached', async () => {
    const { engine, step } = await memoryEngine({ files: withRecap('') });
    await engine.open('doors', 'recap');
    expect(step('recap').phase).toBe('done');
  });
});
