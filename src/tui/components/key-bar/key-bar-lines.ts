/** The key bar: as many keys as fit, the last one ('? keys') always. */
import { type Line, type Piece, piece, widthOf } from '../../text/line.ts';

export type KeyLabel = readonly [key: string, does: string];

export function keyBarLine(labels: readonly KeyLabel[], columns: number): Line {
  const entry = ([key, does]: KeyLabel): Piece[] => [piece(key, 'accent'), piece(` ${does}`, 'dim')];
  const last = labels.at(-1);
  if (!last) return [];
  const tail = entry(last);
  const shown: Piece[] = [];
  let room = columns - 1 - widthOf(tail);
  for (const label of labels.slice(0, -1)) {
    const next = [...entry(label), piece('   ')];
    if (widthOf(next) > room) break;
    shown.push(...next);
    room -= widthOf(next);
  }
  return [piece(' '), ...shown, ...tail];
}
