/** What a question's world is to an exam, how one is graded, and the report that comes of all of them. */
import type { Drill } from '../course.ts';
import type { Check } from '../schema.ts';
import type { CheckResult, Engine } from '../state.ts';
import type { ExamState, QuestionState } from './exam-state.ts';
import { type ExamReport, type QuestionReport, REPORT_FORMAT } from './report-schema.ts';
import { checkReports, pointsOf, pointsToWin, scoreOf } from './scoring.ts';

/** A question's world, as question-world.ts makes it on a cluster. */
export interface ExamWorld {
  readonly number: number;
  readonly drill: Drill;
  readonly checks: readonly Check[];
  /** Makes it, or finds it as it was left. */
  prepare(begun: boolean, seen: string | undefined, signal: AbortSignal): Promise<void>;
  engine(): Promise<Engine>;
  grade(signal: AbortSignal): Promise<readonly CheckResult[]>;
  /** What is in effect, and what a right answer would be, as YAML. */
  look(): Promise<string>;
  solution(): string;
  dispose(): Promise<void>;
}

/** Every check on what is in effect now. What cannot be checked is told, and is no score. */
export async function gradeOne(
  world: ExamWorld,
  { seen = '', flagged, worked }: QuestionState,
  ready: boolean,
  signal: AbortSignal,
): Promise<QuestionReport> {
  const { number, drill, checks } = world;
  let made = checkReports(checks, []);
  let answer = seen;
  try {
    if (!ready) throw new Error('its world was never ready');
    made = checkReports(checks, await world.grade(signal));
    answer = await world.look();
  } catch (error) {
    signal.throwIfAborted();
    const why = error instanceof Error ? error.message : String(error);
    made = made.map(each => ({ ...each, state: 'could-not-check', why }));
  }
  const { id, title, domain, level, lesson } = drill;
  return {
    ...{ number, drill: id, title, domain, level },
    points: pointsOf(made),
    of: pointsToWin(made),
    ...{ seconds: Math.round(worked / 1000), flagged, checks: made, answer },
    solution: world.solution(),
    explanation: Object.values(lesson.prose)[0]?.after ?? '',
  };
}

/** `now` in milliseconds since the epoch; an exam that is graded again keeps its end. */
export function reportOf(
  state: ExamState,
  provider: string,
  now: number,
  questions: readonly QuestionReport[],
): ExamReport {
  const { id, seed, training, started, minutes, worked, pauses, passMark, report } = state;
  const ended = report?.ended ?? new Date(now).toISOString();
  const sorted = [...questions].sort((a, b) => a.number - b.number);
  return {
    ...{ format: REPORT_FORMAT, id, seed, training, provider, started, ended, minutes, pauses, passMark },
    seconds: Math.round(worked / 1000),
    ...scoreOf(sorted, passMark),
    questions: sorted,
  };
}
