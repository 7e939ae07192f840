/**
 * A manifest as coloured lines. Each line is tokenized by itself and nothing is parsed: it has to colour a file
 * that is being edited and may be broken. Keys have the accent, comments and separators are dim.
 */
import type { FileLine } from '../../../lesson/file-changes.ts';
import { amount } from '../../../shared/texts.ts';
import { type Line, line, type Piece, piece } from '../../text/line.ts';
import { chop } from '../../text/wrap.ts';
import type { Signs } from '../../theme.ts';

export interface Marks {
  /** Lines (from 1) that a refusal names. */
  readonly bad?: readonly number[];
  /** The namespace that takes the place of the article's mesh-network; null when it is that one. */
  readonly ownNamespace?: string | null;
  /** Of what has changed: all of it is shown, and not only what is near a change. */
  readonly whole?: boolean;
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

/** Lines before and after a change. */
const CONTEXT = 2;

/**
 * A manifest by what is new in it: changed lines with a sign, a little around them, and how much is left out; or the
 * whole.
 */
export function changedLines(
  changes: readonly FileLine[],
  columns: number,
  signs: Signs,
  marks: Marks = {},
): Line[] {
  const wrong = ({ line: at }: FileLine) => at !== null && marks.bad?.includes(at) === true;
  const near = changes.map((_, at) =>
    changes.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some(one => one.kind !== 'same' || wrong(one)),
  );
  const isOwn = ({ kind, text }: FileLine) =>
    kind !== 'removed' && text.trim() === `namespace: ${marks.ownNamespace}`;
  const lines: Line[] = [];
  let skipped = 0;
  const gap = () => {
    if (skipped > 0) lines.push(line(`   ${signs.ellipsis} ${amount(skipped, 'line')} as before`, 'dim'));
    skipped = 0;
  };
  for (const [at, change] of changes.entries()) {
    if (!near[at] && !marks.whole) {
      skipped += 1;
      continue;
    }
    gap();
    const [sign, role] = wrong(change) ? ([signs.bad, 'bad'] as const) : CHANGED[change.kind];
    const coloured = change.kind === 'same' ? yamlPieces(change.text) : [piece(change.text, role)];
    const own = isOwn(change) ? ownMark(change.text, columns, signs) : [];
    lines.push(...chop([piece(`${sign} `.padEnd(3), role), ...coloured, ...own], columns, 6));
  }
  gap();
  return lines;
}

const CHANGED = { same: ['', 'plain'], added: ['+', 'good'], removed: ['-', 'bad'] } as const;

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
