/** The list of lessons, with how far each has been taken. Pure. */
import type { LessonProgress, LessonSnapshot } from '../../../lesson/state.ts';
import { headerLine, ruleLine, scrollNote, withNote } from '../../components/frame-lines.ts';
import { busyLine } from '../../components/key-bar/busy-line.ts';
import { type KeyLabel, keyBarLine } from '../../components/key-bar/key-bar-lines.ts';
import { problemLines } from '../../components/problem/problem-lines.ts';
import { keyLabel } from '../../keys.ts';
import { offsetFor, windowOn } from '../../state/scroll.ts';
import type { Ui } from '../../state/ui.ts';
import type { Size } from '../../terminal/window-size.ts';
import { blank, bold, indent, type Line, line, piece, spread } from '../../text/line.ts';
import { type Look, type Signs, signs } from '../../theme.ts';
import { helpLines } from '../panes/help-lines.ts';

export interface ListInput {
  readonly snapshot: Pick<
    LessonSnapshot,
    'lessons' | 'provider' | 'connected' | 'notice' | 'problem' | 'busy'
  > | null;
  readonly ui: Ui;
  readonly size: Size;
  readonly look: Look;
  readonly now: number;
  /** What is going on while there is no cluster yet: 'looking for a cluster'. */
  readonly waiting: string | null;
}

export const TITLE = 'istio-tutor';
export const SUBTITLE = 'what a mesh does with a call to the outside';

export function listFrame(input: ListInput): Line[] {
  const { snapshot, ui, size, look, waiting } = input;
  const { columns } = size;
  const most = Math.max(3, size.rows - 5);
  const sign = signs(look);
  const body = bodyOf(input, sign);
  const busy = snapshot?.busy ? busyLine(snapshot.busy, input.now, columns, look) : null;
  const notice = snapshot?.notice === ui.staleNotice ? null : (snapshot?.notice ?? null);
  const { body: seen, below } = withNote(most, ui.remark ?? notice, { columns, look }, height => {
    const seen = windowOn(body.lines, offsetFor(body.pointer, 0, height - 1), height);
    const rows = Array.from({ length: height }, (_, at) => indent(seen.lines[at] ?? [], 1));
    return { rows, aside: scrollNote(seen.above, seen.below, look) };
  });
  return [
    headerLine(TITLE, '', snapshot && !waiting ? snapshot.provider : (waiting ?? ''), columns, look),
    ruleLine(columns, look),
    ...seen.rows,
    ...below,
    busy ?? keyBarLine(ui.pane ? PANE_KEYS : keysOf(input), columns),
  ];
}

const PANE_KEYS: readonly KeyLabel[] = [keyLabel('close', 'pane'), keyLabel('quit', 'list')];

function keysOf({ snapshot, waiting }: ListInput): KeyLabel[] {
  const up = snapshot && !snapshot.connected && !waiting;
  return [
    ...(snapshot ? [keyLabel('choose', 'list')] : []),
    ...(up ? [keyLabel('bring-back', 'list', 'bring up a cluster')] : []),
    ...(snapshot && !waiting ? [keyLabel('where', 'list')] : []),
    keyLabel('quit', 'list'),
    keyLabel('keys', 'list'),
  ];
}

function bodyOf({ snapshot, ui, size }: ListInput, sign: Signs): { lines: Line[]; pointer: number } {
  const room = Math.min(size.columns - 2, 100);
  if (ui.pane === 'keys') return { lines: helpLines('list', room), pointer: 0 };
  if (snapshot?.problem) return { lines: problemLines(snapshot.problem, room, sign), pointer: 0 };
  const lessons = snapshot?.lessons ?? [];
  const drills = lessons.some(one => one.drill !== undefined);
  const head: Line[] = drills
    ? [blank, [bold('Drills')], line('one thing to put right; whatever works is right', 'dim'), blank]
    : [blank, [bold('Getting traffic out of the mesh')], line(SUBTITLE, 'dim'), blank];
  const beside = Math.max(7, ...lessons.map(lesson => besideText(lesson).length)) + 2;
  const rows = lessons.map((lesson, at) => lessonRow(lesson, at === ui.listAt, { room, beside }, sign));
  return {
    lines: [...head, ...rows, ...(rows.length > 0 ? [blank, totals(lessons, drills)] : [])],
    pointer: head.length + ui.listAt,
  };
}

const CELLS = 10;

/** `beside`: columns of what stands at the row's end. */
function lessonRow(
  lesson: LessonProgress,
  here: boolean,
  { room, beside }: { readonly room: number; readonly beside: number },
  sign: Signs,
): Line {
  const { done, steps } = lesson;
  const full = steps === 0 ? 0 : Math.floor((done / steps) * CELLS);
  const shown = done > 0 && full === 0 ? 1 : full;
  const whole = steps > 0 && done >= steps;
  const title = here ? bold(lesson.title) : piece(lesson.title);
  return spread(
    [
      piece(here ? ` ${sign.pointer} ` : '   ', 'accent'),
      piece(
        `${String(lesson.number).padStart(lesson.drill === undefined ? 1 : 2)}  `,
        here ? 'accent' : 'dim',
      ),
      title,
    ],
    [
      piece((whole ? sign.good : '').padEnd(3), 'good'),
      ...(lesson.drill === undefined
        ? [
            piece(sign.full.repeat(shown), whole ? 'good' : 'accent'),
            piece(sign.empty.repeat(CELLS - shown), 'dim'),
            piece(`${done}/${steps}`.padStart(7)),
          ]
        : [piece(lesson.drill.domain.padEnd(11)), piece(lesson.drill.level.padEnd(6), 'dim')]),
      piece(besideText(lesson).padStart(beside), 'dim'),
    ],
    room,
    sign.ellipsis,
  );
}

/** What is still to be done takes time; of what was begun one wants to know what was foreseen. */
function besideText({ foreseen, minutes }: LessonProgress): string {
  return foreseen.asked === 0 ? `${minutes} min` : `foreseen ${foreseen.right}/${foreseen.asked}`;
}

function totals(lessons: readonly LessonProgress[], drills: boolean): Line {
  const done = lessons.reduce((sum, one) => sum + one.done, 0);
  const all = lessons.reduce((sum, one) => sum + one.steps, 0);
  return line(`   ${done} of ${all} ${drills ? 'drills' : 'steps'} done`, 'dim');
}
