import { describe, expect, it } from 'vitest';
import { observe } from '../../src/counterexample/observation.ts';
import type { Evidence, Transfer } from '../../src/probe/evidence.ts';

const transfer = (code: number) =>
  ({ exit: 0, code, body: {}, redirectUrl: null, headers: {}, seconds: 0.1 }) as unknown as Transfer;

/** What calls showed that the sidecar answered with these statuses. */
function observed(codes: readonly number[]) {
  const evidence = { curl: { transfers: codes.map(transfer) }, api: { read: true, lines: [] } };
  return observe(evidence as unknown as Evidence, {
    watched: { request: [], response: [] },
    judging: { by: 'ends' },
  });
}

const times = (count: number, code: number) => Array.from({ length: count }, () => code);

describe('what calls show', () => {
  it.each([
    ['soon after', [503, ...times(3, 200), 503], false],
    ['long after', [503, ...times(12, 200), 503], true],
    ['never', [503, ...times(20, 200)], false],
    ['all the time', times(30, 503), false],
  ])('is that something is met again long after: %s', (_, codes, again) => {
    expect(observed(codes)?.again).toBe(again);
  });

  it('is nothing where a log was late', () => {
    const evidence = { curl: { transfers: [transfer(200)] }, api: { read: true, lines: [], missing: 1 } };
    expect(
      observe(evidence as unknown as Evidence, {
        watched: { request: [], response: [] },
        judging: { by: 'ends' },
      }),
    ).toBeNull();
  });
});
