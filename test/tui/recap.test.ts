import { expect, it } from 'vitest';
import type { Step } from '../../src/course/schema.ts';
import type { Recall } from '../../src/lesson/state.ts';
import { FRESH, lessonOf, scriptedEngine } from '../support/scripted-engine.ts';
import { startTui } from './harness.ts';

const QUESTION = (step: string, question: string): Recall['questions'][number] => ({
  ...{ lesson: 'doors', step, place: `lesson 1, step ${step}` },
  again: {
    question,
    options: [{ say: 'through', because: 'No door was opened for it.' }, { say: 'refused' }],
    announced: 2,
  },
});
const RECALL: Recall = {
  questions: [QUESTION('3', 'Port 8080?'), QUESTION('4', 'Port 9090?')],
  ...{ at: 0, answers: [] },
};
const STEPS: readonly Step[] = [{ id: 'recap', title: 'What you saw', kind: 'recap' }];

const recap = (recall: Recall) =>
  scriptedEngine({
    lesson: lessonOf(STEPS, { prose: { recap: { before: 'Once more.', after: 'That was it.' } } }),
    steps: { recap: { ...FRESH, recall } },
  });

it('asks one question after the other, and says what was wrong and where it was met', async () => {
  const engine = recap(RECALL);
  const tui = await startTui(engine);
  const first = await tui.until('1 of 2');
  expect(first).toContain('Port 8080?');
  expect(first).toContain("3  I don't know yet");
  expect(first).toContain('1-3 choose');
  expect(first).not.toContain('enter answer');
  expect(first).not.toContain('That was it.');
  tui.press('1');
  await tui.until('enter answer');
  tui.press('\r');
  await engine.whenAsked(1);
  expect(engine.asked).toEqual([['answer', 0]]);
  engine.step({ recall: { ...RECALL, answers: [0] } });
  const answered = await tui.until('No door was opened for it.');
  expect(answered).toContain('✗  1  through   (you said so)');
  expect(answered).toContain('✓  2  refused   (so it is)');
  expect(answered).toContain('You met this in lesson 1, step 3.');
  expect(answered).toContain('enter next question');
  engine.step({ recall: { ...RECALL, at: 1, answers: [0] } });
  const second = await tui.until('Port 9090?');
  expect(second).not.toContain('▸');
  engine.step({ phase: 'done', recall: { ...RECALL, at: 1, answers: [0, 1] } });
  expect(await tui.until('That was it.')).toContain('You knew 1 of 2.');
  const again = scriptedEngine({
    ...{ lesson: lessonOf(STEPS), at: 0 },
    steps: { recap: { ...FRESH, phase: 'done', known: { right: 3, asked: 5 } } },
  });
  await (await startTui(again)).until('You knew 3 of 5.');
});
