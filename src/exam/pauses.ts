/** The pauses of an exam: what was not working time, counted honestly. Pure. */
import type { ExamState } from './exam-state.ts';
import type { Pause } from './report-schema.ts';

/** What lies between the last save and now is a pause, and shown as one. */
export function resumed(state: ExamState, now: number): ExamState {
  const away = (now - Date.parse(state.saved)) / 1000;
  if (!state.running && state.worked === 0) return state; // Its clock had not begun.
  if (state.report !== undefined || state.ended !== undefined) return state;
  return withPause(state, { seconds: Math.max(0, away), why: 'interrupted' });
}

export function withPause(state: ExamState, { seconds, why }: Pick<Pause, 'seconds' | 'why'>): ExamState {
  const rounded = Math.round(seconds);
  if (rounded < 1) return state;
  const at = Math.round(state.worked / 1000);
  return { ...state, pauses: [...state.pauses, { at, seconds: rounded, why }] };
}
