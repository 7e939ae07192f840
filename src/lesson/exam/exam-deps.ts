/** What an exam is given: its questions' worlds, clocks, and a place to keep its state. */
import type { ExamState } from './exam-state.ts';
import type { ExamWorld } from './grading.ts';

export interface ExamDeps {
  readonly worlds: readonly ExamWorld[];
  readonly provider: string;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds from any beginning, never backwards. */
  monotonic(): number;
  save(state: ExamState): Promise<void>;
  /** Worlds that are made, and questions that are graded, at the same time. */
  readonly atOnce: number;
  /** Worlds that are ready before the clock starts: as many as a candidate could open before the next is. */
  readonly ahead: number;
  /** The worlds end with this process: what is in them is looked at all the time, and kept. */
  readonly fleeting: boolean;
}
