/** A drawn line as terminals take it: the colour of each span follows its role. */
import type { DrawnLine, Role } from '../../probe/walk-types.ts';
import { type PrintLook, paint } from './paint.ts';

const STYLES: Readonly<Record<Role, Parameters<typeof paint>[1] | null>> = {
  plain: null,
  good: 'green',
  bad: 'red',
  accent: 'cyan',
  dim: 'dim',
};

/** With escape sequences, or without any where `look` wants no colour. */
export function ansi(line: DrawnLine, look: PrintLook): string {
  return line
    .map(({ text, role }) => {
      const style = STYLES[role];
      return style === null ? text : paint(look, style, text);
    })
    .join('');
}
