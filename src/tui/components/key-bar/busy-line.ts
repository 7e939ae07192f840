/** What is under way, in place of the key bar: until it is done only Ctrl-C is obeyed. */
import type { Busy } from '../../../lesson/state.ts';
import { type Line, piece, spread } from '../../text/line.ts';
import { type Look, signs } from '../../theme.ts';

/** Nothing is said for this long: what is done in the blink of an eye needs no spinner. */
const QUIET_MS = 250;
const FRAME_MS = 100;

/** The spinner as it is at this moment, and how long that has lasted, from the first second on. */
function turning(since: number, now: number, look: Pick<Look, 'ascii'>): { turn: string; seconds: string } {
  const passed = Math.max(0, now - since);
  const { spinner } = signs(look);
  const turn = spinner[Math.floor(passed / FRAME_MS) % spinner.length] ?? '';
  return { turn, seconds: passed >= 1000 ? ` ${(passed / 1000).toFixed(1)} s` : '' };
}

export function busyLine(busy: Busy, now: number, columns: number, look: Look): Line | null {
  if (now - busy.since < QUIET_MS) return null;
  const { turn, seconds } = turning(busy.since, now, look);
  const left: Line = [
    piece(` ${turn} `, 'accent'),
    piece(`${busy.label}${seconds}`),
    ...(busy.line ? [piece(`   ${busy.line}`, 'dim')] : []),
  ];
  const right: Line = [piece('  ctrl-c', 'accent'), piece(' stop ', 'dim')];
  return spread(left, right, columns, signs(look).ellipsis);
}

/** What a pane says while it is being read: for a second in words alone. */
export function readingLine(since: number, now: number, look: Pick<Look, 'ascii'>): Line {
  const { turn, seconds } = turning(since, now, look);
  return seconds === ''
    ? [piece('reading it', 'dim')]
    : [piece(`${turn} `, 'accent'), piece(`reading it${seconds}`, 'dim')];
}
