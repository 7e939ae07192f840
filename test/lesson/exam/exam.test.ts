import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Exam } from '../../../src/lesson/exam/exam.ts';
import { clockText, ExamClock, warningBetween } from '../../../src/lesson/exam/exam-clock.ts';
import type { ExamDeps } from '../../../src/lesson/exam/exam-deps.ts';
import type { ExamState } from '../../../src/lesson/exam/exam-state.ts';
import { examState, ListedWorld, NOTHING_BESIDE } from '../../support/listed-world.ts';

function examOf(
  count: number,
  { minutes = 30, state }: { minutes?: number; state?: Partial<ExamState> } = {},
) {
  vi.useFakeTimers({ now: Date.parse('2026-11-28T10:00:00Z') });
  const worlds = Array.from({ length: count }, (_, i) => new ListedWorld(i + 1));
  const saves: ExamState[] = [];
  const time = { monotonic: 0 };
  const deps: ExamDeps = {
    ...{ worlds, provider: 'memory', now: Date.now, monotonic: () => time.monotonic },
    save: async saved => void saves.push(saved),
    ...{ atOnce: 2, ahead: 2, beside: NOTHING_BESIDE },
  };
  const exam = new Exam(deps, { ...examState(worlds, minutes), ...state });
  onTestFinished(async () => {
    await exam.dispose();
    vi.useRealTimers();
  });
  /** Lets so much time pass on every clock. */
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= 250) {
      time.monotonic += 250;
      await vi.advanceTimersByTimeAsync(250);
    }
  };
  return { exam, worlds, saves, pass, time };
}

describe('the clock of an exam', () => {
  it('adds up a monotonic time, and takes a machine that slept for a pause', () => {
    let now = 5;
    const clock = new ExamClock(() => now);
    expect(clock.tick(true)).toEqual({ worked: 0, slept: 0 });
    now += 300;
    expect(clock.tick(true)).toEqual({ worked: 300, slept: 0 });
    now += 3_600_000;
    expect(clock.tick(true)).toEqual({ worked: 0, slept: 3_600_000 });
    now += 300;
    expect(clock.tick(false)).toEqual({ worked: 0, slept: 0 });
    now -= 50;
    expect(clock.tick(true)).toEqual({ worked: 0, slept: 0 });
  });

  it('warns at 15, 5 and 1 minutes, once each', () => {
    expect(warningBetween(15 * 60_000 + 1, 15 * 60_000)).toBe(15);
    expect(warningBetween(15 * 60_000, 15 * 60_000 - 250)).toBeNull();
    expect(warningBetween(60_100, 59_900)).toBe(1);
  });

  it('is read as people read one', () => {
    expect([clockText(7_139_001), clockText(61_000), clockText(0)]).toEqual(['1:59:00', '1:01', '0:00']);
  });
});

