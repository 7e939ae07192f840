/** A question in the key bar's place, answered with y or n. */
import { type Line, piece } from '../text/line.ts';

export function questionLine(question: string): Line {
  return [
    piece(` ${question}  `),
    piece('y', 'accent'),
    piece(' yes  ', 'dim'),
    piece('n', 'accent'),
    piece(' no', 'dim'),
  ];
}
