/**
 * The lesson screen as a frame: one line fewer than the window has rows (Ink draws a full window anew each
 * time, which flickers). Pure: the engine's snapshot and the screen's state in, lines out.
 */
import type { Playground } from '../../../course/course.ts';
import type { LessonSnapshot } from '../../../lesson/state.ts';
import { shellPath } from '../../../shared/paths.ts';
import { headerLine, ruleLine, withNote } from '../../components/frame-lines.ts';
import { busyLine } from '../../components/key-bar/busy-line.ts';
import { type KeyLabel, keyBarLine } from '../../components/key-bar/key-bar-lines.ts';
import { lineEditorLines } from '../../components/line-editor/line-editor-lines.ts';
import { keyLabel } from '../../keys.ts';
import type { Question, Ui } from '../../state/ui.ts';
import type { Size } from '../../terminal/window-size.ts';
import { indent, type Line, line, piece, truncateMiddle } from '../../text/line.ts';
import { type Look, signs } from '../../theme.ts';
import { editable } from '../panes/steps-menu.ts';
import { bodyRows } from './body-rows.ts';
import { lessonKeys } from './key-labels.ts';
import { type Columns, columnsFor, type Layout, layOut, linesOf } from './layout.ts';
import { lossText } from './loss.ts';
import { paneKeys } from './pane-keys.ts';
import { lessonSections } from './sections.ts';
import { stepState } from './state.ts';

export interface FrameInput {
  readonly snapshot: LessonSnapshot;
  readonly ui: Ui;
  readonly size: Size;
  readonly look: Look;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

export interface LessonView {
  readonly lines: readonly Line[];
  readonly layout: Layout;
  /** By how many rows a page is scrolled. */
  readonly page: number;
  /** There is more text to read, and Enter shows it. */
  readonly more: boolean;
  /** How far the open pane can be scrolled. */
  readonly paneEnd: number;
  /** All lines of the open pane; none: there is none. */
  readonly pane: readonly Line[];
}

function asked(question: Question, snapshot: LessonSnapshot, ui: Ui): string {
  if (question === 'quit') return lossText(snapshot, ui) ?? 'Quit?';
  if (snapshot.lesson?.playground) return 'Make the mesh anew, from the files in the folder?';
  const fix = snapshot.lesson?.steps[snapshot.at]?.kind === 'fix';
  return fix
    ? 'Go back to the start, files too? Yours are kept as NAME.mine.'
    : 'Go back to the start of this step? Your files stay as they are.';
}

export function lessonView(input: FrameInput): LessonView {
  const { snapshot, ui, size, look, now } = input;
  const columns = columnsFor(size);
  const sections = lessonSections({ snapshot, ui, look, columns });
  const wanted = footLines(input, columns);
  const rows = Math.max(3, size.rows - 1 - 4);
  const fits = linesOf(sections, columns) + wanted.length <= rows;
  const foot = ui.editor || !columns.brief || fits ? wanted : [];
  const most = Math.max(3, rows - foot.length);
  const note = ui.remark ?? (snapshot.notice === ui.staleNotice ? null : snapshot.notice);
  const { body, below } = withNote(most, note, { columns: size.columns, look }, height => {
    const layout = layOut(sections, ui, columns, height);
    return { height, layout, ...bodyRows(input, columns, layout, height) };
  });
  const { layout, paneEnd } = body;
  const more = textLeft(snapshot, layout);
  const busy = snapshot.busy ? busyLine(snapshot.busy, now, size.columns, look) : null;
  const lines = [
    headerLine(...titleAndPlace(snapshot), snapshot.provider, size.columns, look),
    ruleLine(size.columns, look),
    ...body.rows,
    ...foot,
    ...below,
    (ui.asks === null ? busy : null) ?? bar(input, more),
  ];
  return { lines, layout, page: Math.max(1, body.height - 2), more, paneEnd, pane: body.pane ?? [] };
}

function titleAndPlace({ lesson, at }: LessonSnapshot): [title: string, place: string] {
  if (lesson?.playground)
    return ['Playground', lesson.playground.calls.length === 0 ? '' : callsText(lesson.playground)];
  const title = `${lesson?.number ?? ''}  ${lesson?.title ?? ''}`;
  const drill = lesson?.drill;
  return [
    title,
    drill === undefined ? `${at + 1}/${lesson?.steps.length ?? 0}` : `${drill.domain}, ${drill.level}`,
  ];
}

const callsText = ({ calls: { length } }: Playground) => `${length} ${length === 1 ? 'call' : 'calls'}`;

/** Enter shows the rest of a text before it does anything; a fix is worked on with the checks in sight. */
function textLeft(snapshot: LessonSnapshot, layout: Layout): boolean {
  const step = snapshot.lesson?.steps[snapshot.at];
  const state = stepState(snapshot);
  if (!step || !state || snapshot.problem) return false;
  if (step.kind === 'fix') return state.phase === 'done' && !layout.shows('after');
  return layout.left.below > 0;
}

function bar({ snapshot, ui, size }: FrameInput, more: boolean): Line {
  const confirm: KeyLabel[] = [keyLabel('yes', 'confirm'), keyLabel('no', 'confirm')];
  if (ui.asks)
    return [piece(' '), piece(asked(ui.asks, snapshot, ui)), piece('  '), ...keyBarLine(confirm, 20)];
  if (ui.editor)
    return keyBarLine(
      [
        ['enter', 'send'],
        ['up', 'earlier calls'],
        ['ctrl-u', 'empty'],
        ['esc', 'leave it'],
      ],
      size.columns,
    );
  if (ui.pane) return keyBarLine(paneKeys(ui.pane, ui, snapshot), size.columns);
  if (snapshot.problem) {
    const edit = editable(snapshot).length > 0 ? [keyLabel('edit', 'lesson')] : [];
    const back = keyLabel('bring-back', 'lesson', 'bring the cluster back');
    const others = (['reset', 'quit', 'keys'] as const).map(command => keyLabel(command, 'lesson'));
    return keyBarLine([['enter', 'go on'], back, ...edit, ...others], size.columns);
  }
  return keyBarLine(lessonKeys(snapshot, more, ui.optionAt), size.columns);
}

/**
 * Above the lower rule: the call being typed, or the kubectl line that does the same; of few rows the text has the
 * first.
 */
function footLines({ snapshot, ui, size, look }: FrameInput, columns: Columns): Line[] {
  if (ui.editor) {
    const room = size.columns - 2;
    return [
      line(' Change the call', 'dim'),
      ...lineEditorLines(ui.editor, room, signs(look)).map(one => indent(one, 1)),
    ];
  }
  if (!snapshot.kubectl || !snapshot.kubeconfig || snapshot.problem || ui.pane === 'kubectl') return [];
  const fix = snapshot.lesson?.steps[snapshot.at]?.kind === 'fix';
  // In one column a fix has these lines in its text.
  if (fix && !columns.two) return [];
  const shell = (label: string, text: string): Line => {
    const { ellipsis } = signs(look);
    return [piece(` ${label}  `, 'dim'), piece(truncateMiddle(text, size.columns - 5, ellipsis), 'dim')];
  };
  const exported =
    fix && snapshot.kubeconfig ? [shell(' ', `export KUBECONFIG=${shellPath(snapshot.kubeconfig)}`)] : [];
  return [...exported, shell(keyLabel('kubectl', 'lesson')[0], snapshot.kubectl)];
}

/** For a screen reader: what is asked, in words. */
export function questionLines(ui: Ui, snapshot: LessonSnapshot): string | null {
  return ui.asks ? `${asked(ui.asks, snapshot, ui)} y or n` : null;
}
