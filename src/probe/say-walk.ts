/** The walk in words, a line each: for screen readers, to whom arrows say nothing. Pure. */
import type { Walk } from './walk-types.ts';

export function sayWalk({ hops, answers, mirrored, sentence }: Walk): string[] {
  const said = hops.map(({ title, state, notes }) =>
    [`${title}: ${state.replace('-', ' ')}`, ...notes].join(', '),
  );
  const counts = [...answers, ...mirrored.map(one => ({ ...one, label: `mirrored to ${one.label}` }))];
  return [...said, ...counts.map(one => `${one.label}: ${one.count} of ${one.of}`), sentence];
}
