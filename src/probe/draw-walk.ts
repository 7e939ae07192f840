/**
 * Draws a walk as text: the path taken lit, the hop that failed crossed, what was not reached dim. Meaning never
 * depends on colour alone: '━▶' was taken, '✗' failed, '─' was not taken, '?' is not known. Pure.
 */
import stringWidth from 'string-width';
import wrapAnsi from 'wrap-ansi';
import { printableData } from '../shared/printable.ts';
import type { DrawnLine, Hop, HopState, Role, Span, Tally, Walk } from './walk-types.ts';

export interface DrawOptions {
  /** Columns to fill at most; 76 is a terminal of 80 less its margins. */
  readonly columns: number;
  readonly ascii: boolean;
}

/** The whole block: the path, the notes below it, the lines 'log' and 'api', bars, and the sentence. */
export function drawWalk(walked: Walk, options: DrawOptions): DrawnLine[] {
  // Before anything is measured: what is invisible, or becomes '?', has another width then.
  const walk = printableData(walked);
  const blocks = [
    [...drawPath(walk.hops, options), ...drawFacts(walk, options)],
    drawTallies(walk, options),
    drawSentence(walk.sentence, options),
  ];
  return blocks
    .filter(block => block.length > 0)
    .flatMap((block, index) => (index === 0 ? block : [[], ...block]));
}

const GAP = 2;
/** Arrow and spaces between two titles, at least. */
const SHORTEST = 6;

/** app ━━━▶ sidecar ━━━▶ cluster ━━━✗ API, and up to four lines of notes. */
function drawPath(hops: readonly Hop[], options: DrawOptions): DrawnLine[] {
  // No arrow leads into the app that could be crossed, so the cross goes before its name.
  const named = hops.map((hop, index) => {
    const crossed = index === 0 && hop.state === 'failed';
    return crossed ? { ...hop, title: `${options.ascii ? 'x' : '✗'} ${hop.title}` } : hop;
  });
  const widths = columnWidths(named, options.columns);
  const titles: Span[] = [];
  for (const [index, hop] of named.entries()) {
    titles.push({ text: clip(hop.title, widths[index] ?? 0, options), role: titleRole(hop.state) });
    const next = named[index + 1];
    if (next === undefined) continue;
    const room = (widths[index] ?? 0) - width(hop.title) + GAP - 2;
    titles.push({
      text: ` ${arrow(hop.state, next.state, room, options.ascii)} `,
      role: arrowRole(hop.state, next.state),
    });
  }
  const notes = hops.map((hop, index) => noteLines(hop, widths[index] ?? 1));
  const rows = Math.max(0, ...notes.map(lines => lines.length));
  const below: DrawnLine[] = [];
  for (let row = 0; row < rows; row++) {
    below.push(
      trimmed(
        notes.map((lines, index) => {
          const { text, role } = lines[row] ?? { text: '', role: 'dim' };
          const room = (widths[index] ?? 0) + (index < hops.length - 1 ? GAP : 0);
          return { text: text.padEnd(room), role };
        }),
      ),
    );
  }
  return [titles, ...below];
}

/** At most four lines; the last note of a hop where calls ended says why. */
function noteLines({ notes, state }: Hop, room: number): Span[] {
  const ended = state === 'failed' || state === 'partly';
  return notes
    .flatMap((note, at): Span[] => {
      const role = ended && at === notes.length - 1 ? 'bad' : 'dim';
      return wrapped(note, room).map(text => ({ text, role }));
    })
    .slice(0, 4);
}

/** A cluster's name breaks before its host; anything else between words, or where it must. */
function wrapped(note: string, room: number): string[] {
  const cut = note.lastIndexOf('|') + 1;
  const parts = width(note) > room && cut > 0 ? [note.slice(0, cut), note.slice(cut)] : [note];
  return parts.flatMap(part =>
    width(part) <= room ? [part] : wrapAnsi(part, room, { hard: true }).split('\n'),
  );
}

/** Wide enough for titles and notes; what does not fit is taken from the widest column first. */
function columnWidths(hops: readonly Hop[], columns: number): number[] {
  const last = hops.length - 1;
  const least = hops.map((hop, index) => width(hop.title) + (index < last ? SHORTEST - GAP : 0));
  const widths = hops.map((hop, index) => Math.max(least[index] ?? 0, ...hop.notes.map(note => width(note))));
  const total = () => widths.reduce((sum, width) => sum + width, 0) + GAP * last;
  while (total() > columns) {
    // A note with spaces wraps well; a cluster's name does not, so it gives way last.
    const wide = [...widths.keys()].filter(index => (widths[index] ?? 0) > (least[index] ?? 0));
    const wraps = wide.filter(index => (widths[index] ?? 0) > longestWord(hops[index]));
    const pick = (wraps.length > 0 ? wraps : wide).sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0))[0];
    if (pick === undefined) break;
    widths[pick] = (widths[pick] ?? 0) - 1;
  }
  return widths;
}

