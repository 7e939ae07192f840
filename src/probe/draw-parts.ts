/** What the drawings of a walk are made of: measured, cut and wrapped text, arrows, bars. Pure. */
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import type { DrawnLine, Span } from './walk-types.ts';

export interface DrawOptions {
  /** Columns to fill at most; 76 is a terminal of 80 less its margins. */
  readonly columns: number;
  readonly ascii: boolean;
  /** Rows are few: what is known stands in as few of them as it can. */
  readonly brief?: boolean;
}

/** Columns on a terminal; nearly all of it is ASCII, for which no table is needed. */
export function width(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text);
}

export function clip(text: string, room: number, options: DrawOptions): string {
  if (width(text) <= room) return text;
  const dots = options.ascii ? '...' : '…';
  return text.slice(0, Math.max(0, room - dots.length)) + dots;
}

/** Without the spaces at the end of a line, which a reader never sees and a snapshot trips over. */
export function trimmed(line: readonly Span[]): DrawnLine {
  const spans = [...line];
  while (spans.length > 0) {
    const last = spans[spans.length - 1] as Span;
    const text = last.text.trimEnd();
    if (text !== '') {
      spans[spans.length - 1] = { ...last, text };
      break;
    }
    spans.pop();
  }
  return spans;
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar of at most `room` columns for a share, 0 to 1. */
export function bar(share: number, room: number, ascii: boolean): string {
  const filled = Math.min(1, Math.max(0, share)) * room;
  if (ascii) return '#'.repeat(share > 0 ? Math.max(1, Math.round(filled)) : 0);
  const whole = Math.floor(filled);
  const part = EIGHTHS[Math.round((filled - whole) * 8)] ?? '█';
  return share > 0 && whole === 0 && part === '' ? '▏' : '█'.repeat(whole) + part;
}

/** A cluster's name breaks before its host; anything else between words, or where it must. */
export function wrapped(note: string, room: number): string[] {
  const cut = note.lastIndexOf('|') + 1;
  const parts =
    width(note) > room && cut > 0 && !note.includes(' ') ? [note.slice(0, cut), note.slice(cut)] : [note];
  return parts.flatMap(part =>
    width(part) <= room ? [part] : wrapAnsi(brokenNames(part, room), room, { hard: true }).split('\n'),
  );
}

/** Names that are wider than the room, broken where a reader would: before a dot, after another sign. */
function brokenNames(text: string, room: number): string {
  return text.replace(/\S+/g, word => {
    const lines: string[] = [];
    let rest = word;
    while (width(rest) > room) {
      const end = breakIn(rest, room);
      if (end === 0) break;
      lines.push(rest.slice(0, end));
      rest = rest.slice(end);
    }
    return [...lines, rest].join('\n');
  });
}

/** The last place in `room` columns where a name may end; 0: there is none. */
function breakIn(name: string, room: number): number {
  for (let at = Math.min(room, name.length - 1); at > 1; at--)
    if (name[at] === '.' || /[/|:,_-]/.test(name[at - 1] ?? '')) return at;
  return 0;
}
