/** The list of all there is to do, in tabs, with how far each has been taken. Pure. */
import type { LessonProgress, LessonSnapshot } from '../../../lesson/state.ts';
import type { Problem } from '../../../shared/errors.ts';
import { headerLine, ruleLine, scrollNote, withNote } from '../../components/frame-lines.ts';
import { busyLine } from '../../components/key-bar/busy-line.ts';
import { type KeyLabel, keyBarLine } from '../../components/key-bar/key-bar-lines.ts';
import { lineEditorLines } from '../../components/line-editor/line-editor-lines.ts';
import { textOfLine } from '../../components/line-editor/state.ts';
import { problemLines } from '../../components/problem/problem-lines.ts';
import { keyLabel } from '../../keys.ts';
import { offsetFor, windowOn } from '../../state/scroll.ts';
import type { Ui } from '../../state/ui.ts';
import type { Size } from '../../terminal/window-size.ts';
import { blank, indent, type Line, line, piece, truncate } from '../../text/line.ts';
import { type Look, type Signs, signs } from '../../theme.ts';
import { lossText } from '../lesson/loss.ts';
import { helpLines } from '../panes/help-lines.ts';
import { examRows } from './exam-tab.ts';
import { matching } from './find.ts';
import { nextText } from './next.ts';
import { courseRows, type Rows } from './rows.ts';
import { goOnAt } from './state.ts';
import { TABS, tabsLine } from './tabs.ts';

export interface ListInput {
  /** Null: the course of the open tab is not there yet. */
  readonly snapshot: Pick<
    LessonSnapshot,
    'lessons' | 'study' | 'last' | 'provider' | 'connected' | 'notice' | 'problem' | 'busy'
  > | null;
  readonly ui: Ui;
  readonly size: Size;
  readonly look: Look;
  readonly now: number;
  /** What is going on while there is no cluster yet: 'looking for a cluster'. */
  readonly waiting: string | null;
  /** Why the course of the open tab cannot be read. */
  readonly unreadable: Problem | null;
}

export const TITLE = 'istio-tutor';
export const SUBTITLE = 'what a mesh does with a call to the outside';

export function listFrame(input: ListInput): Line[] {
  const { snapshot, ui, size, look, waiting } = input;
  const { columns } = size;
  const foot = footLines(input);
  const most = Math.max(3, size.rows - 5 - foot.length);
  const busy = snapshot?.busy ? busyLine(snapshot.busy, input.now, columns, look) : null;
  const notice = snapshot?.notice === ui.staleNotice ? null : (snapshot?.notice ?? null);
  const { body: seen, below } = withNote(most, ui.remark ?? notice, { columns, look }, height => {
    const body = bodyOf(input, height);
    const seen = windowOn(body.lines, offsetFor(body.pointer, 0, height - 2), height);
    const rows = Array.from({ length: height }, (_, at) => indent(seen.lines[at] ?? [], 1));
    return { rows, aside: scrollNote(seen.above, seen.below, look) };
  });
  return [
    headerLine(TITLE, '', snapshot && !waiting ? snapshot.provider : (waiting ?? ''), columns, look),
    ruleLine(columns, look),
    ...seen.rows,
    ...foot.map(each => indent(each, 1)),
    ...below,
    (ui.asks ? null : busy) ?? keyBar(input),
  ];
}

/** Places of the rows that are shown: all, or those that hold what is typed. */
export function shownRows(
  rows: readonly LessonProgress[],
  { editor }: Pick<Ui, 'editor'>,
): readonly number[] {
  return matching(rows, editor === null ? '' : textOfLine(editor));
}

/** The row that Enter opens, as its place among all; undefined: none is shown. */
export function pointedRow(shown: readonly number[], listAt: number): number | undefined {
  return shown.includes(listAt) ? listAt : shown[0];
}

const PANE_KEYS: readonly KeyLabel[] = [keyLabel('close', 'pane'), keyLabel('quit', 'list')];

