/** What is known of a walk beside its drawing, a labelled row each: who decided, what travels, what the logs say. Pure. */
import { clip, type DrawOptions, width, wrapped } from './draw-parts.ts';
import { type DrawnLine, type Hop, isHidden, type Span, type Walk } from './walk-types.ts';

export interface Fact {
  readonly label: 'to' | 'by' | 'wire' | 'log' | 'api';
  readonly text: string;
}

/** Columns of a label. */
const LABEL = 6;

/** Who decided: never cut. '' where it is not known, or nobody did. */
export const deciders = (hops: readonly Hop[]): Fact => ({
  label: 'by',
  text: hops.flatMap(hop => hop.by ?? []).join('; '),
});

/** What travels from hop to hop; '' where all of it is clear text. */
export function layersOnWire(hops: readonly Hop[]): Fact {
  const layers = hops.flatMap(hop => hop.wire ?? []);
  const changes = layers.filter((layer, at) => layer !== layers[at - 1]);
  return { label: 'wire', text: isHidden(hops) ? changes.join(', then ') : '' };
}

/** The raw lines: 'log   0 -  outbound|443||...' and 'api   ...'. */
export function loggedFacts(walk: Walk, { brief }: DrawOptions): Fact[] {
  const log = walk.logLine ?? '';
  return [
    { label: 'log', text: brief ? withoutCluster(log, walk) : log },
    { label: 'api', text: walk.apiLine ?? '' },
  ];
}

/** The cluster stands above; where there are several, the log tells them apart. */
function withoutCluster(log: string, { hops, branches }: Walk): string {
  const [first = '', second = ''] = hops.find(hop => hop.id === 'cluster')?.notes ?? [];
  const whole = first.endsWith('|') ? first + second : first;
  const names =
    branches.length > 0 ? branches.map(each => each.cluster).filter(each => each !== '') : [whole];
  const [one = '', ...others] = new Set(names);
  return others.length > 0 || one === '' ? log : log.replaceAll(`  ${one}`, '').trimEnd();
}

/** A row each; where rows are few, short ones share one. */
export function drawFacts(facts: readonly Fact[], options: DrawOptions): DrawnLine[] {
  const blocks = facts.filter(fact => fact.text !== '').map(fact => rowsOf(fact, options));
  return (options.brief ? shared(blocks, options) : blocks).flat();
}

function rowsOf({ label, text }: Fact, options: DrawOptions): DrawnLine[] {
  const room = options.columns - LABEL;
  const parts =
    label === 'log' || label === 'api' ? loggedParts(label, text, room, options) : wrapped(text, room);
  return parts.map((part, at) => [
    { text: (at === 0 ? label : '').padEnd(LABEL), role: 'dim' },
    { text: part, role: 'plain' },
  ]);
}

/**
 * Logged lines are cut rather than wrapped. Several that one row has no room for get a row each; where rows are few, of
 * requests what they ask for stays, since how they came and ended matters less than who had the others.
 */
function loggedParts(label: Fact['label'], text: string, room: number, options: DrawOptions): string[] {
  const parts = text.split('; ');
  if (width(text) <= room || parts.length < 2) return [clip(text, room, options)];
  if (!options.brief) return parts.map(part => clip(part, room, options));
  const shorter = label === 'api' ? parts.map(part => part.replace(/,.*/, '')) : parts;
  return [clip(shorter.join('; '), room, options)];
}

const APART: Span = { text: '   ', role: 'dim' };

function shared(blocks: readonly DrawnLine[][], { columns }: DrawOptions): DrawnLine[][] {
  const packed: DrawnLine[][] = [];
  for (const block of blocks) {
    const before = packed.at(-1);
    // What takes several rows keeps them to itself.
    const both = [...(before?.[0] ?? []), APART, ...(block[0] ?? [])];
    const fits = before?.length === 1 && block.length === 1 && widthOf(both) <= columns;
    if (fits) packed[packed.length - 1] = [both];
    else packed.push(block);
  }
  return packed;
}

const widthOf = (row: DrawnLine) => row.reduce((sum, span) => sum + width(span.text), 0);
