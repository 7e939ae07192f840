/** What `d` shows of a file (course/manifest-diff.ts), in the roles of a screen. */
import { type DiffRow, diffRows } from '../../../course/manifest-diff.ts';
import type { Role } from '../../../probe/walk-types.ts';
import { type Line, piece } from '../../text/line.ts';
import { chop } from '../../text/wrap.ts';

const ROLES: Readonly<Record<DiffRow['kind'], Role>> = {
  ...{ same: 'plain', added: 'good', removed: 'bad', note: 'dim' },
};

export function diffLines(applied: string, file: string, columns: number): Line[] {
  return diffRows(applied, file).flatMap(({ text, kind }) => chop([piece(text, ROLES[kind])], columns, 4));
}
