import { describe, expect, it } from 'vitest';
import { reduce } from '../../src/exam/reduce.ts';
import { leftOf, type Sitting, sittingOf, type Time } from '../../src/exam/sitting.ts';
import { examState, ListedWorld } from '../support/listed-world.ts';

const at = (ms: number): Time => ({ now: 1_700_000_000_000 + ms, monotonic: 5000 + ms });

/** An exam of one minute with one question that is ready; it has begun. */
function begun(): Sitting {
  const fresh = sittingOf(examState([new ListedWorld(1)], 1));
  const ready = reduce(fresh, { type: 'prepared', number: 1, applied: null });
  return reduce(ready, { type: 'began', time: at(0) });
}
const ticked = (sitting: Sitting, ms: number) => reduce(sitting, { type: 'ticked', time: at(ms) });

describe('an exam as data', () => {
  it('is not changed by what happens: what comes of it is another', () => {
    const before = begun();
    const kept = structuredClone(before);
    ticked(reduce(before, { type: 'opened', at: 1 }), 300);
    expect(before).toEqual(kept);
  });

  it('cannot be paused once its time is over', () => {
    let sitting = begun();
    for (let ms = 1000; ms <= 61_000; ms += 1000) sitting = ticked(sitting, ms);
    expect([leftOf(sitting.state), sitting.notice]).toEqual([0, 'The time is over.']);
    const over = reduce(sitting, { type: 'ended', time: at(61_000) });
    expect(reduce(over, { type: 'paused', time: at(61_000) })).toBe(over);
    expect(reduce(over, { type: 'opened', at: 1 })).toBe(over);
  });

  it('counts a machine that slept as a pause, and nothing twice', () => {
    const slept = ticked(ticked(begun(), 1000), 3_601_000);
    expect(slept.state.worked).toBe(1000);
    expect(slept.state.pauses).toEqual([{ at: 1, seconds: 3600, why: 'asleep' }]);
    expect(ticked(slept, 3_602_000).state.worked).toBe(2000);
  });

  it('keeps what it knows of a question when a look at it brings nothing', () => {
    const look = { type: 'seen', number: 1, final: false } as const;
    const known = reduce(begun(), { ...look, seen: 'kind: Seen\n', applied: { 'a.yaml': 'a' } });
    const again = reduce(known, { ...look, seen: null, applied: null });
    expect(again.state.questions).toEqual(known.state.questions);
  });

  it('says that it cannot be saved until it can, and leaves other notices alone', () => {
    const full = reduce(begun(), { type: 'saved', failure: 'ENOSPC' });
    expect(full.notice).toBe('The exam could not be saved: ENOSPC');
    expect(reduce(full, { type: 'saved', failure: 'ENOSPC' })).toBe(full);
    expect(reduce(full, { type: 'saved', failure: null }).notice).toBeNull();
    const warned = { ...begun(), notice: '5 minutes left.' };
    expect(reduce(warned, { type: 'saved', failure: null })).toBe(warned);
  });
});
