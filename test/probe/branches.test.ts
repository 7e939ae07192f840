import { describe, expect, it } from 'vitest';
import { branchesOf } from '../../src/probe/branches.ts';
import { drawWalk, plainText } from '../../src/probe/draw-walk.ts';
import { sayWalk } from '../../src/probe/say-walk.ts';
import { walk } from '../../src/probe/walk.ts';
import { apiLine, evidence, logLine, transfer } from '../support/evidence.ts';
import { recorded } from './recorded.ts';

const all = new Map(recorded().map(one => [one.name, one.evidence]));

/** One call that was answered at its third try. */
function retried() {
  const answered = transfer({ api: { headers: { 'x-envoy-attempt-count': '3' } } });
  const lines = [503, 503, 200].map(status => apiLine('stable', { status }));
  return evidence([answered], [logLine(answered)], lines);
}

describe('where calls part', () => {
  it('is nowhere while all go one way', () => {
    for (const name of ['none#1', 'article-1#1', 'vs-retries-bad-on#1'])
      expect(branchesOf(all.get(name) as never)).toEqual([]);
  });

  it('is a split, the copies of calls, a full pool', () => {
    const said = (name: string) =>
      branchesOf(all.get(name) as never).map(({ kind, count, target }) => `${kind} ${count} ${target}`);
    expect(said('vs-weights-90-10#1')).toEqual(['answered 175 API stable', 'answered 25 API canary']);
    expect(said('vs-mirror-10#1')).toEqual(['answered 200 API stable', 'copy 14 API canary']);
    expect(said('dr-pool-overflow#1')).toEqual(['failed 7 503 UO', 'answered 3 API stable']);
  });

  it('is try after try of one call, each with its answer', () => {
    const drawn = plainText(drawWalk(walk(retried()), { columns: 76, ascii: false }));
    expect(drawn).toMatch(
      /┳━━ try 1 ━✗ API stable 503\n.*┣━━ try 2 ━✗ API stable 503\n.*┗━━ try 3 ━▶ API stable 200/,
    );
    expect(sayWalk(walk(retried()))).toContain(
      'try 3 of 3: API stable 200, by cluster outbound|80||api.safedata-zone.io',
    );
  });
});
