/** Word wrap for lines of pieces. Roles and emphasis survive; a word longer than the line is cut. */
import stringWidth from 'string-width';
import { type Line, type Piece, piece } from './line.ts';

interface Word {
  readonly text: string;
  readonly width: number;
  readonly space: boolean;
  readonly of: Piece;
}

function words(pieces: Line): Word[] {
  return pieces.flatMap(of =>
    (of.text.match(/\s+|\S+/g) ?? []).map(text => ({
      text,
      width: stringWidth(text),
      space: /^\s/.test(text),
      of,
    })),
  );
}

/** Words of several pieces that touch (a bold word and its comma) are wrapped as one. */
function clusters(pieces: Line): Word[][] {
  const groups: Word[][] = [];
  for (const word of words(pieces)) {
    const last = groups.at(-1);
    if (last && last[0]?.space === word.space) last.push(word);
    else groups.push([word]);
  }
  return groups;
}

/**
 * The line as lines of at most `columns` columns. The first keeps its leading spaces; the others begin
 * with `hang` spaces.
 */
export function wrap(pieces: Line, columns: number, hang = 0): Line[] {
  const room = Math.max(columns, hang + 8);
  const lines: Piece[][] = [[]];
  let used = 0;
  let gap: Word[] = [];
  const put = (text: string, of: Piece) => {
    const current = lines.at(-1);
    const last = current?.at(-1);
    if (
      current &&
      last &&
      last.role === of.role &&
      last.bold === of.bold &&
      last.italic === of.italic &&
      last.link === of.link &&
      last.inverse === of.inverse
    )
      current[current.length - 1] = { ...last, text: last.text + text };
    else current?.push({ ...of, text });
    used += stringWidth(text);
  };
  const breakLine = () => {
    lines.push(hang > 0 ? [piece(' '.repeat(hang))] : []);
    used = hang;
    gap = [];
  };
  for (const group of clusters(pieces)) {
    if (group[0]?.space) {
      gap = group;
      continue;
    }
    const width = group.reduce((sum, word) => sum + word.width, 0);
    const gapWidth = gap.reduce((sum, word) => sum + word.width, 0);
    const empty = lines.length > 1 ? used <= hang : used === 0;
    if (used + gapWidth + width > room && !empty) breakLine();
    for (const word of gap) put(word.text, word.of);
    gap = [];
    for (const word of group)
      for (const character of splitLong(word.text, room - hang)) {
        if (used + stringWidth(character) > room) breakLine();
        put(character, word.of);
      }
  }
  return lines;
}

/** A word as it is when it fits; else its characters, so that it is cut where the line ends. */
function splitLong(text: string, room: number): string[] {
  return stringWidth(text) <= room ? [text] : [...text];
}

/** For preformatted text: lines are cut at the edge, and no word is moved. */
export function chop(pieces: Line, columns: number, hang = 0): Line[] {
  const lines: Piece[][] = [[]];
  let used = 0;
  for (const one of pieces)
    for (const character of one.text) {
      const width = stringWidth(character);
      if (used + width > columns && used > hang) {
        lines.push(hang > 0 ? [piece(' '.repeat(hang))] : []);
        used = hang;
      }
      const current = lines.at(-1) as Piece[];
      const last = current.at(-1);
      if (
        last &&
        last.role === one.role &&
        last.bold === one.bold &&
        last.inverse === one.inverse &&
        last.link === one.link
      )
        current[current.length - 1] = { ...last, text: last.text + character };
      else current.push({ ...one, text: character });
      used += width;
    }
  return lines;
}
