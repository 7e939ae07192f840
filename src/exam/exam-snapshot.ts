/** What a screen may know of a running exam. */

import type { Drill } from '../course/course.ts';
import type { Problem } from '../shared/errors.ts';
import type { ExamState, QuestionState } from './exam-state.ts';
import type { ExamReport } from './report-schema.ts';

export type Phase = 'preparing' | 'running' | 'paused' | 'grading' | 'ended';
export type Readiness = 'waiting' | 'preparing' | 'ready' | 'failed';

export interface ExamQuestion extends Pick<QuestionState, 'number' | 'flagged' | 'worked'> {
  readonly drill: Drill;
  readonly ready: Readiness;
  /** Why it could not be made. */
  readonly problem?: Problem;
  /** Why one of its files cannot be read; what it said when it was last applied still counts. */
  readonly unreadable?: Problem;
  /** The candidate has opened it. */
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
  /** The clock stands, because the open question is not ready. */
  readonly standing: boolean;
  readonly notice: string | null;
  /** How many are graded. */
  readonly graded: number;
  readonly report: ExamReport | null;
}
