/** A question that has to be answered before anything goes on: its whole text, and y or n. */
import type { Size } from '../terminal/window-size.ts';
import { blank, bold, indent, type Line } from '../text/line.ts';
import { wrap } from '../text/wrap.ts';
import type { Look } from '../theme.ts';
import { headerLine, noteRule, ruleLine } from './frame-lines.ts';
import { keyBarLine } from './key-bar/key-bar-lines.ts';

export function questionFrame(title: string, question: string, size: Size, look: Look): Line[] {
  const { columns } = size;
  const height = Math.max(3, size.rows - 5);
  const lines = [blank, ...wrap([bold(question)], Math.min(columns - 2, 100))];
  return [
    headerLine(title, '', '', columns, look),
    ruleLine(columns, look),
    ...Array.from({ length: height }, (_, at) => indent(lines[at] ?? [], 1)),
    noteRule(null, null, columns, look),
    keyBarLine(
      [
        ['y', 'yes'],
        ['n', 'no'],
      ],
      columns,
    ),
  ];
}
