/**
 * A line of the screen as data: pieces of text, each with a role (its meaning) and perhaps an emphasis.
 * Everything that is drawn is made of these, so wrapping, scrolling and tests need no terminal.
 * theme.ts alone turns a role into a colour.
 */
import stringWidth from 'string-width';
import type { Role, Span } from '../../probe/walk-types.ts';

export interface Piece extends Span {
  readonly bold?: boolean;
  readonly italic?: boolean;
  /** The cursor of the line editor, and nothing else. */
  readonly inverse?: boolean;
  /** An address of ours that the terminal opens, where it can (terminal/hyperlinks.ts). */
  readonly link?: string;
  /** What a click on it is. */
  readonly click?: Click;
}
/** A click stands for a key, or is on the row (from 0) of what has a pointer: a list, a menu. */
export type Click = { readonly key: string } | { readonly row: number };
export type Line = readonly Piece[];

export const piece = (text: string, role: Role = 'plain'): Piece => ({ text, role });
export const bold = (text: string, role: Role = 'plain'): Piece => ({ text, role, bold: true });
export const line = (text: string, role: Role = 'plain'): Line => [piece(text, role)];
export const blank: Line = [];

/** Columns that the line takes. */
export const widthOf = (pieces: Line): number => stringWidth(textOf(pieces));
export const textOf = (pieces: Line): string => pieces.map(one => one.text).join('');

/** The same lines, of which each piece is that click. */
export const clickable = (lines: readonly Line[], click: Click): Line[] =>
  lines.map(pieces => pieces.map(one => ({ ...one, click })));

/** What a click on a column (from 0) is; null: nothing is there. */
export function clickAt(pieces: Line, column: number): Click | null {
  let end = 0;
  for (const one of pieces) {
    end += stringWidth(one.text);
    if (column < end) return one.click ?? null;
  }
  return null;
}

/** The line, moved right. */
export const indent = (pieces: Line, columns: number): Line =>
  pieces.length === 0 || columns <= 0 ? pieces : [piece(' '.repeat(columns)), ...pieces];

/** `left`, and `right` at the right edge; the left side gives way when both do not fit. */
export function spread(left: Line, right: Line, columns: number, ellipsis = '…'): Line {
  const room = columns - widthOf(right);
  const kept = widthOf(left) > room - 1 ? truncate(left, Math.max(0, room - 1), ellipsis) : left;
  const gap = Math.max(0, room - widthOf(kept));
  return [...kept, piece(' '.repeat(gap)), ...right];
}

/** The first `columns` columns, ending in an ellipsis where something was cut. */
export function truncate(pieces: Line, columns: number, ellipsis = '…'): Line {
  if (widthOf(pieces) <= columns) return pieces;
  const room = Math.max(0, columns - stringWidth(ellipsis));
  const kept: Piece[] = [];
  let used = 0;
  for (const one of pieces) {
    let text = '';
    for (const character of one.text) {
      const width = stringWidth(character);
      if (used + width > room) return [...kept, { ...one, text: text + (columns > 0 ? ellipsis : '') }];
      text += character;
      used += width;
    }
    kept.push({ ...one, text });
  }
  return kept;
}

/** A long path or command, cut in its middle: both ends say more than the middle does. */
export function truncateMiddle(text: string, columns: number, ellipsis = '…'): string {
  if (stringWidth(text) <= columns) return text;
  const room = Math.max(0, columns - stringWidth(ellipsis));
  const head = Math.ceil(room / 2);
  return text.slice(0, head) + ellipsis + text.slice(text.length - (room - head));
}
