/** Draws a menu: a pointer, a number, a sign for what is done. */
import { blank, bold, type Line, piece } from '../../text/line.ts';
import type { Signs } from '../../theme.ts';
import type { Menu } from './steps-menu.ts';

export function menuLines(menu: Menu, at: number, signs: Signs): Line[] {
  const rows = menu.rows.map((row, index): Line => {
    const here = index === at;
    const pieces = [
      piece(here ? ` ${signs.pointer} ` : '   ', 'accent'),
      piece(`${String(index + 1).padStart(2)}  `, here ? 'accent' : 'dim'),
      piece((row.done ? signs.good : '').padEnd(3), 'good'),
      here ? bold(row.text) : piece(row.text),
    ];
    return pieces.map(one => ({ ...one, click: { row: index } }));
  });
  return [[bold(menu.title)], blank, ...rows];
}

/** The row of the drawing on which the pointer stands. */
export const pointerRow = (at: number): number => at + 2;
