/** The pane that says why the last call went where it went; a pointer stands at a place that can be opened. */
import type { Place } from '../../../lesson/decided-in.ts';
import { placesOf, whyRows } from '../../../lesson/why-rows.ts';
import { readingLine } from '../../components/key-bar/busy-line.ts';
import { problemLines } from '../../components/problem/problem-lines.ts';
import type { Ui } from '../../state/ui.ts';
import { blank, bold, type Line, piece, spread } from '../../text/line.ts';
import { wrap } from '../../text/wrap.ts';
import { type Look, signs } from '../../theme.ts';

/** The places in the learner's files that the pane names, from its top. */
export function whyPlaces({ why }: Pick<Ui, 'why'>): readonly Place[] {
  return why?.state === 'read' ? placesOf(why.why) : [];
}

/** `menuAt` is the place that the pointer is on; below 0: none. `now`: milliseconds since the epoch. */
export function whyLines(
  { why, menuAt }: Pick<Ui, 'why' | 'menuAt'>,
  columns: number,
  look: Pick<Look, 'ascii'>,
  now: number,
): Line[] {
  const title = spread([bold('Why did it go there?')], [piece('the call, traced', 'dim')], columns);
  const chosen = whyPlaces({ why })[menuAt];
  const body =
    why === null || why.state === 'reading'
      ? [readingLine(why?.since ?? now, now, look)]
      : why.state === 'failed'
        ? problemLines(why.problem, columns, signs(look))
        : whyRows(why.why, signs(look)).flatMap(({ spans, hang, place }) => {
            const here = place !== undefined && place === chosen;
            return wrap(here ? withPointer(spans, look) : spans, columns, hang);
          });
  return [title, blank, ...body];
}

/** The row's margin makes room for the pointer. */
function withPointer([margin, ...rest]: Line, look: Pick<Look, 'ascii'>): Line {
  const room = margin?.text.length ?? 0;
  return [piece(`${signs(look).pointer} `.padStart(room), 'accent'), ...rest];
}

/** The line of the pane on which the pointer stands; 0: on none. */
export function whyPointerRow(lines: readonly Line[], look: Pick<Look, 'ascii'>): number {
  const { pointer } = signs(look);
  return Math.max(
    0,
    lines.findIndex(one => one[0]?.text.trim() === pointer),
  );
}
