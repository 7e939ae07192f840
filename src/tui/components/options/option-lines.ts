/** A choice of a few: a pointer, a number to press, and the words. */
import { bold, clickable, type Line, piece } from '../../text/line.ts';
import { wrap } from '../../text/wrap.ts';
import type { Signs } from '../../theme.ts';

export function optionLines(options: readonly string[], at: number, columns: number, signs: Signs): Line[] {
  return options.flatMap((text, index) => {
    const here = index === at;
    const mark = piece(here ? ` ${signs.pointer} ` : '   ', 'accent');
    const lines = wrap(
      [mark, piece(`${index + 1}  `, here ? 'accent' : 'dim'), here ? bold(text) : piece(text)],
      columns,
      6,
    );
    return clickable(lines, { key: String(index + 1) });
  });
}

/** The same when it is decided: by index which one is right, and which one was chosen. */
export function markedLines(
  options: readonly string[],
  { right, mine }: { readonly right: number | null; readonly mine: number | undefined },
  columns: number,
  signs: Signs,
): Line[] {
  return options.flatMap((text, index) => {
    const [is, said] = [index === right, index === mine];
    const mark = is
      ? piece(signs.good.padEnd(3), 'good')
      : said
        ? piece(signs.bad.padEnd(3), 'bad')
        : piece('   ');
    const words = said ? (is ? 'you said so, and so it is' : 'you said so') : is ? 'so it is' : '';
    return wrap(
      [
        mark,
        piece(`${index + 1}  `, 'dim'),
        is ? bold(text) : piece(text),
        ...(words === '' ? [] : [piece(`   (${words})`, 'dim')]),
      ],
      columns,
      6,
    );
  });
}
