/** Keys of the line editor: as in a shell. Enter and Esc are the screen's. */
import type { Press } from '../../press.ts';
import type { LineAction } from './state.ts';

const CTRL: Readonly<Record<string, LineAction>> = {
  a: { type: 'move', to: 'start' },
  e: { type: 'move', to: 'end' },
  b: { type: 'move', to: 'left' },
  f: { type: 'move', to: 'right' },
  u: { type: 'erase', what: 'to-start' },
  k: { type: 'erase', what: 'to-end' },
  w: { type: 'erase', what: 'word' },
  d: { type: 'erase', what: 'after' },
  p: { type: 'history', to: 'older' },
  n: { type: 'history', to: 'newer' },
};

const NAMED: Readonly<Record<string, LineAction>> = {
  left: { type: 'move', to: 'left' },
  right: { type: 'move', to: 'right' },
  home: { type: 'move', to: 'start' },
  end: { type: 'move', to: 'end' },
  up: { type: 'history', to: 'older' },
  down: { type: 'history', to: 'newer' },
  backspace: { type: 'erase', what: 'before' },
  delete: { type: 'erase', what: 'after' },
  space: { type: 'insert', text: ' ' },
};

export function lineAction(press: Press): LineAction | null {
  if (press.ctrl) return CTRL[press.name] ?? null;
  if (press.meta && press.name === 'b') return { type: 'move', to: 'word-left' };
  if (press.meta && press.name === 'f') return { type: 'move', to: 'word-right' };
  const named = NAMED[press.name];
  if (named) return named;
  return press.text !== '' && !press.meta ? { type: 'insert', text: press.text } : null;
}