function longestWord(hop: Hop | undefined): number {
  return Math.max(0, ...(hop?.notes ?? []).flatMap(note => note.split(' ').map(word => width(word))));
}

function arrow(from: HopState, to: HopState, room: number, ascii: boolean): string {
  const length = Math.max(1, room - 1);
  if (to === 'unknown' || from === 'unknown') return `${(ascii ? '.' : '╌').repeat(length)}?`;
  const taken = goesOn(from) && to !== 'not-reached';
  if (!taken) return (ascii ? '-' : '─').repeat(length + 1);
  if (to === 'failed') return (ascii ? '=' : '━').repeat(length) + (ascii ? 'x' : '✗');
  return (ascii ? '=' : '━').repeat(length) + (ascii ? '>' : '▶');
}

function arrowRole(from: HopState, to: HopState): Role {
  if (!goesOn(from) || to === 'not-reached' || to === 'unknown') return 'dim';
  return to === 'failed' ? 'bad' : 'good';
}

const goesOn = (state: HopState): boolean => state === 'passed' || state === 'partly';

function titleRole(state: HopState): Role {
  return goesOn(state) ? 'good' : state === 'failed' ? 'bad' : 'dim';
}

/** The raw lines: 'log   0 -  outbound|443||...' and 'api   ...'. */
function drawFacts(walk: Walk, options: DrawOptions): DrawnLine[] {
  const rows: [string, string | null][] = [
    ['log', walk.logLine],
    ['api', walk.apiLine],
  ];
  return rows.flatMap(([label, text]) =>
    text === null
      ? []
      : [
          [
            { text: `${label}   `, role: 'dim' },
            { text: clip(text, options.columns - 6, options), role: 'plain' },
          ] satisfies Span[],
        ],
  );
}

/** Bars for many calls: who answered, and who got a copy. */
function drawTallies(walk: Walk, options: DrawOptions): DrawnLine[] {
  if (walk.answers.length === 0 && walk.mirrored.length === 0) return [];
  const calls = walk.answers[0]?.of ?? walk.mirrored[0]?.of ?? 1;
  const head = `${calls} ${calls === 1 ? 'call' : 'calls'}`;
  const rows: [string, Tally][] = [
    ...walk.answers.map((tally, index): [string, Tally] => [index === 0 ? head : '', tally]),
    ...walk.mirrored.map((tally, index): [string, Tally] => [index === 0 ? 'mirrored' : '', tally]),
  ];
  const left = Math.max(...rows.map(([label]) => label.length)) + 2;
  const name = Math.max(...rows.map(([, tally]) => width(tally.label))) + 1;
  const digits = String(Math.max(...rows.map(([, tally]) => tally.count))).length;
  const room = Math.max(8, Math.min(40, options.columns - left - name - digits - 1));
  return rows.map(([label, tally]) => [
    { text: label.padEnd(left), role: 'dim' },
    { text: tally.label.padEnd(name), role: 'plain' },
    { text: bar(tally.count / Math.max(1, tally.of), room, options.ascii).padEnd(room), role: 'accent' },
    { text: ` ${String(tally.count).padStart(digits)}`, role: 'plain' },
  ]);
}

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

function bar(share: number, room: number, ascii: boolean): string {
  const filled = Math.min(1, Math.max(0, share)) * room;
  if (ascii) return '#'.repeat(share > 0 ? Math.max(1, Math.round(filled)) : 0);
  const whole = Math.floor(filled);
  const part = EIGHTHS[Math.round((filled - whole) * 8)] ?? '█';
  return share > 0 && whole === 0 && part === '' ? '▏' : '█'.repeat(whole) + part;
}

function drawSentence(sentence: string, options: DrawOptions): DrawnLine[] {
  const text = options.ascii ? sentence.replaceAll('’', "'") : sentence;
  return wrapAnsi(text, options.columns)
    .split('\n')
    .map(line => [{ text: line, role: 'plain' }]);
}

/** Columns on a terminal; nearly all of it is ASCII, for which no table is needed. */
function width(text: string): number {
  return /^[\x20-\x7e]*$/.test(text) ? text.length : stringWidth(text);
}

function clip(text: string, room: number, options: DrawOptions): string {
  if (width(text) <= room) return text;
  const dots = options.ascii ? '...' : '…';
  return text.slice(0, Math.max(0, room - dots.length)) + dots;
}

/** Without the spaces at the end of a line, which a reader never sees and a snapshot trips over. */
function trimmed(line: readonly Span[]): DrawnLine {
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

/** The text alone, for logs, tests and screen readers. */
export function plainText(lines: readonly DrawnLine[]): string {
  return lines.map(line => line.map(span => span.text).join('')).join('\n');
}
