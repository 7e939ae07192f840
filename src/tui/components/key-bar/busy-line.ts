/** What is under way, in place of the key bar: until it is done only Ctrl-C is obeyed. */
import type { Busy } from '../../../lesson/state.ts';
import { type Line, piece, spread } from '../../text/line.ts';
import { type Look, signs } from '../../theme.ts';

/** Nothing is said for this long: what is done in the blink of an eye needs no spinner. */
const QUIET_MS = 250;
const FRAME_MS = 100;

/** The spinner's sign. `passed`: milliseconds since it began to turn. */
export function spinnerText(passed: number, look: Pick<Look, 'ascii'>): string {
  const { spinner } = signs(look);
  return spinner[Math.floor(passed / FRAME_MS) % spinner.length] ?? '';
}

/** From the first second on: ' 1.2 s'. */
const secondsText = (passed: number) => (passed >= 1000 ? ` ${(passed / 1000).toFixed(1)} s` : '');

export function busyLine(busy: Busy, now: number, columns: number, look: Look): Line | null {
  const passed = Math.max(0, now - busy.since);
  if (passed < QUIET_MS) return null;
  const left: Line = [
    piece(` ${spinnerText(passed, look)} `, 'accent'),
    piece(`${busy.label}${secondsText(passed)}`),
    ...(busy.line ? [piece(`   ${busy.line}`, 'dim')] : []),
  ];
  const right: Line = [piece('  ctrl-c', 'accent'), piece(' stop ', 'dim')];
  return spread(left, right, columns, signs(look).ellipsis);
}

/** What a pane says while it is being read: for a second in words alone. */
export function readingLine(since: number, now: number, look: Pick<Look, 'ascii'>): Line {
  const passed = Math.max(0, now - since);
  const seconds = secondsText(passed);
  return seconds === ''
    ? [piece('reading it', 'dim')]
    : [piece(`${spinnerText(passed, look)} `, 'accent'), piece(`reading it${seconds}`, 'dim')];
}
