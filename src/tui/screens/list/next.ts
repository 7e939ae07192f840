/** What to do next, in a line below the list. Pure. */
import type { LessonProgress } from '../../../lesson/state.ts';
import type { ExamFacts } from './exam-tab.ts';
import { nextOpen } from './find.ts';
import type { Tab } from './tabs.ts';

/** `at`: the row to go on with. Null: there is nothing to say yet. */
export function nextText(
  tab: Tab,
  rows: readonly LessonProgress[],
  at: number,
  exam: ExamFacts | null,
): string | null {
  if (tab === 'exam') return exam === null ? null : afterExam(exam);
  if (rows.length === 0 || tab === 'playground') return null;
  const next = rows[nextOpen(rows, at - 1) ?? -1];
  if (tab === 'lessons') {
    if (next === undefined) return 'next: the drills (tab), one thing to put right each; then an exam';
    return `next: lesson ${next.number}, step ${next.done + 1} of ${next.steps}. ${sumText(rows, 'steps')}`;
  }
  if (next === undefined) return 'next: an exam (tab): these tasks against a clock, without hints';
  return `next: drill ${next.id}. ${sumText(rows, 'drills')}${weakText(rows)}`;
}

function sumText(rows: readonly LessonProgress[], what: string): string {
  const sum = (of: (row: LessonProgress) => number) => rows.reduce((all, row) => all + of(row), 0);
  return `${sum(row => row.done)} of ${sum(row => row.steps)} ${what} done`;
}

/** The domain of which the smallest share is done, once anything is. */
function weakText(rows: readonly LessonProgress[]): string {
  const domains = [...new Set(rows.flatMap(({ drill }) => (drill === undefined ? [] : [drill.domain])))];
  const of = (domain: string) => rows.filter(({ drill }) => drill?.domain === domain);
  const done = (domain: string) => of(domain).filter(each => each.done >= each.steps).length;
  const [least] = domains
    .map(domain => ({ domain, done: done(domain), of: of(domain).length }))
    .sort((a, b) => a.done / a.of - b.done / b.of);
  if (least === undefined || domains.every(domain => done(domain) === 0)) return '';
  return `; least in ${least.domain}: ${least.done} of ${least.of}`;
}

function afterExam({ underWay, last }: ExamFacts): string {
  if (underWay !== null) return 'next: go on with it. istio-tutor exam --discard gives it up';
  if (last?.weakest == null) return 'next: begin one; its report says in which domain points were lost';
  return `next: drills of ${last.weakest}, where the last exam lost most (2, then / ${last.weakest})`;
}
