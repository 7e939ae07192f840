/** Windows into long texts, as arithmetic. */
import type { Line } from '../text/line.ts';

export interface Window {
  readonly lines: readonly Line[];
  readonly offset: number;
  readonly above: number;
  readonly below: number;
}

export const clamp = (value: number, least: number, most: number): number =>
  Math.max(least, Math.min(most, value));

/** `height` lines from `offset` on; the offset is brought back into the text, the window is filled with blanks. */
export function windowOn(lines: readonly Line[], offset: number, height: number): Window {
  const last = Math.max(0, lines.length - height);
  const from = clamp(offset, 0, last);
  const seen = lines.slice(from, from + height);
  return { lines: seen, offset: from, above: from, below: Math.max(0, lines.length - from - height) };
}

/** So that line `cursor` is in sight, moving as little as can be. */
export function offsetFor(cursor: number, offset: number, height: number): number {
  if (cursor < offset) return cursor;
  return cursor >= offset + height ? cursor - height + 1 : offset;
}
