import { describe, expect, it } from 'vitest';
import { DOMAINS } from '../../src/course/drill-schema.ts';
import type { Check } from '../../src/course/schema.ts';
import { byLoss, WEIGHTS, weightedPercent } from '../../src/exam/domain-weights.ts';
import type { CheckReport, QuestionReport } from '../../src/exam/report-schema.ts';
import { checkReports, pointsOf, pointsToWin, scoreOf } from '../../src/exam/scoring.ts';

const check = (state: CheckReport['state'], points: number, guard = false): CheckReport => ({
  ...{ id: 'a', title: 'a', guard, points, state },
});
const question = (
  points: number | null,
  of: number,
  domain: QuestionReport['domain'] = 'tls',
): QuestionReport => ({
  ...{ number: 1, drill: 'd', title: 't', domain, level: 'easy', points, of, seconds: 0, flagged: false },
  ...{ checks: [], answer: '', solution: '', explanation: '' },
});

describe('points', () => {
  it('are partial, and a guard that fails takes its own away, never below nothing', () => {
    const [passed, failed] = [check('passed', 2), check('failed', 3)];
    expect(pointsOf([passed, failed, check('passed', 2, true)])).toBe(2);
    expect(pointsOf([passed, failed, check('failed', 1, true)])).toBe(1);
    expect(pointsOf([passed, failed, check('failed', 5, true)])).toBe(0);
    expect(pointsToWin([passed, failed, check('failed', 5, true)])).toBe(5);
  });

  it('are none, and not zero, where a check could not be made', () => {
    expect(pointsOf([check('passed', 2), check('could-not-check', 1)])).toBeNull();
  });

  it('of a check that was not tried are none either', () => {
    const checks = [{ id: 'a', title: 'A', points: 2 }] as unknown as Check[];
    const [report] = checkReports(checks, []);
    expect(report).toMatchObject({ state: 'could-not-check', points: 2, why: 'it was not tried' });
  });
});

describe('the score', () => {
  it('is over all points, by domain as well, and passes at the mark exactly', () => {
    const questions = [question(4, 4), question(2, 4, 'scope'), question(1, 2)];
    expect(scoreOf(questions, 70)).toEqual({
      ...{ percent: 70, passed: true, weighted: 67.8 },
      domains: [
        { domain: 'tls', points: 5, of: 6, percent: 83.3, weight: 16 },
        { domain: 'scope', points: 2, of: 4, percent: 50, weight: 14 },
      ],
    });
    expect(scoreOf(questions, 70.1).passed).toBe(false);
  });

  it('is rounded for reading only', () => {
    expect(scoreOf([question(2, 3)], 66.7)).toMatchObject({ percent: 66.7, passed: false });
  });

  it('is not given while a question could not be checked', () => {
    expect(scoreOf([question(4, 4), question(null, 4)], 10)).toMatchObject({ percent: null, passed: null });
    expect(scoreOf([question(4, 4), question(null, 4)], 10).domains).toEqual([
      { domain: 'tls', points: 4, of: 4, percent: 100, weight: 16 },
    ]);
    expect(scoreOf([question(4, 4), question(null, 4)], 10).weighted).toBeNull();
  });

  it('weighs each domain once, and all of them are the whole', () => {
    expect(Object.keys(WEIGHTS).sort()).toEqual([...DOMAINS].sort());
    expect(Object.values(WEIGHTS).reduce((sum, each) => sum + each)).toBe(100);
  });

  it('puts the domain first in which most is lost by weight, not the one with the lowest percent', () => {
    const lost = [
      { domain: 'scope', points: 0, of: 4 },
      { domain: 'routing', points: 8, of: 20 },
      { domain: 'tls', points: 4, of: 4 },
    ] as const;
    expect(byLoss(lost).map(each => each.domain)).toEqual(['routing', 'scope', 'tls']);
    expect(weightedPercent(lost)).toBe(46.7);
  });
});
