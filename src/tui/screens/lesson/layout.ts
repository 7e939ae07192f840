/**
 * Places the sections: one column below 110, else text left and manifest or evidence right. Each column
 * is placed by itself so that what is new is in sight; scrolling moves both from there. Pure.
 */
import { clamp, type Window, windowOn } from '../../state/scroll.ts';
import type { Ui } from '../../state/ui.ts';
import type { Size } from '../../terminal/window-size.ts';
import { blank, type Line } from '../../text/line.ts';
import type { Section } from './sections.ts';

const TWO_COLUMNS = 110;
const DIVIDER = 3;
const FEW_ROWS = 34;

export interface Columns {
  readonly left: number;
  readonly right: number;
  readonly two: boolean;
  /** Rows are few: evidence is drawn in as few as it can be, and files by what has changed in them. */
  readonly brief: boolean;
}

/** Text columns inside the screen's margins. The right column is wide enough for a walk. */
export function columnsFor(size: Size): Columns {
  const room = size.columns - 2;
  const brief = size.rows < FEW_ROWS;
  if (size.columns < TWO_COLUMNS) return { left: room, right: room, two: false, brief };
  const right = clamp(Math.round(room * 0.58), 66, 90);
  return { left: Math.min(room - right - DIVIDER, 84), right, two: true, brief };
}

/** Two columns of the same width, for what is read beside each other. */
export function halves({ columns, rows }: Size): Columns {
  const left = Math.floor((columns - 2 - DIVIDER) / 2);
  return { left, right: columns - 2 - DIVIDER - left, two: true, brief: rows < FEW_ROWS };
}

export interface Layout {
  readonly left: Window;
  readonly right: Window | null;
  /** How far `scrolled` may go either way. */
  readonly least: number;
  readonly most: number;
  /** Lines of text still below, in the column that is read. */
  readonly below: number;
  readonly above: number;
  /** The last line of the section is in sight. */
  shows(section: string): boolean;
  /** Scrolling that brings the end of a section into sight. */
  scrollTo(section: string): number;
}

interface Column {
  readonly lines: readonly Line[];
  readonly starts: ReadonlyMap<string, number>;
  readonly ends: ReadonlyMap<string, number>;
}

export function layOut(
  sections: readonly Section[],
  ui: Pick<Ui, 'fresh' | 'scrolled'>,
  columns: Columns,
  height: number,
): Layout {
  const first = stack(columns.two ? sections.filter(one => one.side === 'left') : sections);
  const second = columns.two ? stack(sections.filter(one => one.side === 'right')) : null;
  // Beside the text there is room for why a check fails; below it, the checks themselves come first.
  const fresh = columns.two ? ui.fresh : ui.fresh.filter(id => id !== 'failed walk');
  const stands = [first, ...(second ? [second] : [])].map(column => standing(column, fresh, height));
  const least = Math.min(...stands.map(one => -one.auto));
  const most = Math.max(...stands.map(one => one.last - one.auto));
  const scrolled = clamp(ui.scrolled, least, most);
  const left = windowOn(first.lines, (stands[0]?.auto ?? 0) + scrolled, height);
  const right = second ? windowOn(second.lines, (stands[1]?.auto ?? 0) + scrolled, height) : null;
  return {
    left,
    right,
    least,
    most,
    below: Math.max(left.below, right?.below ?? 0),
    above: Math.max(left.above, right?.above ?? 0),
    shows(section) {
      const end = first.ends.get(section);
      return end === undefined || end <= left.offset + height;
    },
    scrollTo(section) {
      const end = first.ends.get(section) ?? 0;
      return clamp(end - height - (stands[0]?.auto ?? 0), least, most);
    },
  };
}

/** Rows that the longer column takes when nothing is out of sight. */
export function linesOf(sections: readonly Section[], { two }: Columns): number {
  const of = (side: Section['side']) => stack(sections.filter(one => one.side === side)).lines.length;
  return two ? Math.max(of('left'), of('right')) : stack(sections).lines.length;
}

/**
 * Where a column stands by itself: at its top, but so far down that what is new is in sight to its end, and
 * never past where the new begins.
 */
function standing(column: Column, fresh: readonly string[], height: number): { auto: number; last: number } {
  const last = Math.max(0, column.lines.length - height);
  const here = fresh.filter(id => column.starts.has(id));
  if (here.length === 0) return { auto: 0, last };
  const begin = Math.min(...here.map(id => column.starts.get(id) ?? 0));
  const end = Math.max(...here.map(id => column.ends.get(id) ?? 0));
  return { auto: clamp(Math.min(begin, end - height), 0, last), last };
}

function stack(sections: readonly Section[]): Column {
  const lines: Line[] = [];
  const starts = new Map<string, number>();
  const ends = new Map<string, number>();
  for (const section of sections) {
    if (lines.length > 0 && !section.close) lines.push(blank);
    starts.set(section.id, lines.length);
    lines.push(...section.lines);
    ends.set(section.id, lines.length);
  }
  return { lines, starts, ends };
}
