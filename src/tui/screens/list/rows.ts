/** The rows of a course in the list: how far each is, what is left of it, and a line that says what it is about. Pure. */
import type { LessonProgress } from '../../../lesson/state.ts';
import { bold, clickable, indent, type Line, type Piece, piece, spread, truncate } from '../../text/line.ts';
import { wrap } from '../../text/wrap.ts';
import type { Signs } from '../../theme.ts';
import { topicsText } from './next.ts';

export interface Rows {
  readonly lines: readonly Line[];
  /** The line on which the pointer stands, from 0. */
  readonly pointer: number;
}

export interface RowsInput {
  readonly rows: readonly LessonProgress[];
  /** Places of those that are shown, from 0; and which of these is pointed at. */
  readonly shown: readonly number[];
  readonly at: number;
  readonly columns: number;
  readonly height: number;
  readonly signs: Signs;
}

/** Columns in front of a title: the pointer and the number. */
const LEAD = 7;

/**
 * Each row with its line of description where there is room for all of them; else the description of the row that is
 * pointed at.
 */
export function courseRows({ rows, shown, at, columns, height, signs }: RowsInput): Rows {
  const spare = height - shown.length * 2;
  const all = spare >= 0;
  const beside = Math.max(BESIDE, ...rows.map(row => besideBar(row, columns).length + 2));
  const lines: Line[] = [];
  let pointer = 0;
  for (const place of shown) {
    const row = rows[place];
    if (row === undefined) continue;
    const here = place === at;
    if (here) pointer = lines.length;
    const more = here ? about(row, columns, signs, all ? 1 + Math.min(1, spare) : 2) : [];
    const told = !here && all ? about(row, columns, signs, 1) : more;
    lines.push(...clickable([rowLine(row, here, { columns, beside }, signs), ...told], { row: place }));
  }
  return { lines, pointer };
}

/** What it is about, and what of it is weak, which comes first; in so many lines at most. */
function about(
  { summary, weak }: LessonProgress,
  columns: number,
  { ellipsis }: Signs,
  most: number,
): Line[] {
  const room = columns - LEAD;
  const short = (text: string) => truncate([piece(text, 'dim')], room, ellipsis);
  const topics = weak.length === 0 ? [] : [short(topicsText(weak, room))];
  const told = most - topics.length > 1 ? wrap([piece(summary, 'dim')], room) : [short(summary)];
  return [...told.slice(0, most - topics.length), ...topics].map(each => indent(each, LEAD));
}

interface Widths {
  readonly columns: number;
  /** Of what stands beside the bars. */
  readonly beside: number;
}

function rowLine(row: LessonProgress, here: boolean, widths: Widths, signs: Signs): Line {
  const number = row.playground === true ? '' : String(row.number);
  return spread(
    [
      piece(here ? ` ${signs.pointer} ` : '   ', 'accent'),
      piece(`${number.padStart(2)}  `, here ? 'accent' : 'dim'),
      here ? bold(row.title) : piece(row.title),
    ],
    cells(row, widths, signs),
    widths.columns,
    signs.ellipsis,
  );
}

/** Columns below which a title needs the room of the bar. */
const NARROW = 70;
/** Columns from which there is room for what was foreseen beside the time that is left. */
const WIDE = 90;
/** What stands beside the bars has so many columns at least. */
const BESIDE = 13;

/** At the right edge, each as wide as in every other row. */
function cells(row: LessonProgress, { columns, beside }: Widths, signs: Signs): Piece[] {
  const { done, steps, drill } = row;
  const whole = steps > 0 && done >= steps;
  const sign = piece((whole ? signs.good : '').padEnd(3), 'good');
  if (row.playground === true) return [];
  if (drill !== undefined) {
    const facts = [piece(drill.domain.padEnd(11)), piece(drill.level.padEnd(6), 'dim')];
    return [sign, ...facts, piece(timeLeft(row).padStart(9), 'dim')];
  }
  const drawn = columns < NARROW ? [] : bar(row, signs);
  const text = besideBar(row, columns).padStart(beside);
  return [sign, ...drawn, piece(`${done}/${steps}`.padStart(7)), piece(text, 'dim')];
}

const CELLS = 10;

function bar({ done, steps }: LessonProgress, signs: Signs): Piece[] {
  const full = Math.floor((done / steps) * CELLS);
  const drawn = done > 0 && full === 0 ? 1 : full;
  return [
    piece(signs.full.repeat(drawn), done >= steps ? 'good' : 'accent'),
    piece(signs.empty.repeat(CELLS - drawn), 'dim'),
  ];
}

/** What is still to be done takes time; of what is done one wants to know what was foreseen. */
function besideBar(row: LessonProgress, columns: number): string {
  const time = timeLeft(row);
  const { right, asked } = row.foreseen;
  if (asked === 0 || (time !== '' && columns < WIDE)) return time;
  return [...(time === '' ? [] : [time]), `foreseen ${right}/${asked}`].join(', ');
}

/** '12 min', or what is left of it: '5 min left'; '' when all is done. */
function timeLeft({ done, steps, minutes }: LessonProgress): string {
  if (minutes === 0 || done >= steps) return '';
  if (done === 0) return `${minutes} min`;
  return `${Math.ceil((minutes * (steps - done)) / steps)} min left`;
}
