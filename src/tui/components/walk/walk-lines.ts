/** The walk as lines: drawn, or in words for a screen reader. */
import { drawWalk } from '../../../probe/draw-walk.ts';
import { sayWalk } from '../../../probe/say-walk.ts';
import type { Walk } from '../../../probe/walk-types.ts';
import { indent, type Line, line } from '../../text/line.ts';
import type { Look } from '../../theme.ts';

/** `brief`: rows are few. */
export function walkLines(walk: Walk, columns: number, look: Look, brief = false): Line[] {
  if (look.screenReader) return sayWalk(walk).map(text => line(text));
  return drawWalk(walk, { columns: columns - 2, ascii: look.ascii, brief }).map(one => indent(one, 2));
}
