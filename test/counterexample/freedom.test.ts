import { describe, expect, it } from 'vitest';
import { isFree } from '../../src/counterexample/freedom.ts';
import type { Aspect, Difference } from '../../src/difference/types.ts';

const call = {
  ...{ scheme: 'http', host: 'api', port: 80, at: null, method: 'GET', path: '/', headers: {} },
} as const;
const differs = (aspect: Aspect, before: readonly unknown[], after: unknown) =>
  isFree({ call, aspect, before, after, decidedBy: [] } as unknown as Difference);

const out = (after5xx: number | null, time: number) => [{ after5xx, time }];
const shares = (first: number) => ({
  ...{
    kind: 'servers',
    to: [
      { share: first, servers: [['a']] },
      { share: 1 - first, servers: [['b']] },
    ],
  },
});

describe('a difference on paper', () => {
  it.each([
    ['one of several values on which right answers differ', [out(3, 30), out(3, 60)], out(3, 300), true],
    ['a value on which they agree', [out(3, 30), out(3, 60)], out(5, 30), false],
    ['one that some of them lack', [out(3, 30), out(null, 30)], out(9, 30), true],
    ['anything, where there is one right answer', [out(3, 30)], out(3, 60), false],
    ['something that does not apply', [out(3, 30), out(3, 60)], undefined, false],
    ['one more of a kind', [out(3, 30), out(3, 60)], [...out(3, 30), ...out(3, 30)], false],
  ])('is free or not: %s', (_, before, after, free) => {
    expect(differs('ejection', before, after)).toBe(free);
  });

  it('is free where it is a timeout, and right answers have several', () => {
    expect(differs('time', [{ timeout: 5 }, { timeout: null }], { timeout: 2.5 })).toBe(true);
    expect(differs('time', [{ timeout: 5 }], { timeout: 2.5 })).toBe(false);
  });

  it('is never free where right answers say different words', () => {
    const answers = [
      { kind: 'redirect', location: '/a' },
      { kind: 'redirect', location: '/b' },
    ];
    expect(differs('answer', answers, { kind: 'redirect', location: '/c' })).toBe(false);
  });

  it.each([
    [0.7, 0.703, true],
    [0.7, 0.72, false],
  ])('counts from one percent of calls: %s and %s', (right, mine, free) => {
    expect(differs('answer', [shares(right)], shares(mine))).toBe(free);
  });
});
