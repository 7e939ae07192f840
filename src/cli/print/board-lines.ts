/** The board of a workshop. Pure. */
import stringWidth from 'string-width';
import type { LearnerStatus } from '../../workshop/workshop.ts';
import { type PrintLook, paint, signs } from './paint.ts';

/** Of the window; columns and rows that a live board may fill. */
export interface BoardRoom {
  readonly columns: number;
  readonly rows: number;
}

/** A row for each learner; where a window is too low for that, as many columns as it takes. Every line fits the room. */
export function boardLines(
  all: readonly LearnerStatus[],
  look: PrintLook,
  now: Date,
  room: BoardRoom | null,
): string[] {
  if (room === null || all.length + 1 <= room.rows) return rowLines(all, look, now);
  const across = Math.ceil(all.length / room.rows);
  const wide = Math.floor(room.columns / across);
  if (wide >= NARROWEST) return columnLines(all, look, now, across, wide);
  // Those with a world that is broken come first: they are whom an instructor looks for.
  const most = Math.max(1, Math.floor(room.columns / NARROWEST));
  const few = [...all]
    .sort((a, b) => Number(isReady(a)) - Number(isReady(b)))
    .slice(0, most * (room.rows - 1));
  const more = `and ${all.length - few.length} more: a larger window shows them, and --once prints all`;
  return [
    ...columnLines(few, look, now, most, Math.floor(room.columns / most)),
    paint(look, 'dim', more.slice(0, room.columns)),
  ];
}

const NARROWEST = 24;

function rowLines(all: readonly LearnerStatus[], look: PrintLook, now: Date): string[] {
  const name = widestName(all);
  const rows = all.map(each => {
    const { learner, progress } = each;
    const counts = `${String(progress?.lessons.length ?? 0).padStart(2)} lessons ${String(progress?.drills.length ?? 0).padStart(2)} drills`;
    const where = cut(placeText(each), 40).padEnd(40);
    return `${sign(each, look)} ${learner.padEnd(name)}  ${where}  ${counts}  ${agoText(progress?.updated, now)}`;
  });
  const head = paint(look, 'dim', `  ${'learner'.padEnd(name)}  ${'at'.padEnd(40)}  done`);
  return [head, ...rows];
}

/** Cells of `wide` columns, read from top to bottom. */
function columnLines(
  all: readonly LearnerStatus[],
  look: PrintLook,
  now: Date,
  across: number,
  wide: number,
): string[] {
  const high = Math.ceil(all.length / across);
  const signWide = stringWidth(signs(look).good);
  const name = Math.min(widestName(all), Math.floor(wide / 2));
  const cell = (each: LearnerStatus) => {
    const ago = agoText(each.progress?.updated, now).replace(' ago', '');
    const place = wide - signWide - name - 4 - (ago === '' ? 0 : ago.length + 1);
    const text = `${cut(each.learner, name).padEnd(name)} ${cut(placeText(each), place).padEnd(place)}`;
    return `${sign(each, look)} ${text}${ago === '' ? '' : ` ${ago}`}  `;
  };
  return Array.from({ length: high }, (_, row) =>
    all
      .filter((_each, at) => at % high === row)
      .map(cell)
      .join('')
      .trimEnd(),
  );
}

const widestName = (all: readonly LearnerStatus[]) => Math.max(7, ...all.map(each => each.learner.length));
const isReady = ({ world }: LearnerStatus) => world === 'ready';
const cut = (text: string, columns: number) => text.slice(0, Math.max(0, columns));

function sign(each: LearnerStatus, look: PrintLook): string {
  const { good, bad } = signs(look);
  return isReady(each) ? paint(look, 'green', good) : paint(look, 'red', bad.padEnd(stringWidth(good)));
}

function placeText({ world, progress }: LearnerStatus): string {
  if (world !== 'ready') return world;
  if (progress === null) return 'not begun';
  const { kind, at, step } = progress;
  return kind === 'drill' ? `drill ${at}` : `${at}/${step}`;
}

function agoText(updated: string | undefined, now: Date): string {
  const ms = now.getTime() - Date.parse(updated ?? '');
  if (!Number.isFinite(ms)) return '';
  const minutes = Math.floor(ms / 60_000);
  return minutes < 1 ? 'just now' : minutes < 60 ? `${minutes} min ago` : `${Math.floor(minutes / 60)} h ago`;
}
