/** What stands between the rules of a lesson: its text, a problem, or an open pane. Pure. */
import { scrollNote } from '../../components/frame-lines.ts';
import { problemLines } from '../../components/problem/problem-lines.ts';
import { offsetFor, type Window, windowOn } from '../../state/scroll.ts';
import { isMenu, type Pane, type Ui } from '../../state/ui.ts';
import { blank, indent, type Line, piece, widthOf } from '../../text/line.ts';
import { type Look, signs } from '../../theme.ts';
import { pointerRow } from '../panes/menu-lines.ts';
import { BESIDE, paneLines, wholeFiles } from '../panes/pane-lines.ts';
import { planLines } from '../panes/plan-lines.ts';
import { solutionColumns } from '../panes/solution-lines.ts';
import { whyPointerRow } from '../panes/why-lines.ts';
import type { FrameInput } from './frame.ts';
import { type Columns, halves, type Layout } from './layout.ts';

export interface Body {
  readonly rows: readonly Line[];
  /** What is out of sight. */
  readonly aside: string | null;
  /** How far the open pane can be scrolled. */
  readonly paneEnd: number;
  /** All lines of the open pane; left out: there is none. */
  readonly pane?: readonly Line[];
}

export function bodyRows(input: FrameInput, columns: Columns, layout: Layout, height: number): Body {
  const { snapshot, ui, size, look } = input;
  const sign = signs(look);
  const room = size.columns - 2;
  if (snapshot.problem && !ui.pane) {
    const seen = windowOn(problemLines(snapshot.problem, room, sign), ui.scrolled, height);
    return {
      rows: filled(seen.lines, height),
      aside: scrollNote(seen.above, seen.below, look),
      paneEnd: seen.above + seen.below,
    };
  }
  const sides = ui.pane && sidesOf(ui.pane, input, columns);
  if (sides) return sidesRows(sides, input, height);
  if (ui.pane) return paneRows(ui.pane, input, columns, layout, height);
  const aside = scrollNote(layout.above, layout.below, look);
  if (!layout.right) return { rows: filled(layout.left.lines, height), aside, paneEnd: 0 };
  return { rows: sideBySide(layout.left, layout.right, columns, height, sign.divider), aside, paneEnd: 0 };
}

function paneRows(
  pane: Pane,
  { snapshot, ui, size, look, now }: FrameInput,
  columns: Columns,
  layout: Layout,
  height: number,
): Body {
  const sign = signs(look);
  const beside = columns.two && BESIDE.has(pane);
  const room = beside ? columns.right : size.columns - 2;
  const whole = pane === 'diff' && columns.brief ? wholeFiles(snapshot, room, sign) : [];
  const lines = [...paneLines(pane, snapshot, ui, room, look, now), ...whole];
  const stands = standsAt(ui, lines, height, look);
  const seen = windowOn(lines, Math.max(0, stands) + ui.paneScrolled, height);
  return {
    rows: beside ? sideBySide(layout.left, seen, columns, height, sign.divider) : filled(seen.lines, height),
    aside: scrollNote(seen.above, seen.below, look),
    paneEnd: Math.max(0, lines.length - height),
    pane: lines,
  };
}

/** The first line of a pane that is seen before anybody scrolls: the log's end, or what brings the pointer into sight. */
function standsAt(ui: Ui, lines: readonly Line[], height: number, look: Look): number {
  if (ui.pane === 'log') return lines.length - height;
  if (isMenu(ui.pane)) return offsetFor(pointerRow(ui.menuAt), 0, height);
  return ui.pane === 'why' ? offsetFor(whyPointerRow(lines, look), 0, height) : 0;
}

/** Two texts that are read beside each other; where there is one column, a single one. */
interface Sides {
  readonly texts: readonly (readonly Line[])[];
  readonly columns: Columns | null;
}

/** From so many columns on, one's own file and the solution stand beside each other: YAML is narrower than prose. */
const SOLUTION_BESIDE = 100;

/** Null: the pane has no two sides. */
function sidesOf(pane: Pane, input: FrameInput, { two, brief }: Columns): Sides | null {
  const { snapshot, size } = input;
  const columns = two ? halves(size) : null;
  if (pane === 'diff') return diffWithPlan(input, columns, brief);
  if (pane !== 'solution' || size.columns < SOLUTION_BESIDE) return null;
  const both = halves(size);
  const { left, right } = solutionColumns(snapshot, both);
  return { texts: [left, right], columns: both };
}

/** The diff with what calls would notice beside it, or below it in one column. Null: there is nothing to plan. */
function diffWithPlan(
  { snapshot, ui, size, look, now }: FrameInput,
  columns: Columns | null,
  brief: boolean,
): Sides | null {
  const room = size.columns - 2;
  const plan = planLines(ui.plan, columns?.right ?? room, now, look);
  if (plan.length === 0) return null;
  const diff = paneLines('diff', snapshot, ui, columns?.left ?? room, look, now);
  const whole = brief ? wholeFiles(snapshot, columns?.left ?? room, signs(look)) : [];
  return { texts: columns ? [[...diff, ...whole], plan] : [[...diff, blank, ...plan, ...whole]], columns };
}

function sidesRows({ texts, columns }: Sides, { ui, look }: FrameInput, height: number): Body {
  const paneEnd = Math.max(0, ...texts.map(each => each.length - height));
  const [first, second] = texts.map(each => windowOn(each, ui.paneScrolled, height)) as [Window, Window?];
  return {
    rows:
      columns && second
        ? sideBySide(first, second, columns, height, signs(look).divider)
        : filled(first.lines, height),
    aside: scrollNote(
      Math.max(first.above, second?.above ?? 0),
      Math.max(first.below, second?.below ?? 0),
      look,
    ),
    paneEnd,
    pane: texts.flat(),
  };
}

const filled = (lines: readonly Line[], height: number): Line[] =>
  Array.from({ length: height }, (_, at) => indent(lines[at] ?? [], 1));

function sideBySide(left: Window, right: Window, columns: Columns, height: number, divider: string): Line[] {
  return Array.from({ length: height }, (_, at): Line => {
    const one = left.lines[at] ?? [];
    const other = right.lines[at] ?? [];
    return [
      piece(' '),
      ...one,
      piece(' '.repeat(Math.max(0, columns.left - widthOf(one)))),
      piece(` ${divider} `, 'dim'),
      ...other,
    ];
  });
}
