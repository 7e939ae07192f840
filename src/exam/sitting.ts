/**
 * An exam while it is taken: what is saved of it, and what only this process knows. Whatever happens in it is an event;
 * reduce.ts says what comes of each; exam.ts and exam-worlds.ts do the work and report what happened.
 */
import type { Problem, TutorError } from '../shared/errors.ts';
import type { Phase, Readiness } from './exam-snapshot.ts';
import type { ExamState, QuestionState } from './exam-state.ts';
import type { Texts } from './question-files.ts';
import type { ExamReport, Pause } from './report-schema.ts';

export interface Sitting {
  readonly phase: Phase;
  /** What outlives the process. */
  readonly state: ExamState;
  /** By the question's number; one for which nothing was done yet is not there. */
  readonly worlds: Readonly<Record<number, WorldState>>;
  /** Numbers of the questions that were opened in this process. */
  readonly opened: readonly number[];
  /** The clock at its last tick, in monotonic milliseconds; null: it has not begun. */
  readonly ticked: number | null;
  /** Working time (as state.worked) at which the candidate last did something that says which question it was for. */
  readonly acted: number;
  /** Since when the clock is stopped, in milliseconds since the epoch; null: it runs. */
  readonly standing: { readonly since: number; readonly why: Pause['why'] } | null;
  readonly notice: string | null;
  /** How many questions are graded. */
  readonly graded: number;
}

export interface WorldState {
  readonly ready: Readiness;
  /** Why it could not be made. */
  readonly error: TutorError | null;
  /** Why one of its files cannot be read. */
  readonly unreadable: Problem | null;
  /** It was looked at since this process made it: from here on another state is the candidate's doing. */
  readonly looked: boolean;
}

export interface Time {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Milliseconds from any beginning, never backwards. */
  readonly monotonic: number;
}

export type ExamEvent =
  | { readonly type: 'began'; readonly time: Time }
  | { readonly type: 'ticked'; readonly time: Time }
  /** By the candidate: a question's number, or null for the list. */
  | { readonly type: 'opened'; readonly at: number | null }
  /** Something was done on the screen of the open question. */
  | { readonly type: 'acted' }
  | { readonly type: 'flagged'; readonly number: number }
  | { readonly type: 'paused'; readonly time: Time }
  | { readonly type: 'resumed' }
  | { readonly type: 'preparing'; readonly number: number }
  | { readonly type: 'prepared'; readonly number: number; readonly applied: Texts | null }
  | { readonly type: 'failed'; readonly number: number; readonly error: TutorError }
  /** A question's files were looked at: null when all can be read. */
  | { readonly type: 'looked'; readonly number: number; readonly unreadable: Problem | null }
  /** A question's world was looked at; what is not known now stays as it was known. */
  | {
      readonly type: 'seen';
      readonly number: number;
      readonly seen: string | null;
      readonly applied: Texts | null;
      readonly final: boolean;
    }
  /** What there is beside the questions was looked at. */
  | { readonly type: 'seen-beside'; readonly shared: string }
  | { readonly type: 'ended'; readonly time: Time }
  /** The files of a question as they were at the end. */
  | { readonly type: 'frozen'; readonly number: number; readonly files: Texts }
  | { readonly type: 'grading'; readonly graded: number }
  | { readonly type: 'graded' }
  | { readonly type: 'reported'; readonly report: ExamReport }
  /** A save was tried: why it failed, or null. */
  | { readonly type: 'saved'; readonly failure: string | null };

/** Takes events, and has what came of them. */
export interface ExamStore {
  get(): Sitting;
  dispatch(event: ExamEvent): void;
}

export function sittingOf(state: ExamState): Sitting {
  return {
    ...{ phase: 'preparing', state, worlds: {}, opened: [] },
    ...{ acted: state.worked, ticked: null, standing: null, notice: null, graded: 0 },
  };
}

/** Once an exam is over, only what there was at its end counts. */
export const isOver = ({ phase }: Sitting): boolean => phase === 'grading' || phase === 'ended';

/** Milliseconds of working time that are left, never below 0. */
export const timeLeft = ({ minutes, worked }: ExamState): number => Math.max(0, minutes * 60_000 - worked);

export function questionOf({ state }: Sitting, number: number): QuestionState {
  const found = state.questions.find(each => each.number === number);
  if (found === undefined) throw new RangeError(`no question ${number}`);
  return found;
}

const WAITING: WorldState = { ready: 'waiting', error: null, unreadable: null, looked: false };

export const worldOf = ({ worlds }: Sitting, number: number): WorldState => worlds[number] ?? WAITING;
