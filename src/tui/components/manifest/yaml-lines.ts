/**
 * A manifest as coloured lines. Each line is tokenized by itself and nothing is parsed: it has to colour a file
 * that is being edited and may be broken. Keys have the accent, comments and separators are dim.
 */
import { type Line, type Piece, piece } from '../../text/line.ts';
import { chop } from '../../text/wrap.ts';
import type { Signs } from '../../theme.ts';

export interface Marks {
  /** Lines (from 1) that a refusal names. */
  readonly bad?: readonly number[];
  /** The namespace that takes the place of the article's mesh-network; null when it is that one. */
  readonly ownNamespace?: string | null;
}

export function yamlLines(text: string, columns: number, signs: Signs, marks: Marks = {}): Line[] {
  return text
    .replace(/\n+$/, '')
    .split('\n')
    .flatMap((source, at): Line[] => {
      const wrong = marks.bad?.includes(at + 1) === true;
      const own = source.trim() === `namespace: ${marks.ownNamespace}` ? ownMark(source, columns, signs) : [];
      const gutter = wrong ? piece(`${signs.bad} `.padEnd(3), 'bad') : piece('   ');
      const coloured = wrong ? [piece(source, 'bad')] : yamlPieces(source);
      return chop([gutter, ...coloured, ...own], columns, 6);
    });
}

/** Marks the one line that differs from the text; short where there is little room. */
function ownMark(source: string, columns: number, signs: Signs): Piece[] {
  const [long, short] = ['yours; the text says mesh-network', 'yours'].map(
    text => `   ${signs.bullet} ${text}`,
  );
  const fits = source.length + 3 + (long?.length ?? 0) <= columns;
  return [piece((fits ? long : short) ?? '', 'dim')];
}

/** One line of YAML. */
export function yamlPieces(source: string): Piece[] {
  if (/^\s*#/.test(source) || /^(---|\.\.\.)\s*$/.test(source)) return [piece(source, 'dim')];
  const [, lead = '', key, rest = ''] =
    /^(\s*(?:- +)*)(?:("[^"]*"|'[^']*'|[^\s"'#:][^:#]*)(?=:(?:\s|$)))?(.*)$/.exec(source) ?? [];
  const comment = / #.*$/.exec(rest);
  const value = comment ? rest.slice(0, comment.index) : rest;
  return [
    piece(lead),
    ...(key === undefined ? [] : [piece(key, 'accent')]),
    piece(value),
    ...(comment ? [piece(comment[0], 'dim')] : []),
  ].filter(one => one.text !== '');
}
