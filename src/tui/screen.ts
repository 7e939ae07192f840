/**
 * What a screen is to the root: it draws itself, takes keys, and says whether anything on it moves. All else is the
 * root's, for every screen alike: the window, the clock, the log pane, the screen reader, a crash in drawing.
 */
import type { Engine } from '../lesson/state.ts';
import type { Said } from './components/transcript/said.ts';
import type { Press } from './press.ts';
import type { ScreenPorts } from './terminal/on-terminal.ts';
import type { Size } from './terminal/window-size.ts';
import type { Line } from './text/line.ts';
import type { Look } from './theme.ts';

/** What a screen is drawn on. */
export interface Canvas {
  readonly size: Size;
  readonly look: Look;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** What a key may ask of the terminal. */
export type Hands = Pick<ScreenPorts, 'edit' | 'shell' | 'quit' | 'interrupt' | 'copy'>;

export interface Screen {
  /** For a screen reader: a row is told again only when the screen has another name, or the row another text. */
  readonly name: string;
  /** Whose sidecar's log the screen's log pane shows; left out: it has no such pane. */
  readonly engine?: Engine | undefined;
  /** As many lines as the window has rows, but one. Pure. */
  frame(on: Canvas): readonly Line[];
  press(press: Press, on: Canvas, hands: Hands): void;
  /** A click on a row of what has a pointer; left out: nothing has. */
  click?(row: number, on: Canvas, hands: Hands): void;
  /** After every change: obeys keys that had to wait for it; left out: none ever wait. */
  release?(on: Canvas, hands: Hands): void;
  /** What a screen reader is told; left out: the frame, row by row. */
  speech?(on: Canvas): readonly Said[];
  /** Something on it moves by itself, as a spinner does. */
  runs(): boolean;
}

/** Which screen is there now: another object whenever something on it has changed. */
export interface ScreenStore {
  subscribe(listener: () => void): () => void;
  screen(): Screen;
}
