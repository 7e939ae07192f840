/** The walk as lines: drawn by probe/draw-walk.ts, or in words for a screen reader. */
import { drawWalk } from '../../../probe/draw-walk.ts';
import type { Walk } from '../../../probe/walk-types.ts';
import { indent, type Line, line } from '../../text/line.ts';
import type { Look } from '../../theme.ts';

export function walkLines(walk: Walk, columns: number, look: Look): Line[] {
  if (look.screenReader) {
    const hops = walk.hops.map(
      hop =>
        `${hop.title}: ${hop.state.replace('-', ' ')}${hop.notes.length > 0 ? `, ${hop.notes.join(', ')}` : ''}`,
    );
    const counts = [
      ...walk.answers,
      ...walk.mirrored.map(one => ({ ...one, label: `mirrored to ${one.label}` })),
    ];
    return [...hops, ...counts.map(one => `${one.label}: ${one.count} of ${one.of}`), walk.sentence].map(
      text => line(text),
    );
  }
  return drawWalk(walk, { columns: columns - 2, ascii: look.ascii }).map(one => indent(one, 2));
}
