/** A window too small to work in, and what is said in it. */
import type { Size } from '../terminal/window-size.ts';
import { type Line, line, piece } from '../text/line.ts';
import { wrap } from '../text/wrap.ts';

const NEEDED = { columns: 60, rows: 18 } as const;

export const isTooSmall = ({ columns, rows }: Size): boolean =>
  columns < NEEDED.columns || rows < NEEDED.rows;

export function tooSmallFrame(size: Size): Line[] {
  return [
    line('istio-tutor'),
    ...wrap(
      [
        piece(
          `needs ${NEEDED.columns} columns and ${NEEDED.rows} rows; this window has ${size.columns} and ${size.rows}.`,
        ),
      ],
      size.columns,
    ),
    ...wrap([piece('Make it larger, or press q.', 'dim')], size.columns),
  ].slice(0, Math.max(1, size.rows - 1));
}
