/**
 * Every colour and every sign, once. One accent, one for good, one for bad, and dim; the meaning is always
 * carried by a sign or a word as well. Without colour only bold and inverse are left; in ASCII no box is drawn.
 */
import type { TextProps } from 'ink';
import type { Role } from '../probe/walk-types.ts';
import type { Piece } from './text/line.ts';

/** How this terminal wants to be drawn on. */
export interface Look {
  readonly color: boolean;
  readonly ascii: boolean;
  /** No boxes, no spinner, no redrawing: each change is told once, below the one before. */
  readonly screenReader: boolean;
}

const COLOURS: Readonly<Record<Role, TextProps>> = {
  plain: {},
  good: { color: 'green' },
  bad: { color: 'red' },
  accent: { color: 'cyan' },
  dim: { dimColor: true },
};

/** Ink's properties for one piece of text. */
export function paint(piece: Piece, look: Look): TextProps {
  const colour = look.color ? COLOURS[piece.role] : {};
  return {
    ...colour,
    bold: piece.bold === true,
    italic: piece.italic === true && look.color,
    inverse: piece.inverse === true,
  };
}

export interface Signs {
  readonly good: string;
  readonly bad: string;
  readonly open: string;
  readonly pointer: string;
  readonly rule: string;
  readonly full: string;
  readonly empty: string;
  readonly leader: string;
  readonly ellipsis: string;
  readonly down: string;
  readonly up: string;
  readonly bullet: string;
  readonly divider: string;
  readonly spinner: readonly string[];
}

const UNICODE: Signs = {
  good: '✓', bad: '✗', open: '·', pointer: '▸', rule: '─', full: '━', empty: '─', leader: '·', ellipsis: '…',
  down: '↓', up: '↑', bullet: '•', divider: '│',
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
}; // biome-ignore format: a table

const ASCII: Signs = {
  good: 'ok', bad: 'x', open: '-', pointer: '>', rule: '-', full: '#', empty: '.', leader: '.', ellipsis: '...',
  down: 'v', up: '^', bullet: '*', divider: '|',
  spinner: ['|', '/', '-', '\\'],
}; // biome-ignore format: a table

export const signs = (look: Pick<Look, 'ascii'>): Signs => (look.ascii ? ASCII : UNICODE);
