import { describe, expect, it } from 'vitest';
import { reduceExam } from '../../src/exam/reduce.ts';
import { type Sitting, sittingOf, type Time, timeLeft } from '../../src/exam/sitting.ts';
import { examState, ListedWorld } from '../support/listed-world.ts';

const at = (ms: number): Time => ({ now: 1_700_000_000_000 + ms, monotonic: 5000 + ms });

/** An exam of one minute with one question that is ready; it has begun. */
function begun(): Sitting {
  const fresh = sittingOf(examState([new ListedWorld(1)], 1));
  const ready = reduceExam(fresh, { type: 'prepared', number: 1, applied: null });
  return reduceExam(ready, { type: 'began', time: at(0) });
}
const ticked = (sitting: Sitting, ms: number) => reduceExam(sitting, { type: 'ticked', time: at(ms) });

describe('an exam as data', () => {
  it('is not changed by what happens: what comes of it is another', () => {
    const before = begun();
    const kept = structuredClone(before);
    ticked(reduceExam(before, { type: 'opened', at: 1 }), 300);
    expect(before).toEqual(kept);
  });

  it('cannot be paused once its time is over', () => {
    let sitting = begun();
    for (let ms = 1000; ms <= 61_000; ms += 1000) sitting = ticked(sitting, ms);
    expect([timeLeft(sitting.state), sitting.notice]).toEqual([0, 'The time is over.']);
    const over = reduceExam(sitting, { type: 'ended', time: at(61_000) });
    expect(reduceExam(over, { type: 'paused', time: at(61_000) })).toBe(over);
    expect(reduceExam(over, { type: 'opened', at: 1 })).toBe(over);
  });

  it('counts a machine that slept as a pause, and nothing twice', () => {
    const slept = ticked(ticked(begun(), 1000), 3_601_000);
    expect(slept.state.worked).toBe(1000);
    expect(slept.state.pauses).toEqual([{ at: 1, seconds: 3600, why: 'asleep' }]);
    expect(ticked(slept, 3_602_000).state.worked).toBe(2000);
  });

  describe('the time of a change by kubectl', () => {
    const look = { type: 'seen', applied: null, final: false } as const;
    /** Two questions that were looked at once, the first open, after so many seconds. */
    const secondsIn = (seconds: number, open: number | null = 1) => {
      const worlds = [1, 2].map(number => new ListedWorld(number));
      let sitting = sittingOf(examState(worlds, 60));
      for (const number of [1, 2]) {
        sitting = reduceExam(sitting, { type: 'prepared', number, applied: null });
        sitting = reduceExam(sitting, { ...look, number, seen: 'kind: Start\n' });
      }
      sitting = reduceExam(sitting, { type: 'began', time: at(0) });
      sitting = reduceExam(sitting, { type: 'opened', at: open });
      for (let s = 1; s <= seconds; s++) sitting = ticked(sitting, s * 1000);
      return sitting;
    };
    const changed = (sitting: Sitting, number: number, seen = 'kind: Answer\n') =>
      reduceExam(sitting, { ...look, number, seen });
    const worked = ({ state }: Sitting) => state.questions.map(each => each.worked / 1000);

    it("is the question's that was changed, and not the open one's", () => {
      const one = changed(secondsIn(60), 2);
      expect(worked(one)).toEqual([0, 60]);
      expect(one.state.worked).toBe(60_000);
      // And from the change on the open one's again, until the next.
      expect(worked(changed(ticked(one, 70_000), 1, 'kind: Mine\n'))).toEqual([10, 60]);
    });

    it('is counted where only the list was open', () => {
      expect(worked(changed(secondsIn(60, null), 2))).toEqual([0, 60]);
    });

    it('goes back to what was done before, and five minutes at most', () => {
      const acted = reduceExam(secondsIn(40), { type: 'acted' });
      expect(worked(changed(ticked(acted, 50_000), 2))).toEqual([40, 10]);
      expect(worked(changed(secondsIn(400), 2))).toEqual([100, 300]);
    });

    it('is not moved by a look that shows nothing new, nor by the first look at a world', () => {
      expect(worked(changed(secondsIn(60), 2, 'kind: Start\n'))).toEqual([60, 0]);
      const resumed = { ...secondsIn(60), worlds: {} };
      expect(worked(changed(resumed, 2))).toEqual([60, 0]);
    });
  });

  it('keeps what it knows of a question when a look at it brings nothing', () => {
    const look = { type: 'seen', number: 1, final: false } as const;
    const known = reduceExam(begun(), { ...look, seen: 'kind: Seen\n', applied: { 'a.yaml': 'a' } });
    const again = reduceExam(known, { ...look, seen: null, applied: null });
    expect(again.state.questions).toEqual(known.state.questions);
  });

  it('says that it cannot be saved until it can, and leaves other notices alone', () => {
    const full = reduceExam(begun(), { type: 'saved', failure: 'ENOSPC' });
    expect(full.notice).toBe('The exam could not be saved: ENOSPC');
    expect(reduceExam(full, { type: 'saved', failure: 'ENOSPC' })).toBe(full);
    expect(reduceExam(full, { type: 'saved', failure: null }).notice).toBeNull();
    const warned = { ...begun(), notice: '5 minutes left.' };
    expect(reduceExam(warned, { type: 'saved', failure: null })).toBe(warned);
  });
});
