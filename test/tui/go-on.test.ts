import { expect, it } from 'vitest';
import type { LessonProgress } from '../../src/lesson/state.ts';
import { goOnAt } from '../../src/tui/screens/list/state.ts';

function list(...done: number[]): LessonProgress[] {
  return done.map((count, at) => ({
    ...{ id: `lesson-${at + 1}`, number: at + 1, title: `Lesson ${at + 1}` },
    ...{
      minutes: 5,
      steps: 3,
      done: count,
      foreseen: { right: 0, asked: 0 },
      weak: [],
      drills: [],
      onlyRecap: false,
      summary: '',
    },
  }));
}

it('begins with the first lesson', () => {
  expect(goOnAt({ lessons: list(0, 0, 0), last: null })).toBe(0);
});

it('goes on with the lesson that was open last', () => {
  expect(goOnAt({ lessons: list(0, 0, 1), last: 'lesson-3' })).toBe(2);
});

it('goes on with the next one when that is done, and passes over what is done already', () => {
  expect(goOnAt({ lessons: list(3, 3, 0), last: 'lesson-1' })).toBe(2);
});

it('stays when nothing is left behind it', () => {
  expect(goOnAt({ lessons: list(0, 3, 3), last: 'lesson-3' })).toBe(2);
});

it('begins anew when the course has lost the lesson', () => {
  expect(goOnAt({ lessons: list(1, 0, 0), last: 'gone' })).toBe(0);
});
