import { describe, expect, it } from 'vitest';
import { isPlausible, type Judging, judge } from '../../src/counterexample/judge.ts';
import type { Observation } from '../../src/counterexample/observation.ts';

const seen = (more: Partial<Observation>): Observation => ({
  ...{ ends: { '200 from stable': 1 }, answered: { stable: 1 }, requests: { stable: 1 } },
  ...{ transfers: 1, tries: 0, again: false, succeeded: 1, seconds: 0 },
  ...more,
});
const many = (stable: number, canary: number) =>
  seen({ transfers: stable + canary, answered: { stable, canary }, requests: { stable, canary } });

describe('what traffic shows', () => {
  it('is nothing where right answers do not agree among themselves', () => {
    const [a, b, c] = ['200 from stable', '503 from the sidecar', '404 from the sidecar'].map(end =>
      seen({ ends: { [end]: 1 } }),
    ) as [Observation, Observation, Observation];
    expect(judge({ by: 'ends' }, [a, b], c)).toBeNull();
    expect(judge({ by: 'ends' }, [a, a], c)).toEqual({
      expected: '200 from stable',
      found: '404 from the sidecar',
    });
  });

  it.each([
    ['a fifth of 1000, a little off', 1000, 0.2, 232, false],
    ['a tenth', 1000, 0.2, 100, true],
    ['a sixth, where the calls are many', 5000, 0.2, 833, true],
    ['a sixth, where they are few', 200, 0.2, 33, false],
  ])('shares: %s', (_, n, share, canary, wrong) => {
    const judging: Judging = { by: 'shares', of: { canary: share, stable: 1 - share } };
    expect(judge(judging, [], many(n - canary, canary)) !== null).toBe(wrong);
  });

  it.each([
    ['one request more', 0, 4, true],
    ['one more, where chance may add one', 1, 4, false],
    ['two more', 1, 5, true],
  ])('requests: %s', (_, give, count, wrong) => {
    const three = seen({ requests: { stable: 3 } });
    expect(judge({ by: 'requests', give }, [three], seen({ requests: { stable: count } })) !== null).toBe(
      wrong,
    );
  });

  it('a server is asked again or is not, however often', () => {
    const pay = (again: boolean, count: number) => seen({ again, ends: { '200 from pay': count } });
    expect(judge({ by: 'return' }, [pay(true, 1)], pay(true, 9))).toBeNull();
    expect(judge({ by: 'return' }, [pay(true, 1)], pay(false, 1))).toEqual({
      expected: 'asked again by now; 200 from pay',
      found: 'not asked again by now; 200 from pay',
    });
  });

  it('requests: which of several servers saw them may be chance', () => {
    const split = (stable: number, canary: number) => seen({ requests: { stable, canary } });
    const judging = { by: 'requests', give: 0 } as const;
    expect(judge(judging, [split(3, 37)], split(37, 3))).not.toBeNull();
    expect(judge({ ...judging, whichever: true }, [split(3, 37)], split(37, 3))).toBeNull();
    expect(judge({ ...judging, whichever: true }, [split(3, 37)], split(36, 4))).not.toBeNull();
  });

  it('requests: tries that were refused count, though no server saw them', () => {
    expect(judge({ by: 'requests', give: 0 }, [seen({ tries: 43 })], seen({ tries: 44 }))).toEqual({
      expected: '1 at stable, 43 tries; 200 from stable',
      found: '1 at stable, 44 tries; 200 from stable',
    });
  });

  it('seconds are apart when somebody who waits would notice', () => {
    const waited = (seconds: number) => seen({ seconds });
    expect(judge({ by: 'seconds' }, [waited(2)], waited(2.3))).toBeNull();
    expect(judge({ by: 'seconds' }, [waited(2)], waited(3))).toEqual({
      expected: '200 from stable after 2.0 s',
      found: '200 from stable after 3.0 s',
    });
  });

  it('a pool may answer whatever its limits allow, and no more', () => {
    const judging: Judging = { by: 'answered', ranges: [{ low: 1, high: 3 }], mine: [{ low: 6, high: 6 }] };
    const answered = (stable: number) => seen({ transfers: 40, answered: { stable } });
    expect(judge(judging, [answered(2)], answered(3))).toBeNull();
    expect(judge(judging, [answered(2)], answered(6))).toEqual({
      expected: '1 to 3 of 40 at once answered',
      found: '6 answered',
    });
    // Where the right answer itself fell outside, the machine was too slow to tell.
    expect(judge(judging, [answered(5)], answered(6))).toBeNull();
    expect(isPlausible(judging, 'right', answered(3))).toBe(true);
    expect(isPlausible(judging, 'right', answered(5))).toBe(false);
    expect(isPlausible(judging, 'mine', answered(6))).toBe(true);
    expect(isPlausible(judging, 'mine', answered(7))).toBe(false);
  });
});