describe('an exam', () => {
  it('runs when two questions are ready, and makes the rest behind', async () => {
    const { exam, worlds, pass } = examOf(4);
    let open = () => {};
    for (const world of worlds.slice(2)) world.gate = new Promise(resolve => (open = resolve));
    expect(exam.getSnapshot().phase).toBe('preparing');
    await exam.begin();
    const { phase, questions } = exam.getSnapshot();
    expect([phase, questions.map(each => each.ready)]).toEqual([
      'running',
      ['ready', 'ready', 'preparing', 'preparing'],
    ]);
    open();
    await pass(250);
    expect(exam.getSnapshot().questions[3]?.ready).toBe('ready');
  });

  it('grades a question that was still being made when it was ended', async () => {
    const { exam, worlds } = examOf(3);
    let open = () => {};
    if (worlds[2]) worlds[2].gate = new Promise(resolve => (open = resolve));
    await exam.begin();
    const ended = exam.end();
    open();
    await ended;
    expect(worlds[2]?.asked).toEqual(['prepare false undefined', 'grade']);
    expect(exam.getSnapshot().report?.questions.map(each => each.points)).not.toContain(null);
  });

  it('stands while the open question is not ready, and says so in its pauses', async () => {
    const { exam, worlds, pass } = examOf(3);
    let open = () => {};
    if (worlds[2]) worlds[2].gate = new Promise(resolve => (open = resolve));
    await exam.begin();
    await pass(2000);
    expect(exam.getSnapshot().left).toBe(30 * 60_000 - 2000);
    await exam.open(3);
    await pass(5000);
    expect(exam.getSnapshot()).toMatchObject({ standing: true, left: 30 * 60_000 - 2000 });
    open();
    await pass(2000);
    const { left, standing, state } = exam.getSnapshot();
    expect(standing).toBe(false);
    expect(left).toBeLessThan(30 * 60_000 - 2000);
    expect(state.pauses).toEqual([{ at: 2, seconds: 5, why: 'not-ready' }]);
  });

  it('counts the time of each question, and the pauses that are asked for', async () => {
    const { exam, pass } = examOf(2);
    await exam.begin();
    await exam.open(1);
    await pass(3000);
    exam.pause();
    await pass(60_000);
    exam.resume();
    await exam.open(2);
    await pass(2000);
    const { questions, state } = exam.getSnapshot();
    expect(questions.map(each => each.worked)).toEqual([3000, 2000]);
    expect(state.pauses).toEqual([{ at: 3, seconds: 60, why: 'asked' }]);
  });

  it('goes on as it was saved: the time, the flags, what was seen; the gap is a pause', async () => {
    const { exam, saves, pass } = examOf(2);
    await exam.begin();
    await exam.open(1);
    exam.flag(2);
    await pass(4000);
    await exam.open(null);
    await exam.dispose();
    const last = saves.at(-1) as ExamState;
    const again = examOf(2, { state: { ...last, saved: '2026-11-28T09:00:00Z' } });
    await again.exam.begin();
    const { left, questions, state } = again.exam.getSnapshot();
    expect(left).toBe(30 * 60_000 - 4000);
    expect(questions.map(each => each.flagged)).toEqual([false, true]);
    expect(state.pauses).toEqual([{ at: 4, seconds: 3600, why: 'interrupted' }]);
    expect(again.worlds[0]?.asked).toEqual(['prepare true kind: Seen1\n']);
  });

  it('ends by itself when the time is over, and grades every question', async () => {
    const { exam, worlds, pass } = examOf(2, { minutes: 1 });
    if (worlds[1]) worlds[1].grading = () => ({ state: 'failed', expected: 'a', found: 'b' });
    await exam.begin();
    await pass(61_000);
    const { phase, report } = exam.getSnapshot();
    expect(phase).toBe('ended');
    expect(worlds.map(each => each.asked.includes('grade'))).toEqual([true, true]);
    expect(report).toMatchObject({ seconds: 60, questions: [{ answer: 'kind: Seen1\n' }, { points: 0 }] });
    expect(report?.questions[0]?.points).toBe(report?.questions[0]?.of);
  });

  it('scores nothing that could not be checked, and grades just that again', async () => {
    const { exam, worlds } = examOf(2);
    const [first, second] = worlds as [ListedWorld, ListedWorld];
    await exam.begin();
    first.grading = () => {
      throw new Error('the cluster is gone');
    };
    await exam.end();
    const { report } = exam.getSnapshot();
    expect(report).toMatchObject({
      percent: null,
      passed: null,
      questions: [{ points: null }, { points: second.drill.points }],
    });
    expect(report?.questions[0]?.checks[0]).toMatchObject({
      state: 'could-not-check',
      why: 'the cluster is gone',
    });
    first.grading = () => ({ state: 'passed', found: 'it' });
    const graded = second.asked.filter(each => each === 'grade').length;
    await exam.recheck();
    expect(exam.getSnapshot().report).toMatchObject({ percent: 100, passed: true });
    expect(second.asked.filter(each => each === 'grade').length).toBe(graded);
  });

  it('says when it cannot be saved, and goes on', async () => {
    const { exam, pass } = examOf(2);
    const deps = (exam as unknown as { deps: { save: unknown } }).deps;
    deps.save = async () => {
      throw new Error('ENOSPC: no space left on device');
    };
    await exam.begin();
    await pass(2000);
    expect(exam.getSnapshot().notice).toBe('The exam could not be saved: ENOSPC: no space left on device');
    expect(exam.getSnapshot().phase).toBe('running');
  });
});
