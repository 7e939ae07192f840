// Two sides of a tour, command by command.
import type { Reason } from './reasons.ts';
import type { Answers, Said } from './run-tour.ts';

interface Difference {
  readonly name: string;
  readonly expected: Said;
  readonly found: Said;
  readonly reason: Reason | undefined;
}

export interface Comparison {
  readonly commands: number;
  readonly equal: readonly string[];
  readonly differences: readonly Difference[];
  /** Reasons that are given for commands whose answers are equal, or that the tour does not have. */
  readonly needless: readonly string[];
}

/** Holds `found` against `expected`; commands that `found` does not have were not run. */
export function compare(expected: Answers, found: Answers, reasons: readonly Reason[]): Comparison {
  const equal: string[] = [];
  const differences: Difference[] = [];
  for (const [name, said] of Object.entries(found)) {
    const other = expected[name];
    if (other === undefined || other.command !== said.command)
      throw new Error(`the record does not have the command ${name} as the tour has it: record it again`);
    const reason = reasons.find(each => each.commands.includes(name));
    if (same(other, said)) equal.push(name);
    else differences.push({ name, expected: other, found: said, reason: fits(reason, other, said) });
  }
  const listed = reasons.flatMap(each => each.commands);
  const unknown = listed.filter(name => !(name in expected));
  return {
    commands: Object.keys(found).length,
    equal,
    differences,
    needless: [...listed.filter(name => equal.includes(name)), ...unknown],
  };
}

/** How many of a hundred commands end alike and tell the same. */
export function share({ commands, equal, differences }: Comparison): number {
  const alike = differences.filter(({ reason }) => reason?.means_the_same).length;
  return ((equal.length + alike) / commands) * 100;
}

function same(a: Said, b: Said): boolean {
  return a.exit === b.exit && a.out === b.out && a.err === b.err;
}

/** Nothing that ends with another exit code means the same. */
function fits(reason: Reason | undefined, a: Said, b: Said): Reason | undefined {
  return reason?.means_the_same && a.exit !== b.exit ? undefined : reason;
}
