import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Exam } from '../../src/exam/exam.ts';
import { clockText, tick, warningBetween } from '../../src/exam/exam-clock.ts';
import type { ExamDeps } from '../../src/exam/exam-deps.ts';
import type { ExamState } from '../../src/exam/exam-state.ts';
import { examState, ListedWorld, NOTHING_BESIDE } from '../support/listed-world.ts';

function examOf(
  count: number,
  {
    minutes = 30,
    state,
    watch,
  }: {
    watch?: NonNullable<ExamDeps['fleeting']>['watch'];
    minutes?: number;
    state?: Partial<ExamState>;
  } = {},
) {
  vi.useFakeTimers({ now: Date.parse('2026-11-28T10:00:00Z') });
  const worlds = Array.from({ length: count }, (_, i) => new ListedWorld(i + 1));
  const saves: ExamState[] = [];
  const time = { monotonic: 0 };
  const disk = { full: false };
  const deps: ExamDeps = {
    ...{ worlds, provider: 'memory', now: Date.now, monotonic: () => time.monotonic },
    async save(saved) {
      if (disk.full) throw new Error('ENOSPC: no space left on device');
      saves.push(saved);
    },
    ...{ atOnce: 2, ahead: 2, beside: NOTHING_BESIDE },
    ...(watch === undefined ? {} : { fleeting: { watch, all: async () => [] } }),
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
  return { exam, worlds, saves, pass, time, disk };
}

describe('the clock of an exam', () => {
  it('adds up a monotonic time, and takes a machine that slept for a pause', () => {
    expect(tick(null, 5, true)).toEqual({ worked: 0, slept: 0 });
    expect(tick(5, 305, true)).toEqual({ worked: 300, slept: 0 });
    expect(tick(305, 3_600_305, true)).toEqual({ worked: 0, slept: 3_600_000 });
    expect(tick(3_600_305, 3_600_605, false)).toEqual({ worked: 0, slept: 0 });
    expect(tick(3_600_605, 3_600_555, true)).toEqual({ worked: 0, slept: 0 });
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

describe('what a candidate does', () => {
  it('is kept at once, in whichever question kubectl did it', async () => {
    let changed: (namespace: string | null) => void = () => {};
    const { exam, worlds, saves, pass } = examOf(3, { watch: onChange => (changed = onChange) });
    await exam.begin();
    await exam.open(1);
    await pass(500);
    const third = worlds[2] as ListedWorld;
    third.seen = 'kind: Answer\n';
    changed('exam-3');
    await pass(250);
    expect(saves.at(-1)?.questions[2]?.seen).toBe('kind: Answer\n');
  });

  it('is kept when the exam is left, in every question, though nobody told of it', async () => {
    const { exam, worlds, saves } = examOf(15, { watch: () => {} });
    await exam.begin();
    await vi.waitFor(() =>
      expect(exam.getSnapshot().questions.every(each => each.ready === 'ready')).toBe(true),
    );
    for (const each of worlds) each.seen = `kind: Answer${each.number}\n`;
    await exam.dispose();
    expect(saves.at(-1)?.questions.map(each => each.seen)).toEqual(
      worlds.map(each => `kind: Answer${each.number}\n`),
    );
  });

  it('in a file of a question that is not open is applied, and remembered as applied', async () => {
    const { exam, worlds, saves, pass } = examOf(2);
    await exam.begin();
    await exam.open(1);
    const second = worlds[1] as ListedWorld;
    second.files = { 'api.yaml': 'kind: VirtualService\n' };
    second.onSaved?.();
    await pass(250);
    expect(second.asked).toContain('apply');
    expect(saves.at(-1)?.questions[1]?.applied).toEqual(second.files);
  });

  it('after the end counts for nothing, neither then nor when it is graded again', async () => {
    const { exam, worlds } = examOf(2);
    const [first] = worlds as [ListedWorld, ListedWorld];
    await exam.begin();
    first.files = { 'api.yaml': 'as it was at the end\n' };
    first.grading = () => {
      first.seen = 'kind: AfterTheEnd\n';
      throw new Error('the cluster is gone');
    };
    await exam.end();
    const open = exam.getSnapshot().report?.questions[0];
    expect(open).toMatchObject({ points: null, solution: '', explanation: '', answer: 'kind: Seen1\n' });
    first.files = { 'api.yaml': 'the solution\n' };
    first.grading = () => ({ state: 'failed', expected: 'a', found: 'b' });
    await exam.recheck();
    expect(first.graded).toBe('kind: Seen1\n');
    expect(exam.getSnapshot().state.questions[0]?.files).toEqual({ 'api.yaml': 'as it was at the end\n' });
    const graded = exam.getSnapshot().report?.questions[0];
    expect(graded).toMatchObject({ points: 0, solution: 'kind: Right\n', answer: 'kind: Seen1\n' });
    expect(graded?.explanation).not.toBe('');
  });

  it('is graded by the next start where the grading was killed', async () => {
    const { exam, saves, worlds } = examOf(2);
    let open = () => {};
    await exam.begin();
    (worlds[0] as ListedWorld).settling = new Promise(resolve => (open = resolve));
    const ended = exam.end();
    await vi.waitFor(() => expect(saves.at(-1)?.ended).toBeDefined());
    const killed = saves.at(-1) as ExamState;
    open();
    await ended;
    const again = examOf(2, { state: killed });
    await again.exam.recheck();
    const { report, state } = again.exam.getSnapshot();
    expect(report).toMatchObject({ percent: 100, ended: killed.ended });
    expect(state.pauses).toEqual([]);
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

  it('says when it cannot be saved, goes on, and tries again', async () => {
    const { exam, pass, saves, disk } = examOf(2);
    disk.full = true;
    await exam.begin();
    await pass(2000);
    expect(exam.getSnapshot().notice).toBe('The exam could not be saved: ENOSPC: no space left on device');
    expect(exam.getSnapshot().phase).toBe('running');
    disk.full = false;
    await pass(2000);
    expect(exam.getSnapshot().notice).toBeNull();
    expect(saves.at(-1)?.worked).toBeGreaterThan(2000);
  });

  it('knows at its end that it is not saved, and can still be', async () => {
    const { exam, saves, disk } = examOf(2);
    await exam.begin();
    exam.flag(1);
    disk.full = true;
    await exam.dispose();
    expect(exam.unsaved?.message).toBe('ENOSPC: no space left on device');
    disk.full = false;
    await exam.saveAgain();
    expect(exam.unsaved).toBeNull();
    expect(saves.at(-1)?.questions[0]?.flagged).toBe(true);
  });
});
