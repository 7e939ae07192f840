import { describe, expect, it } from 'vitest';
import { powerOf } from '../../src/author/power.ts';
import type { Check } from '../../src/course/schema.ts';
import { interval, probabilityWithin } from '../../src/lesson/checks/binomial.ts';

const check = (expect: Check['expect'], url = 'http://catalog/'): Check => ({
  ...{ id: 'a', title: 'a', call: { curl: [url] }, expect },
});

describe('what a check on a share tells apart', () => {
  it('is said for each share, with how often half as much and half as much again would pass', () => {
    const [canary, stable, ...more] = powerOf(
      check({ repeat: 1000, share: { canary: '20%', stable: '80%' } }),
    );
    expect(more).toEqual([]);
    const { low, high } = interval(1000, 0.2);
    expect(canary).toMatchObject({ server: 'canary', share: 0.2, calls: 1000, low, high });
    expect(canary?.passes.map(each => each.share)).toEqual([0.1, expect.closeTo(0.3)]);
    for (const each of canary?.passes ?? []) expect(each.probability).toBeLessThan(0.01);
    expect(stable?.passes.map(each => each.share)).toEqual([0.4, 0.99]);
  });

  it('counts calls that a numbered URL makes', () => {
    const [many] = powerOf(check({ share: { canary: '20%' } }, 'http://catalog/?n=[1-500]'));
    expect(many?.calls).toBe(500);
  });

  it('is little with few calls', () => {
    const [few] = powerOf(check({ repeat: 20, share: { canary: '20%' } }));
    expect(few?.passes[0]?.probability).toBeGreaterThan(0.5);
  });

  it('compares all and nothing with nearly so', () => {
    const found = powerOf(
      check({ repeat: 100, share: { canary: '0%', stable: '100%' }, mirrored: { pay: '50%' } }),
    );
    expect(Object.fromEntries(found.map(each => [each.server, each.passes.map(one => one.share)]))).toEqual({
      canary: [0.05],
      stable: [0.95],
      pay: [0.25, 0.75],
    });
    // 0.95 ** 100
    expect(found.find(each => each.server === 'stable')?.passes[0]?.probability).toBeCloseTo(0.005921, 6);
  });

  it('is nothing where one call is sent, or no share is asked for', () => {
    expect(powerOf(check({ share: { canary: '20%' } }))).toEqual([]);
    expect(powerOf(check({ repeat: 100, code: 200 }))).toEqual([]);
  });
});

describe('the probability of a count', () => {
  it.each([
    [2, 0.5, 1, 1, 0.5],
    [3, 0.5, 0, 3, 1],
    [10, 0.1, 0, 0, 0.3486784401],
    [4, 0.25, 3, 4, 0.05078125],
    [5, 0.3, 4, 3, 0],
    [5, 0, 0, 0, 1],
    [5, 0, 1, 5, 0],
    [5, 1, 5, 5, 1],
    [5, 1, 0, 4, 0],
  ])('of %i calls at %d, %i to %i', (n, p, low, high, expected) => {
    expect(probabilityWithin(n, p, low, high)).toBeCloseTo(expected, 10);
  });

  it('of a thousand calls stays a number', () => {
    const { low, high } = interval(5000, 0.2);
    expect(probabilityWithin(5000, 0.2, low, high)).toBeGreaterThan(1 - 2e-5);
  });
});
