/**
 * Every colour and every sign, once. One accent, one for good, one for bad, and dim; the meaning is always
 * carried by a sign or a word as well. Without colour bold, dim and inverse are left; in ASCII no box is drawn.
 */
import chalk from 'chalk';
import type { TextProps } from 'ink';
import type { Role } from '../probe/walk-types.ts';
import type { Piece } from './text/line.ts';

/** How this terminal wants to be drawn on. */
export interface Look {
  readonly color: boolean;
  readonly ascii: boolean;
  /** No boxes, no spinner, no redrawing: each change is told once, below the one before. */
  readonly screenReader: boolean;
  /** Addresses of ours can be clicked on. */
  readonly links?: boolean;
}

/**
 * Of the 256 colours, which are the same in every terminal, the green, the red, the blue and the grey that have a
 * contrast of 4.5 on white and on black. None of the sixteen that a terminal chooses itself has it everywhere.
 */
const COLOURS: Readonly<Record<Role, TextProps>> = {
  plain: {},
  good: { color: 'ansi256(29)' },
  bad: { color: 'ansi256(131)' },
  accent: { color: 'ansi256(63)' },
  dim: { color: 'ansi256(243)' },
};

/** Where there are no colours, or none that can be read on every background. */
const SHADES: Readonly<Record<Role, TextProps>> = {
  plain: {},
  good: { bold: true },
  bad: { bold: true },
  accent: { bold: true },
  dim: { dimColor: true },
};

/** As chalk counts, by which Ink draws: 1 is sixteen colours, 2 is 256. */
const BOLD_AND_DIM = 1;
const COLOURS_256 = 2;

/** To be called before anything is drawn: chalk takes --no-color for itself, and would leave out bold as well. */
export function keepBold(): void {
  if (chalk.level < BOLD_AND_DIM) chalk.level = BOLD_AND_DIM;
}

/** Ink's properties for one piece of text. */
export function paint(piece: Piece, look: Pick<Look, 'color'>): TextProps {
  const role = (look.color && chalk.level >= COLOURS_256 ? COLOURS : SHADES)[piece.role];
  return {
    ...role,
    bold: piece.bold === true || role.bold === true,
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
