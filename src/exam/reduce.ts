/** An exam as a pure reducer: a sitting and what happened, a new sitting. The clock comes along with the events. */
import { amount } from '../shared/texts.ts';
import { tick, warningBetween } from './exam-clock.ts';
import type { ExamState, QuestionState } from './exam-state.ts';
import { withPause } from './pauses.ts';
import type { Pause } from './report-schema.ts';
import {
  type ExamEvent,
  isOver,
  questionOf,
  type Sitting,
  type Time,
  timeLeft,
  type WorldState,
  worldOf,
} from './sitting.ts';

const UNSAVED = 'The exam could not be saved:';

export function reduceExam(sitting: Sitting, event: ExamEvent): Sitting {
  switch (event.type) {
    case 'began':
      return saving({ ...sitting, phase: 'running', ticked: event.time.monotonic }, { running: true });
    case 'ticked':
      return ticked(sitting, event.time);
    case 'opened':
      return opened(sitting, event.at);
    case 'acted':
      return { ...sitting, acted: sitting.state.worked };
    case 'flagged':
      return inQuestion(sitting, event.number, ({ flagged }) => ({ flagged: !flagged }));
    case 'paused':
      if (sitting.phase !== 'running') return sitting;
      return standing({ ...sitting, phase: 'paused' }, event.time.now, 'asked');
    case 'resumed':
      return sitting.phase === 'paused' ? { ...sitting, phase: 'running' } : sitting;
    case 'preparing':
      return inWorld(sitting, event.number, { ready: 'preparing', error: null });
    case 'prepared': {
      const next = inWorld(sitting, event.number, { ready: 'ready' });
      return inQuestion(next, event.number, known => ({
        prepared: true,
        applied: event.applied ?? known.applied,
      }));
    }
    case 'failed':
      return inWorld(sitting, event.number, { ready: 'failed', error: event.error });
    case 'looked':
      return inWorld(sitting, event.number, { unreadable: event.unreadable });
    case 'seen':
      return inQuestion(withTimeOfChange(sitting, event.number, event.seen), event.number, known => ({
        seen: event.seen ?? known.seen,
        applied: event.applied ?? known.applied,
        final: event.final || known.final,
      }));
    case 'seen-beside':
      return saving(sitting, { shared: event.shared });
    case 'ended':
      return ended(sitting, event.time);
    case 'frozen':
      return inQuestion(sitting, event.number, () => ({ files: event.files }));
    case 'grading':
      return { ...sitting, phase: 'grading', graded: event.graded };
    case 'graded':
      return { ...sitting, graded: sitting.graded + 1 };
    case 'reported':
      return saving({ ...sitting, phase: 'ended' }, { report: event.report });
    case 'saved':
      return saved(sitting, event.failure);
  }
}

/** Changes what is to be saved. */
function saving(sitting: Sitting, patch: Partial<ExamState>): Sitting {
  return { ...sitting, state: { ...sitting.state, ...patch } };
}

function inQuestion(
  sitting: Sitting,
  number: number,
  change: (known: QuestionState) => Partial<QuestionState>,
): Sitting {
  const patch = change(questionOf(sitting, number));
  const questions = sitting.state.questions.map(each =>
    each.number === number ? { ...each, ...patch } : each,
  );
  return saving(sitting, { questions });
}

function inWorld(sitting: Sitting, number: number, patch: Partial<WorldState>): Sitting {
  return { ...sitting, worlds: { ...sitting.worlds, [number]: { ...worldOf(sitting, number), ...patch } } };
}

function opened(sitting: Sitting, at: number | null): Sitting {
  if (isOver(sitting)) return sitting;
  const seen = at === null || sitting.opened.includes(at) ? sitting.opened : [...sitting.opened, at];
  return saving({ ...sitting, opened: seen, notice: null, acted: sitting.state.worked }, { at });
}

/** Milliseconds: what lies longer before a change in another question than the open one was not for that change alone. */
const MOST_FOR_A_CHANGE = 5 * 60_000;

/**
 * The time before a change belongs to the question that was changed, back to what the candidate did before: where it was
 * not the open one, that time has been counted for the open one meanwhile, or for none.
 */
function withTimeOfChange(sitting: Sitting, number: number, seen: string | null): Sitting {
  const { looked } = worldOf(sitting, number);
  if (seen === null || isOver(sitting)) return sitting;
  const before = inWorld(sitting, number, { looked: true });
  if (!looked || questionOf(sitting, number).seen === seen) return before;
  const { at, worked } = sitting.state;
  const acted = { ...before, acted: worked };
  if (at === number) return acted;
  const time = Math.min(worked - sitting.acted, MOST_FOR_A_CHANGE);
  const given = inQuestion(acted, number, known => ({ worked: known.worked + time }));
  return at === null ? given : inQuestion(given, at, known => ({ worked: Math.max(0, known.worked - time) }));
}

function ended(sitting: Sitting, { now }: Time): Sitting {
  const patch = { at: null, running: false, ended: new Date(now).toISOString() };
  return saving({ ...goingOn(sitting, now), phase: 'grading' }, patch);
}

/** The clock is stopped from now on, unless it is already. */
function standing(sitting: Sitting, since: number, why: Pause['why']): Sitting {
  return sitting.standing === null ? { ...sitting, standing: { since, why } } : sitting;
}

/** The clock runs again: the time for which it was stopped is a pause. */
function goingOn(sitting: Sitting, now: number): Sitting {
  if (sitting.standing === null) return sitting;
  const { since, why } = sitting.standing;
  const state = withPause(sitting.state, { seconds: (now - since) / 1000, why });
  return { ...sitting, state, standing: null };
}

/** Time has passed. It is working time while the list is shown, or a question that is ready. */
function ticked(sitting: Sitting, { now, monotonic }: Time): Sitting {
  const { phase, state } = sitting;
  const { at } = state;
  const ready = at === null || worldOf(sitting, at).ready === 'ready';
  const running = phase === 'running' && ready;
  const { worked, slept } = tick(sitting.ticked, monotonic, running && sitting.standing === null);
  const rested = slept === 0 ? state : withPause(state, { seconds: slept / 1000, why: 'asleep' });
  const before = { ...sitting, state: rested, ticked: monotonic };
  const stands = running
    ? goingOn(before, now)
    : phase === 'running'
      ? standing(before, now, 'not-ready')
      : before;
  const passed = saving(stands, { worked: state.worked + worked, running });
  const counted = at === null ? passed : inQuestion(passed, at, known => ({ worked: known.worked + worked }));
  return { ...counted, notice: noticeOfTime(sitting, timeLeft(counted.state)) };
}

function noticeOfTime({ phase, state, notice }: Sitting, left: number): string | null {
  if (phase === 'running' && left === 0) return 'The time is over.';
  const warning = warningBetween(timeLeft(state), left);
  return warning === null ? notice : `${amount(warning, 'minute')} left.`;
}

/** That the exam could not be saved is shown until it could be. */
function saved(sitting: Sitting, failure: string | null): Sitting {
  if (failure === null && sitting.notice?.startsWith(UNSAVED) !== true) return sitting;
  const notice = failure === null ? null : `${UNSAVED} ${failure}`;
  return notice === sitting.notice ? sitting : { ...sitting, notice };
}

/** A clock shows seconds: what changes within one is not worth a new screen. */
export function showsTheSame(one: Sitting, other: Sitting): boolean {
  const seconds = ({ state }: Sitting) => Math.ceil(timeLeft(state) / 1000);
  return (
    seconds(one) === seconds(other) &&
    one.phase === other.phase &&
    one.standing?.why === other.standing?.why &&
    one.notice === other.notice
  );
}
