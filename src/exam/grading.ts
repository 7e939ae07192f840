/** What a question's world is to an exam, how a question is graded, and the report on all of them. */
import type { Drill } from '../course/course.ts';
import type { Check } from '../course/schema.ts';
import type { KubeObject } from '../kube/client.ts';
import { ALSO_TRIED } from '../lesson/engine-core.ts';
import type { CheckResult, Engine } from '../lesson/state.ts';
import type { Problem } from '../shared/errors.ts';
import type { ExamState, QuestionState } from './exam-state.ts';
import type { Texts } from './question-files.ts';
import { type CheckReport, type ExamReport, type QuestionReport, REPORT_FORMAT } from './report-schema.ts';
import { checkReports, pointsOf, pointsToWin, scoreOf } from './scoring.ts';

/** A question's world, as question-world.ts makes it on a cluster. */
export interface ExamWorld {
  readonly number: number;
  readonly drill: Drill;
  readonly checks: readonly Check[];
  /** The candidate's files as they were last applied, by name; null: not known yet. */
  readonly applied: Texts | null;
  /** Whether a namespace is the question's. */
  owns(namespace: string): boolean;
  /** Whether it is on the screen. */
  show(shown: boolean): void;
  /** Makes it, or finds it as it was left. */
  prepare(question: QuestionState, signal: AbortSignal): Promise<void>;
  /**
   * Calls `onSaved` when files were saved that nobody has applied; and, whenever one has changed, `onLooked` with why a
   * file cannot be read, or null. Calls them at once as well, for what happened before.
   */
  watch(onSaved: () => void, onLooked: (unreadable: Problem | null) => void): Promise<void>;
  applySaved(): Promise<void>;
  engine(): Promise<Engine>;
  /** Returns the files as they are now, by name: from here on no save counts. */
  freeze(): Promise<Texts>;
  /** Applies the last save, and returns when nothing is under way. */
  settle(): Promise<void>;
  /** Makes every check on what there was at the end. */
  grade(question: QuestionState, signal: AbortSignal): Promise<readonly CheckResult[]>;
  /** What is in its namespaces, as YAML; `all` is what there is in all namespaces, where that is known. */
  look(all?: readonly KubeObject[]): Promise<string>;
  /** The part of what was seen that is an answer, as YAML. */
  answer(seen: string, shared: string): string;
  /** What a right answer would be, as YAML. */
  solution(): string;
  /** Why it was broken, and why that answer works, as Markdown. */
  explanation(): string;
  dispose(): Promise<void>;
}

/**
 * What cannot be checked is reported, and gives no score. As long as there is none, neither the solution nor its
 * explanation is shown.
 */
export async function gradeOne(
  world: ExamWorld,
  question: QuestionState,
  on: { readonly shared: string; readonly ready: boolean; readonly signal: AbortSignal },
): Promise<QuestionReport> {
  const { number, drill } = world;
  const { flagged, worked, seen = '' } = question;
  let made = checkReports(world.checks, []);
  try {
    if (!on.ready) throw new Error('its world was never ready');
    const results = await world.grade(question, on.signal);
    // Only now the addresses in their titles are known in any case.
    made = [...checkReports(world.checks, results), ...alsoTriedReport(drill, world.checks, results)];
  } catch (error) {
    on.signal.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    made = made.map(each => ({ ...each, state: 'could-not-check', why }));
  }
  const { id, title, domain, level } = drill;
  const points = pointsOf(made);
  return {
    ...{ number, drill: id, title, domain, level },
    ...{ points, of: pointsToWin(made) },
    ...{ seconds: Math.round(worked / 1000), flagged, checks: made },
    answer: world.answer(seen, on.shared),
    solution: points === null ? '' : world.solution(),
    explanation: points === null ? '' : world.explanation(),
  };
}

/**
 * What was tried beside the checks, as one guard; none where nothing was. A drill says what it costs, else as much as its
 * dearest check.
 */
function alsoTriedReport(
  { alsoTried }: Drill,
  checks: readonly Check[],
  results: readonly CheckResult[],
): CheckReport[] {
  const [first, ...more] = results.filter(each => each.id.startsWith(ALSO_TRIED));
  if (first === undefined) return [];
  const points = alsoTried ?? Math.max(...checks.map(each => each.points ?? 1));
  const title = more.length === 0 ? first.title : `${first.title} (and ${more.length} more)`;
  const check = { id: first.id, title, guard: true, points };
  return checkReports([check], [first]);
}

/** `now` in milliseconds since the epoch. However late an exam is graded, the time of its end stays. */
export function reportOf(
  state: ExamState,
  provider: string,
  now: number,
  questions: readonly QuestionReport[],
): ExamReport {
  const { id, seed, training, started, minutes, worked, pauses, passMark, report, candidate } = state;
  const ended = state.ended ?? report?.ended ?? new Date(now).toISOString();
  const sorted = [...questions].sort((a, b) => a.number - b.number);
  return {
    ...{ format: REPORT_FORMAT, id, seed, training, provider, started, ended, minutes, pauses, passMark },
    candidate,
    seconds: Math.round(worked / 1000),
    ...scoreOf(sorted, passMark),
    questions: sorted,
  };
}
