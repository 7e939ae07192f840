/** Draws the one way that calls took: the path, and below each hop what is known of it. Pure. */
import { deciders, drawFacts, layersOnWire, loggedFacts } from './draw-facts.ts';
import { clip, type DrawOptions, trimmed, width, wrapped } from './draw-parts.ts';
import {
  type DrawnLine,
  type Hop,
  type HopState,
  isHidden,
  type Role,
  type Span,
  type Walk,
} from './walk-types.ts';

const GAP = 2;
/** Arrow and spaces between two titles, at least. */
const SHORTEST = 6;

/** app ━━━▶ sidecar ━━━▶ cluster ━━━✗ API; notes; who decided; what travels. */
export function drawPath(walk: Walk, options: DrawOptions): DrawnLine[] {
  const { hops, bypass } = walk;
  // No arrow leads into the app that could be crossed, so the cross goes before its name.
  const named = hops.map((hop, index) => {
    const crossed = index === 0 && hop.state === 'failed';
    return crossed ? { ...hop, title: `${options.ascii ? 'x' : '✗'} ${hop.title}` } : hop;
  });
  const below = options.brief ? bare(named) : labelled(named);
  const widths = columnWidths(below, options.columns);
  const drawn = [
    titles(below, widths, bypass, options),
    ...rowsOf(below.map((hop, index) => noteLines(hop, widths[index] ?? 1))),
    ...rowsOf(below.map((hop, index) => textLines(hop.by, widths[index] ?? 1))),
    ...rowsOf(below.map((hop, index) => textLines(hop.wire, widths[index] ?? 1))),
  ].map(line => trimmed(line));
  const rows = options.brief ? [deciders(hops), layersOnWire(hops)] : [];
  return [...drawn, ...drawFacts([...rows, ...loggedFacts(walk, options)], options)];

  function rowsOf(columns: readonly (readonly Span[])[]): Span[][] {
    const rows = Math.max(0, ...columns.map(lines => lines.length));
    return Array.from({ length: rows }, (_, row) =>
      columns.map((lines, index) => {
        const { text, role } = lines[row] ?? { text: '', role: 'dim' };
        const room = (widths[index] ?? 0) + (index < hops.length - 1 ? GAP : 0);
        return { text: text + ' '.repeat(Math.max(0, room - width(text))), role };
      }),
    );
  }
}

/** Where rows are few, these have rows of their own below. */
const bare = (hops: readonly Hop[]): Hop[] => hops.map(hop => ({ ...hop, by: null, wire: null }));

/** The app decides nothing and nothing travels to it: below it stand the names of these two rows. */
function labelled(hops: readonly Hop[]): Hop[] {
  const decided = hops.some(hop => hop.by !== null);
  const hidden = isHidden(hops);
  return hops.map((hop, index) => ({
    ...hop,
    by: index === 0 ? (decided ? 'by' : null) : hop.by,
    wire: hidden ? (index === 0 ? 'wire' : hop.wire) : null,
  }));
}

function titles(
  hops: readonly Hop[],
  widths: readonly number[],
  bypass: boolean,
  options: DrawOptions,
): Span[] {
  return hops.flatMap((hop, index): Span[] => {
    const title = { text: clip(hop.title, widths[index] ?? 0, options), role: titleRole(hop.state) };
    const next = hops[index + 1];
    if (next === undefined) return [title];
    const room = (widths[index] ?? 0) - width(hop.title) + GAP - 2;
    // What the mesh does not govern begins behind the sidecar.
    const loose = bypass && index > 0;
    const text = ` ${arrow(hop.state, next.state, room, options.ascii, loose)} `;
    return [title, { text, role: arrowRole(hop.state, next.state, loose) }];
  });
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

function textLines(text: string | null, room: number): Span[] {
  return text === null ? [] : wrapped(text, room).map(each => ({ text: each, role: 'plain' }));
}

/** Wide enough for titles and notes; what does not fit is taken from the widest column first. */
function columnWidths(hops: readonly Hop[], columns: number): number[] {
  const last = hops.length - 1;
  const least = hops.map((hop, index) => width(hop.title) + (index < last ? SHORTEST - GAP : 0));
  const widths = hops.map((hop, index) => Math.max(least[index] ?? 0, ...textsOf(hop).map(width)));
  const total = () => widths.reduce((sum, each) => sum + each, 0) + GAP * last;
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

const textsOf = ({ notes, by, wire }: Hop) => [
  ...notes,
  ...(by === null ? [] : [by]),
  ...(wire === null ? [] : [wire]),
];

function longestWord(hop: Hop | undefined): number {
  if (hop === undefined) return 0;
  return Math.max(0, ...textsOf(hop).flatMap(note => note.split(' ').map(width)));
}

function arrow(from: HopState, to: HopState, room: number, ascii: boolean, loose: boolean): string {
  const length = Math.max(1, room - 1);
  if (to === 'unknown' || from === 'unknown') return `${(ascii ? '.' : '╌').repeat(length)}?`;
  const taken = goesOn(from) && to !== 'not-reached';
  if (!taken) return (ascii ? '-' : '─').repeat(length + 1);
  const line = (loose ? (ascii ? ':' : '┄') : ascii ? '=' : '━').repeat(length);
  if (to === 'failed') return line + (ascii ? 'x' : '✗');
  return line + (ascii ? '>' : '▶');
}

function arrowRole(from: HopState, to: HopState, loose: boolean): Role {
  if (!goesOn(from) || to === 'not-reached' || to === 'unknown') return 'dim';
  return to === 'failed' ? 'bad' : loose ? 'plain' : 'good';
}

const goesOn = (state: HopState): boolean => state === 'passed' || state === 'partly';

function titleRole(state: HopState): Role {
  return goesOn(state) ? 'good' : state === 'failed' ? 'bad' : 'dim';
}