function keyBar({ snapshot, waiting, ui, size }: ListInput): Line {
  const { columns } = size;
  if (ui.pane) return keyBarLine(PANE_KEYS, columns);
  if (ui.asks) {
    const confirm = [keyLabel('yes', 'confirm'), keyLabel('no', 'confirm')];
    const asked = ui.asks === 'anew' ? ANEW : (snapshot && lossText(snapshot, ui)) || 'Quit?';
    return [piece(' '), piece(asked), piece('  '), ...keyBarLine(confirm, 20)];
  }
  if (ui.editor) {
    const labels: KeyLabel[] = [
      ['enter', 'open'],
      ['up down', 'move'],
      ['esc', 'all of them'],
    ];
    return keyBarLine(labels, columns);
  }
  const up = snapshot && !snapshot.connected && !waiting;
  const course = snapshot !== null && ui.tab !== 'exam';
  return keyBarLine(
    [
      ...(snapshot ? [keyLabel('choose', 'list')] : []),
      ...(up ? [keyLabel('bring-back', 'list', 'bring up a cluster')] : []),
      ...(course ? [keyLabel('find', 'list'), keyLabel('next-open', 'list'), keyLabel('anew', 'list')] : []),
      ...(snapshot && !waiting ? [keyLabel('where', 'list')] : []),
      keyLabel('quit', 'list'),
      keyLabel('keys', 'list'),
    ],
    columns,
  );
}

/** What is asked before something is forgotten. */
const ANEW = 'Start it anew? What was done in it is forgotten; your files are kept as NAME.mine.';

function bodyOf(input: ListInput, height: number): Rows {
  const { snapshot, ui, size, look, unreadable } = input;
  const sign = signs(look);
  const room = Math.min(size.columns - 2, 100);
  if (ui.pane === 'keys') return { lines: helpLines('list', room), pointer: 0 };
  const problem = snapshot?.problem ?? (ui.tab === 'exam' ? null : unreadable);
  if (problem) return { lines: problemLines(problem, room, sign), pointer: 0 };
  const head: Line[] = [tabsLine(ui.tab, room), blank];
  const { lines, pointer } = tabRows(input, room, height - head.length, sign);
  return { lines: [...head, ...lines], pointer: head.length + pointer };
}

function tabRows({ snapshot, ui }: ListInput, columns: number, height: number, sign: Signs): Rows {
  if (ui.tab === 'exam') return { lines: examRows(ui.exam, columns, sign), pointer: 0 };
  if (snapshot === null) {
    const title = TABS.find(each => each.id === ui.tab)?.title.toLowerCase();
    return { lines: [line(`   opening the ${title}`, 'dim')], pointer: 0 };
  }
  const shown = shownRows(snapshot.lessons, ui);
  if (shown.length === 0 && ui.editor)
    return { lines: [line('   Nothing here holds that.', 'dim')], pointer: 0 };
  const at = pointedRow(shown, ui.listAt) ?? 0;
  return courseRows({ rows: snapshot.lessons, shown, at, columns, height, signs: sign });
}

/** Above the lower rule: what is being typed, or what to do next. */
function footLines({ snapshot, ui, size, look }: ListInput): Line[] {
  const room = Math.min(size.columns - 2, 100);
  const { ellipsis, ...sign } = signs(look);
  if (ui.pane || snapshot?.problem) return [];
  if (ui.editor) return lineEditorLines(ui.editor, room, { ellipsis, ...sign }, 'find ');
  const rows = snapshot?.lessons ?? [];
  const at = snapshot === null ? 0 : goOnAt(snapshot);
  const text = nextText({ tab: ui.tab, rows, at, study: snapshot?.study, exam: ui.exam, room: room - 3 });
  return text === null ? [] : [truncate([piece('   '), piece(text, 'dim')], room, ellipsis)];
}
