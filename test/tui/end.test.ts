import { expect, it } from 'vitest';
import type { CourseEnd } from '../../src/lesson/state.ts';
import { progressOf, scriptedEngine } from '../support/scripted-engine.ts';
import { KEYS } from '../support/terminal.ts';
import { startTui } from './harness.ts';

const ENDING: CourseEnd = {
  ...{ lessons: { done: 8, of: 8 }, steps: { done: 124, of: 124 }, repairs: 11, seconds: 10_920 },
  foreseen: { right: 31, asked: 48 },
  missedTwice: ['who looks up the name', 'what portLevelSettings replace'],
  drill: { id: 'double-wrap', topic: 'TLS in TLS' },
  takeHome: '/work/take-home',
};

it('the end of the course', async () => {
  const engine = scriptedEngine({ lessons: progressOf(['Doors'], [[3, 3]]), ending: ENDING });
  engine.script.close = () => engine.set({ ending: null });
  const tui = await startTui(engine, { boot: { read: async () => engine } });
  expect(await tui.until('That was the course.')).toMatchInlineSnapshot(`
    " istio-tutor                                                   kind, Istio 1.31
     ──────────────────────────────────────────────────────────────────────────────
     That was the course.

     Done          8 of 8 lessons, 124 of 124 steps, 11 repairs, 3 h 02 min.

     Foreseen      31 of 48 predictions were right at the first answer.

     Missed twice  who looks up the name; what portLevelSettings replace.

     To take home  In /work/take-home lie the manifests put right, with comments,
                   and habits.md: every flag, exit code and habit that you met.

     Next          enter   drill double-wrap (you missed: TLS in TLS)
                   e       an exam: questions against a clock, with a score






     ──────────────────────────────────────────────────────────────────────────────
     enter drills   e exam   esc lessons   q quit"
  `);
  tui.press(KEYS.escape);
  await tui.until('[Lessons]');
  expect(engine.asked).toContainEqual(['close']);
});

it('leads to the drills, to the one that trains what was missed, and to the exam', async () => {
  const made = () => {
    const engine = scriptedEngine({ lessons: progressOf(['Doors'], [[3, 3]]), ending: ENDING });
    engine.script.close = () => engine.set({ ending: null });
    return engine;
  };
  const drills = scriptedEngine({
    lessons: progressOf(['Open one door', 'One layer too many']).map((row, at) => ({
      ...row,
      id: ['one-door', 'double-wrap'][at] ?? '',
    })),
    study: { solved: [], missed: [{ drill: 'double-wrap', topic: 'TLS in TLS' }] },
  });
  const start = async (engine = made()) => {
    const shelf = async (_: unknown, __: unknown, ___: unknown, which: string) =>
      which === 'drills' ? drills : engine;
    const tui = await startTui(engine, { boot: { read: async () => engine, connect: shelf } });
    await tui.until('That was the course.');
    await tui.until('kind, Istio');
    return tui;
  };
  const one = await start();
  one.press(KEYS.enter);
  const frame = await one.until('▸  2  One layer too many');
  expect(frame).toContain('[Drills]');
  expect(frame).toContain('next: drill double-wrap, which trains what you missed: TLS in TLS');
  const other = await start();
  other.press('e');
  expect(await other.until('Begin an exam')).toContain('[Exam]');
});

it('the list says what was foreseen of a lesson that was begun', async () => {
  const [first, second] = progressOf(['Doors', 'Gates']);
  if (first === undefined || second === undefined) throw new Error('two lessons');
  const lessons = [{ ...first, done: 8, foreseen: { right: 6, asked: 8 } }, second];
  const engine = scriptedEngine({ lessons });
  const tui = await startTui(engine, { boot: { read: async () => engine } });
  const frame = await tui.until('foreseen 6/8');
  expect(frame).toMatch(/Doors .* 8\/8 {2}foreseen 6\/8$/m);
  expect(frame).toMatch(/Gates .* 0\/8 +11 min$/m);
});
