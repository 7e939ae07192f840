/** An error as lines: what happened, why, the tool's own words, and what to do next. Data in, lines out. */
import type { Problem } from '../../../shared/errors.ts';
import { blank, bold, type Line, line, piece } from '../../text/line.ts';
import { chop, wrap } from '../../text/wrap.ts';
import type { Signs } from '../../theme.ts';

/** What a key does about it, above what can be typed: ['u', 'bring it back and rebuild this step']. */
export type KeyOffer = readonly [key: string, does: string];

export function problemLines(
  problem: Problem,
  columns: number,
  signs: Signs,
  offers: readonly KeyOffer[] = [],
): Line[] {
  const rows = [...offers.map(([key, does]) => `${key.padEnd(8)} ${does}`), ...problem.next];
  return [
    ...wrap([piece(`${signs.bad} `.padEnd(2), 'bad'), bold(problem.what)], columns, 2),
    ...(problem.why
      ? problem.why.split('\n').flatMap(text => wrap([piece('  '), piece(text)], columns, 2))
      : []),
    ...(problem.detail
      ? [
          blank,
          ...problem.detail
            .trimEnd()
            .split('\n')
            .flatMap(text => chop([piece('    '), piece(text, 'dim')], columns, 6)),
          blank,
        ]
      : []),
    ...rows.flatMap((text, at) =>
      wrap([piece(at === 0 ? '  Try   ' : '        ', 'accent'), piece(text)], columns, 17),
    ),
    ...(rows.length === 0 || problem.untouched === false
      ? []
      : [line('  Your files and progress are untouched.', 'dim')]),
  ];
}
