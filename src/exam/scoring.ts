/**
 * From verdicts to points. A check that passes gives its points; a guard gives none, and takes its points away when it
 * fails; a question never has fewer than none. One with a check that could not be made has no points yet, which is not
 * zero. Pure.
 */
import { DOMAINS } from '../course/drill-schema.ts';
import type { Check } from '../course/schema.ts';
import type { CheckResult, Verdict } from '../lesson/state.ts';
import { percentOf, WEIGHTS, weightedPercent } from './domain-weights.ts';
import type { CheckReport, ExamReport, QuestionReport } from './report-schema.ts';

/** What scoring needs of a check. */
type Scored = Pick<Check, 'id' | 'title' | 'guard' | 'points'>;

export function checkReports(checks: readonly Scored[], results: readonly CheckResult[]): CheckReport[] {
  return checks.map(check => {
    const { id, title, guard, points = 1 } = check;
    const verdict = results.find(each => each.id === id)?.verdict ?? { state: 'not-tried' as const };
    return { id, title, guard: guard === true, points, ...stateOf(verdict) };
  });
}

function stateOf(verdict: Verdict): Pick<CheckReport, 'state' | 'expected' | 'found' | 'why'> {
  if (verdict.state === 'not-tried') return { state: 'could-not-check', why: 'it was not tried' };
  if (verdict.state !== 'failed') return verdict;
  return { state: 'failed', expected: verdict.expected, found: verdict.found };
}

/** Points of a question; null when a check of it could not be made. */
export function pointsOf(checks: readonly CheckReport[]): number | null {
  if (checks.some(each => each.state === 'could-not-check')) return null;
  const sum = (of: readonly CheckReport[]) => of.reduce((total, each) => total + each.points, 0);
  const won = sum(checks.filter(each => !each.guard && each.state === 'passed'));
  const lost = sum(checks.filter(each => each.guard && each.state === 'failed'));
  return Math.max(0, won - lost);
}

export function pointsToWin(checks: readonly Pick<CheckReport, 'guard' | 'points'>[]): number {
  return checks.filter(each => !each.guard).reduce((total, each) => total + each.points, 0);
}

/** The score over all questions, and by domain. Percent has one digit after the point. */
export function scoreOf(
  questions: readonly QuestionReport[],
  passMark: number,
): Pick<ExamReport, 'percent' | 'passed' | 'domains' | 'weighted'> {
  const known = questions.filter(each => each.points !== null);
  const domains = DOMAINS.flatMap(domain => {
    const own = known.filter(each => each.domain === domain);
    const sum = total(own);
    return own.length === 0 ? [] : [{ domain, ...sum, percent: percentOf(sum), weight: WEIGHTS[domain] }];
  });
  if (known.length < questions.length || questions.length === 0)
    return { percent: null, passed: null, domains, weighted: null };
  const { points, of } = total(questions);
  const exact = (100 * points) / of;
  return {
    percent: Math.round(exact * 10) / 10,
    passed: exact >= passMark,
    domains,
    weighted: weightedPercent(domains),
  };
}

function total(questions: readonly QuestionReport[]): { points: number; of: number } {
  return {
    points: questions.reduce((sum, each) => sum + (each.points ?? 0), 0),
    of: questions.reduce((sum, each) => sum + each.of, 0),
  };
}
