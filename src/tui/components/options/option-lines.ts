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

export interface Marks {
  /** Indices; null: none is right, undefined: none was chosen. */
  readonly right: number | null;
  readonly mine: number | undefined;
  /** The one chosen says that it was not known: that is no mistake. */
  readonly unknown?: boolean;
}

/** The same when it is decided: which one is right, and which one was chosen. */
export function markedLines(
  options: readonly string[],
  { right, mine, unknown }: Marks,
  columns: number,
  signs: Signs,
): Line[] {
  return options.flatMap((text, index) => {
    const [is, said] = [index === right, index === mine];
    const mark = is
      ? piece(signs.good.padEnd(3), 'good')
      : said
        ? unknown
          ? piece(signs.open.padEnd(3), 'dim')
          : piece(signs.bad.padEnd(3), 'bad')
        : piece('   ');
    const wrong = unknown ? 'you did not know yet' : 'you said so';
    const words = said ? (is ? 'you said so, and so it is' : wrong) : is ? 'so it is' : '';
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
