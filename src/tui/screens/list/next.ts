/** What to do next, in a line below the list. Pure. */
import type { LessonProgress, Study } from '../../../lesson/state.ts';
import type { ExamFacts } from './exam-tab.ts';
import { nextOpen } from './find.ts';
import type { Tab } from './tabs.ts';

export interface NextInput {
  readonly tab: Tab;
  readonly rows: readonly LessonProgress[];
  /** The row to go on with. */
  readonly at: number;
  readonly study?: Study | undefined;
  readonly exam: ExamFacts | null;
  /** Columns that the line may take. */
  readonly room: number;
}

/**
 * The line; null: there is nothing to say yet. What it suggests in the lessons, by the first rule that holds:
 *
 * 1. A lesson counts as mostly missed when it is done, or only its recap is not, and more than half of the predictions
 *    made in it were not right at the last answer; a recap that asks again and gets the right one counts as that.
 *    Of several, the one with the greatest share comes first.
 * 2. Of such a lesson, its recap if that is open: it asks for what was missed.
 * 3. Else the drill that trains what was missed most often in it, if there is one that is not solved.
 * 4. Else the next lesson that is not done; else the drills.
 *
 * In the drills: the one that was begun; else the first unsolved one that trains what was missed in the lessons; else the
 * next that is not solved; else an exam. Whatever is suggested, topics that are weak are named as far as there is room.
 */
export function nextText(input: NextInput): string | null {
  const { tab, rows, exam } = input;
  if (tab === 'exam') return exam === null ? null : afterExam(exam);
  if (rows.length === 0 || tab === 'playground') return null;
  return tab === 'lessons' ? afterLessons(input) : afterDrills(input);
}

function afterLessons({ rows, at, study, room }: NextInput): string {
  const next = rows[nextOpen(rows, at - 1) ?? -1];
  const go =
    againText(rows, study) ??
    (next === undefined
      ? 'next: the drills (tab), one thing to put right each; then an exam'
      : `next: lesson ${next.number}, step ${next.done + 1} of ${next.steps}`);
  const topics = [...new Set(rows.flatMap(row => row.weak))];
  if (topics.length > 0) return `${go}. ${topicsText(topics, room - go.length - 2)}`;
  return next === undefined ? go : `${go}. ${sumText(rows, 'steps')}`;
}

/** Rules 1 to 3; null: none of them holds. */
function againText(rows: readonly LessonProgress[], study: Study | undefined): string | null {
  const share = ({ weak, foreseen }: LessonProgress) => weak.length / foreseen.asked;
  const missed = rows
    .filter(row => (row.onlyRecap || row.done >= row.steps) && row.foreseen.asked > 0 && share(row) > 1 / 2)
    .sort((a, b) => share(b) - share(a));
  for (const row of missed) {
    const why = `lesson ${row.number}, where you missed ${row.weak.length} of ${row.foreseen.asked}`;
    if (row.onlyRecap) return `next: the recap of ${why}`;
    const drill = row.drills.find(each => !study?.solved.includes(each));
    if (drill !== undefined) return `next: drill ${drill}, for ${why}`;
  }
  return null;
}

/** As many as there is room for, one at least. */
export function topicsText(topics: readonly string[], room: number): string {
  const text = (named: number) => {
    const more = topics.length - named;
    return `Weak: ${[...topics.slice(0, named), ...(more > 0 ? [`${more} more`] : [])].join('; ')}`;
  };
  const fitting = topics.map((_, i) => topics.length - i).find(named => text(named).length <= room);
  return text(fitting ?? 1);
}

function afterDrills({ rows, at, study }: NextInput): string {
  const next = rows[nextOpen(rows, at - 1) ?? -1];
  if (next === undefined) return 'next: an exam (tab): these tasks against a clock, without hints';
  const trains = study?.missed.find(({ drill }) => drill === next.id);
  if (trains !== undefined) return `next: drill ${next.id}, which trains what you missed: ${trains.topic}`;
  return `next: drill ${next.id}. ${sumText(rows, 'drills')}${leastText(rows)}`;
}

function sumText(rows: readonly LessonProgress[], what: string): string {
  const sum = (of: (row: LessonProgress) => number) => rows.reduce((all, row) => all + of(row), 0);
  return `${sum(row => row.done)} of ${sum(row => row.steps)} ${what} done`;
}

/** The domain of which the smallest share is done, once anything is. */
function leastText(rows: readonly LessonProgress[]): string {
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
