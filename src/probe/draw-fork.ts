/**
 * Draws calls that parted behind the sidecar: a branch for each way, copies dashed, the tries of one call in order.
 * Pure.
 */
import { deciders, drawFacts, layersOnWire, loggedFacts } from './draw-facts.ts';
import { bar, clip, type DrawOptions, trimmed, width, wrapped } from './draw-parts.ts';
import type { Branch, DrawnLine, Hop, Role, Span, Walk } from './walk-types.ts';

/** What the sidecar's notes may take, in columns. */
const WIDEST_SIDECAR = 20;
/** From here on a share is drawn as well, in columns. */
const BAR = 8;

export function drawFork(walk: Walk, options: DrawOptions): DrawnLine[] {
  const { hops, branches, bypass } = walk;
  const [first] = branches;
  const left = leftBlock(hops, first?.try ? null : (first?.of ?? null), options);
  const right = rightBlock(branches, bypass, options.columns - left.wide, options);
  const rows = Math.max(left.lines.length, right.length);
  return [
    ...Array.from({ length: rows }, (_, row) => {
      const [head = { text: '', role: 'dim' as const }, ...more] = left.lines[row] ?? [];
      const used = width(head.text) + more.reduce((sum, each) => sum + width(each.text), 0);
      return trimmed([
        head,
        ...more,
        { text: ' '.repeat(Math.max(0, left.wide - used)), role: 'dim' },
        ...(right[row] ?? []),
      ]);
    }),
    ...drawFacts(
      [
        { label: 'to', text: sharedPart(branches) },
        deciders(hops),
        layersOnWire(hops),
        ...loggedFacts(walk, options),
      ],
      options,
    ),
  ];
}

/** 'app ━▶ sidecar ' and the notes of both; `calls`: how many, if many. */
function leftBlock(hops: readonly Hop[], calls: number | null, { ascii }: DrawOptions) {
  const [app, sidecar] = hops;
  const appNotes = [...(calls !== null && calls > 1 ? [`${calls} calls`] : []), ...(app?.notes ?? [])];
  const appWide = Math.max(7, ...appNotes.map(note => width(note) + 1));
  const sidecarNotes = (sidecar?.notes ?? []).flatMap(note => wrapped(note, WIDEST_SIDECAR));
  const arrow = (ascii ? '=' : '━').repeat(appWide - 5) + (ascii ? '>' : '▶');
  const title: Span[] = [
    { text: 'app', role: 'good' },
    { text: ` ${arrow} `, role: 'good' },
    { text: 'sidecar', role: 'good' },
  ];
  const notes = Array.from({ length: Math.max(appNotes.length, sidecarNotes.length) }, (_, row): Span[] => [
    { text: (appNotes[row] ?? '').padEnd(appWide + 1), role: 'dim' },
    { text: sidecarNotes[row] ?? '', role: 'dim' },
  ]);
  const wide = appWide + 1 + Math.max(7, ...sidecarNotes.map(width)) + 1;
  return { lines: [title, ...notes], wide };
}

function rightBlock(
  branches: readonly Branch[],
  bypass: boolean,
  room: number,
  options: DrawOptions,
): Span[][] {
  const names = shownClusters(branches);
  const counts = branches.map(each => (each.try ? `try ${each.count}` : String(each.count)));
  const counted = Math.max(...counts.map(width));
  const named = Math.max(...names.map(width));
  const titled = Math.max(...branches.map(each => width(each.target)));
  return branches.flatMap((branch, at) => {
    const joint = jointOf(at, branches.length, options.ascii);
    const text = `${joint}${arrowOf(branch, (counts[at] ?? '').padStart(counted), bypass, options.ascii)} `;
    const spans: Span[] = [{ text, role: roleOf(branch, bypass) }];
    const free = room - width(text);
    const most = Math.max(8, free - titled - 2);
    const cluster =
      named === 0 ? '' : `${clip(names[at] ?? '', most, options).padEnd(Math.min(named, most))}  `;
    if (cluster !== '') spans.push({ text: cluster, role: 'dim' });
    spans.push({ text: branch.target.padEnd(titled), role: branch.kind === 'failed' ? 'bad' : 'plain' });
    const [beside = [], ...below] = tail(branch, free - width(cluster) - titled - 2, options);
    const rope = at < branches.length - 1 ? (options.ascii ? '|' : '┃') : ' ';
    const margin = rope.padEnd(room - free + width(cluster) + titled);
    const lead: Span = { text: margin, role: roleOf(branches[at + 1] ?? branch, bypass) };
    return [[...spans, ...beside], ...below.map(each => [lead, ...each])];
  });
}

/** What happened there, in further rows where one has no room for it; or its share as a bar, which one call has not. */
function tail(branch: Branch, room: number, { ascii }: DrawOptions): Span[][] {
  if (room < BAR) return [];
  if (branch.note !== '') {
    const role = branch.kind === 'failed' ? 'bad' : 'dim';
    return wrapped(branch.note, room).map(text => [{ text: `  ${text}`, role }]);
  }
  if (branch.try || branch.of < 2) return [];
  const text = `  ${bar(branch.count / branch.of, Math.min(room, 24), ascii)}`;
  return [[{ text, role: 'accent' }]];
}

/** A host that all of them share is said once, below. */
function shownClusters(branches: readonly Branch[]): string[] {
  const shared = sharedPart(branches);
  return branches.map(({ cluster }) =>
    shared !== '' && cluster.endsWith(shared) ? cluster.slice(0, -shared.length) : cluster,
  );
}

function sharedPart(branches: readonly Branch[]): string {
  const clusters = new Set(branches.map(each => each.cluster).filter(name => name !== ''));
  const [one = ''] = clusters;
  if (clusters.size === 1) return one;
  const hosts = new Set([...clusters].map(name => name.slice(name.lastIndexOf('|') + 1)));
  const [host = ''] = hosts;
  return hosts.size === 1 ? host : '';
}

function jointOf(at: number, of: number, ascii: boolean): string {
  if (ascii) return '+';
  return at === 0 ? '┳' : at < of - 1 ? '┣' : '┗';
}

function arrowOf(branch: Branch, count: string, bypass: boolean, ascii: boolean): string {
  const loose = branch.kind === 'copy' || bypass;
  const line = (loose ? (ascii ? ':' : '┄') : ascii ? '=' : '━').repeat(2);
  const end = branch.kind === 'failed' ? (ascii ? 'x' : '✗') : ascii ? '>' : '▶';
  return `${line} ${count} ${line.slice(1)}${end}`;
}

function roleOf({ kind }: Branch, bypass: boolean): Role {
  return kind === 'failed' ? 'bad' : kind === 'copy' || bypass ? 'plain' : 'good';
}
