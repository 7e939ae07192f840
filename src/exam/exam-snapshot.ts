/** What a screen may know of a running exam. */
import type { Drill } from '../course/course.ts';
import type { Problem } from '../shared/errors.ts';
import type { ExamState, QuestionState } from './exam-state.ts';
import type { ExamReport } from './report-schema.ts';
import { questionOf, type Sitting, timeLeft, worldOf } from './sitting.ts';

export type Phase = 'preparing' | 'running' | 'paused' | 'grading' | 'ended';
export type Readiness = 'waiting' | 'preparing' | 'ready' | 'failed';

export interface ExamQuestion extends Pick<QuestionState, 'number' | 'flagged' | 'worked'> {
  readonly drill: Drill;
  readonly ready: Readiness;
  /** Why it could not be made. */
  readonly problem?: Problem | undefined;
  /** Why one of its files cannot be read; until it can be, it counts as it was last applied. */
  readonly unreadable?: Problem | undefined;
  /** The candidate has opened it, since this process began. */
  readonly opened: boolean;
  /** It was opened or answered at any time. */
  readonly seen: boolean;
}

export interface ExamSnapshot {
  readonly phase: Phase;
  readonly state: ExamState;
  readonly questions: readonly ExamQuestion[];
  /** Milliseconds. */
  readonly left: number;
  /** The open question's number; null: the list. */
  readonly at: number | null;
  /** The clock is stopped because the open question is not ready. */
  readonly standing: boolean;
  readonly notice: string | null;
  /** How many questions are graded. */
  readonly graded: number;
  readonly report: ExamReport | null;
}

/** `drills`: the questions, by their numbers and in their order. */
export function snapshotOf(
  sitting: Sitting,
  drills: readonly { readonly number: number; readonly drill: Drill }[],
): ExamSnapshot {
  const { phase, state, standing, notice, graded } = sitting;
  const questions = drills.map(({ number, drill }): ExamQuestion => {
    const { flagged, worked } = questionOf(sitting, number);
    const { ready, error, unreadable } = worldOf(sitting, number);
    return {
      ...{ number, drill, flagged, worked, ready },
      problem: error?.problem,
      unreadable: unreadable ?? undefined,
      opened: sitting.opened.includes(number),
      seen: sitting.opened.includes(number) || worked > 0,
    };
  });
  return {
    ...{ phase, state, questions, notice, graded },
    left: timeLeft(state),
    at: state.at,
    standing: standing?.why === 'not-ready',
    report: state.report ?? null,
  };
}
