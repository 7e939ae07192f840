/** What a key in a lesson has at hand, and what is asked of it again and again. */
import type { Engine, LessonSnapshot } from '../../../lesson/state.ts';
import type { UiStore } from '../../state/store.ts';
import type { Pane, Ui, UiAction } from '../../state/ui.ts';
import type { LessonView } from './frame.ts';

export interface LessonPorts {
  readonly engine: Engine;
  readonly ui: UiStore<Ui, UiAction>;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** What is on the screen now: scrolling and Enter depend on it. */
  view(): LessonView;
  /** Opens one of the learner's files in their editor, at a line (from 1). `name` is relative to their folder. */
  edit(name: string, line?: number): void;
  /** Opens a shell in the learner's folder. */
  shell(): void;
  bringUp(): void;
  quit(): void;
  /** Into the terminal's clipboard. */
  copy(text: string): void;
  /** Ctrl-C, where it has nothing to stop and nothing to leave. */
  interrupt(): void;
}

/** The ports, and what is there at the moment of the press. */
export interface Moment extends LessonPorts {
  readonly state: Ui;
  readonly snapshot: LessonSnapshot;
}

export const isPlay = ({ snapshot }: Moment) => snapshot.lesson?.playground !== undefined;
/** Of an exam. */
export const isQuestion = ({ snapshot }: Moment) => snapshot.lesson?.exam !== undefined;
export const stepOf = ({ snapshot }: Moment) => snapshot.lesson?.steps[snapshot.at];
export const remark = ({ ui }: Moment, text: string) => ui.dispatch({ type: 'remark', text });

export function withCluster(moment: Moment, action: () => void): void {
  if (moment.snapshot.connected) action();
  else remark(moment, 'That needs a cluster: u brings one up.');
}

export function toggle(pane: Pane, { ui, state }: Moment): void {
  ui.dispatch(state.pane === pane ? { type: 'close' } : { type: 'open', pane });
}
