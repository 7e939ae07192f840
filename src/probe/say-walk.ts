/** The walk in words, a line each: for screen readers, to whom arrows say nothing. Pure. */
import type { Branch, Walk } from './walk-types.ts';

export function sayWalk({ hops, branches, answers, mirrored, sentence }: Walk): string[] {
  const said = hops.map(({ title, state, notes, by, wire }) =>
    [
      `${title}: ${state.replace('-', ' ')}`,
      ...notes,
      ...(by === null ? [] : [`by ${by}`]),
      ...(wire === null ? [] : [`on the wire ${wire}`]),
    ].join(', '),
  );
  if (branches.length > 1) return [...said, ...branches.map(branchWords), sentence];
  const counts = [...answers, ...mirrored.map(one => ({ ...one, label: `mirrored to ${one.label}` }))];
  return [...said, ...counts.map(one => `${one.label}: ${one.count} of ${one.of}`), sentence];
}

function branchWords({ kind, count, of, cluster, target, note, try: tried }: Branch): string {
  const head = tried
    ? `try ${count} of ${of}: ${target}`
    : `${count} of ${of}${kind === 'copy' ? ' copied' : ''} to ${target}`;
  const words = [head, ...(cluster === '' ? [] : [`by cluster ${cluster}`]), ...(note === '' ? [] : [note])];
  return words.join(', ');
}
