// The generated part of docs/sandbox.md: what the tours found.
import { type Comparison, share } from './compare.ts';

/** A table of the shares, and a list for each tour of what differs and why. */
export function pageText(comparisons: ReadonlyMap<string, Comparison>): string {
  const rows = [...comparisons].map(([tour, found]) => {
    const alike = found.differences.filter(each => each.reason?.means_the_same).length;
    const other = found.differences.length - alike;
    return `| ${tour} | ${found.commands} | ${found.equal.length} | ${alike} | ${other} | ${share(found).toFixed(1)} % |`;
  });
  return [
    '| tour | commands | the same text | the same meaning | something else | the first two |',
    '| --- | --- | --- | --- | --- | --- |',
    ...rows,
    ...[...comparisons].flatMap(([tour, found]) => [
      '',
      `What differs with ${tour}:`,
      '',
      ...reasonLines(found),
    ]),
  ].join('\n');
}

function reasonLines({ differences }: Comparison): string[] {
  const reasons = new Map<string, string[]>();
  for (const { name, reason } of differences) {
    const because = reason === undefined ? 'no reason is known' : told(reason);
    reasons.set(because, [...(reasons.get(because) ?? []), name]);
  }
  return [...reasons].map(
    ([because, names]) => `- ${because}: ${names.map(name => `\`${name}\``).join(', ')}`,
  );
}

const told = (reason: { because: string; means_the_same: boolean }) =>
  reason.means_the_same ? `${reason.because} (the same meaning)` : reason.because;
