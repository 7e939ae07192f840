import { describe, expect, it } from 'vitest';
import { type Change, changesOf } from '../../scripts/fuzz/differences/change.ts';
import { pairOf } from '../../scripts/fuzz/differences/pair.ts';
import { judge, type Verdict } from '../../scripts/fuzz/differences/verdict.ts';
import { findDifferences } from '../../src/difference/find.ts';
import { withRegexes } from '../../src/envoy/regex-work.ts';

// Generated meshes with one changed field each, held against calls made by force and against Envoy's own JSON
// (scripts/fuzz/differences). More of them: npm run fuzz:differences.
// Meshes whose changes show in calls of every kind, plain and far.
const MESHES = [1, 9, 12, 20, 24];

const changes = (each: number): Change[] => MESHES.flatMap(at => changesOf('dev', at, each));

const words = ({ change, matters }: Verdict) =>
  `${change.id} ${change.what}: ${matters?.call.host} ${matters?.paths.join(', ')}`;

/** On its own it takes a tenth of it. */
const SLOW = { timeout: 120_000 };

describe('generated meshes with one changed field', SLOW, () => {
  it('show a call for each change that matters, and none for one that does not', async () => {
    const verdicts: Verdict[] = [];
    for (const each of changes(3)) verdicts.push(await withRegexes(() => judge(each)));
    const matter = verdicts.filter(each => each.matters !== null);
    const missed = matter.filter(each => each.found.length === 0);
    expect(matter.length).toBeGreaterThan(3);
    expect(verdicts.length - matter.length).toBeGreaterThan(3);
    expect(verdicts.filter(each => each.falseOnes.length > 0).map(words)).toEqual([]);
    expect(missed.map(words)).toEqual([]);
  });

  it('are told in the same words whenever they are asked', async () => {
    const answers = (each: Change) => {
      const { before, after, around } = pairOf(each);
      return withRegexes(() => findDifferences([before], after, around, { whole: true }));
    };
    for (const each of changes(2)) {
      expect(JSON.stringify(await answers(each))).toBe(JSON.stringify(await answers(each)));
    }
  });

  it('show one call a reason', async () => {
    for (const each of changes(2)) {
      const { before, after, around } = pairOf(each);
      const found = await withRegexes(() => findDifferences([before], after, around, { whole: true }));
      const reasons = found.map(({ call: { scheme, host, port }, aspect, ...values }) =>
        JSON.stringify([scheme, host, port, aspect, values.before, values.after]),
      );
      expect(new Set(reasons).size).toBe(reasons.length);
    }
  });
});
