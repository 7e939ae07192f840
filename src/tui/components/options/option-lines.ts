/** A choice of a few: a pointer, a number to press, and the words. */
import { bold, type Line, piece } from '../../text/line.ts';
import { wrap } from '../../text/wrap.ts';
import type { Signs } from '../../theme.ts';

export function optionLines(options: readonly string[], at: number, columns: number, signs: Signs): Line[] {
  return options.flatMap((text, index) => {
    const here = index === at;
    const mark = piece(here ? ` ${signs.pointer} ` : '   ', 'accent');
    return wrap(
      [mark, piece(`${index + 1}  `, here ? 'accent' : 'dim'), here ? bold(text) : piece(text)],
      columns,
      6,
    );
  });
}
