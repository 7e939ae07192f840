/** What the exam's screen knows beside the exam itself. A pure reducer. */
import type { Engine } from '../../../lesson/state.ts';

export interface ExamView {
  /** Pointer of the list, from 0. */
  readonly listAt: number;
  /** The question whether to end stands. */
  readonly asks: boolean;
  /** The list of keys covers that of the questions. */
  readonly keys: boolean;
  /** By how many lines the report is scrolled. */
  readonly scrolled: number;
  /** The engine of the open question, and that question's number. */
  readonly engine: Engine | null;
  readonly engineOf: number | null;
}

export const EXAM_START: ExamView = {
  listAt: 0,
  asks: false,
  keys: false,
  scrolled: 0,
  engine: null,
  engineOf: null,
};

export type ExamAction =
  | { readonly type: 'point'; readonly at: number }
  | { readonly type: 'ask'; readonly asks: boolean }
  | { readonly type: 'keys'; readonly shown: boolean }
  | { readonly type: 'scroll'; readonly to: number }
  | { readonly type: 'engine'; readonly engine: Engine | null; readonly of: number | null };

export function reduceExamView(state: ExamView, action: ExamAction): ExamView {
  switch (action.type) {
    case 'point':
      return { ...state, listAt: action.at, asks: false };
    case 'ask':
      return { ...state, asks: action.asks };
    case 'keys':
      return { ...state, keys: action.shown };
    case 'scroll':
      return { ...state, scrolled: action.to };
    case 'engine':
      return { ...state, engine: action.engine, engineOf: action.of };
  }
}
