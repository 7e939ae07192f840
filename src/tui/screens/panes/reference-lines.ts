/** A page of the reference as a pane: above it the four kinds, each with its digit. */
import { REFERENCE_KINDS } from '../../../course/reference.ts';
import { linkedReference } from '../../../course/reference-address.ts';
import { linkedMarkdownLines } from '../../markdown/markdown-lines.ts';
import type { ReferencePage } from '../../state/ui.ts';
import { blank, bold, type Line, line, piece } from '../../text/line.ts';
import { wrap } from '../../text/wrap.ts';
import type { Signs } from '../../theme.ts';

/** Null: it is being read. */
export function referenceLines(page: ReferencePage | null, columns: number, signs: Signs): Line[] {
  const kinds = REFERENCE_KINDS.flatMap((kind, i) => [
    piece(`${i + 1} `, 'accent'),
    kind === page?.kind ? bold(kind) : piece(kind, 'dim'),
    piece('  '),
  ]);
  const body =
    page === null
      ? [line('reading it', 'dim')]
      : linkedMarkdownLines(linkedReference(page.kind, page.text), columns, signs);
  return [...wrap(kinds, columns), blank, ...body];
}
