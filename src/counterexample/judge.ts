/** Whether what was found is what all right answers showed. Chance, propagation and load are never a finding. Pure. */
import { interval } from '../lesson/checks/binomial.ts';
import { amount } from '../shared/texts.ts';
import type { Observation } from './observation.ts';
import type { Range } from './pool-limits.ts';

/** How two observations of the same experiment are compared. */
export type Judging =
  /** The ways in which calls ended, whatever their counts. */
  | { readonly by: 'ends' }
  /** The same, and each within what chance allows of `n`. */
  | { readonly by: 'ends-by-chance'; readonly n: number }
  | { readonly by: 'seconds' }
  /** Whether a server that was left out is asked again. */
  | { readonly by: 'return' }
  /**
   * Requests that each server saw, and how the calls ended; `give`: so many more or less are the same. `whichever`: which
   * of several servers saw them is chance.
   */
  | { readonly by: 'requests'; readonly give: number; readonly whichever?: boolean }
  /** Requests besides those that were answered, within what chance allows. */
  | { readonly by: 'copies'; readonly n: number }
  /** 0 to 1, by server. */
  | { readonly by: 'shares'; readonly of: Readonly<Record<string, number>> }
  /** Whether the call is answered at all. */
  | { readonly by: 'acceptance' }
  /** How many of many at once a server answered; a range for each right answer, and those of the learner's. */
  | { readonly by: 'answered'; readonly ranges: readonly Range[]; readonly mine: readonly Range[] };

export interface Disagreement {
  readonly expected: string;
  readonly found: string;
}

/** Two readings of one wait differ by less, however busy the machine is. */
const SECONDS = 0.4;

/**
 * Null: nothing that can be told apart. `expected`: what each right answer showed; they must agree among themselves.
 * Shares need none: what is right is known, and only chance is between it and a count.
 */
export function judge(
  judging: Judging,
  expected: readonly Observation[],
  found: Observation,
): Disagreement | null {
  if (judging.by === 'shares') return sharesOf(judging.of, found);
  const [first] = expected;
  if (first === undefined || expected.some(each => compare(judging, first, each) !== null)) return null;
  return compare(judging, first, found);
}

/**
 * False where an answer showed what, on paper, it cannot: then the machine was too busy to send many calls at once, and
 * the reading has to be taken again.
 */
export function isPlausible(judging: Judging, whose: 'right' | 'mine', shown: Observation): boolean {
  if (judging.by !== 'answered') return true;
  const ranges = whose === 'right' ? judging.ranges : judging.mine;
  return ranges.length === 0 || isWithin(shown, ranges);
}

type Compared = Exclude<Judging, { readonly by: 'shares' }>;

function compare(judging: Compared, expected: Observation, found: Observation): Disagreement | null {
  switch (judging.by) {
    case 'ends':
      return same(keysOf(expected.ends), keysOf(found.ends)) ? null : endsOf(expected, found);
    case 'ends-by-chance': {
      const all = new Set([...Object.keys(expected.ends), ...Object.keys(found.ends)]);
      const apart = [...all].some(end => isApart(expected.ends[end] ?? 0, found.ends[end] ?? 0, judging.n));
      return apart ? endsOf(expected, found) : null;
    }
    case 'seconds': {
      if (!same(keysOf(expected.ends), keysOf(found.ends))) return timed(expected, found);
      return Math.abs(expected.seconds - found.seconds) > SECONDS ? timed(expected, found) : null;
    }
    case 'return': {
      if (expected.again === found.again) return null;
      const words = (each: Observation) =>
        `${each.again ? 'asked again by now' : 'not asked again by now'}; ${endWords(each)}`;
      return { expected: words(expected), found: words(found) };
    }
    case 'requests': {
      const { give, whichever = false } = judging;
      const count = (each: Observation) => (whichever ? byCount(each.requests) : each.requests);
      const [theirs, mine] = [count(expected), count(found)];
      const servers = new Set([...Object.keys(theirs), ...Object.keys(mine)]);
      const apart = [...servers].some(each => Math.abs((theirs[each] ?? 0) - (mine[each] ?? 0)) > give);
      const tries = Math.abs(expected.tries - found.tries) > give;
      const ends = give === 0 && !whichever && !same(keysOf(expected.ends), keysOf(found.ends));
      if (!apart && !tries && !ends) return null;
      const words = (each: Observation) =>
        `${requestWords(each)}${tries ? `, ${tryWords(each)}` : ''}; ${endWords(each)}`;
      return { expected: words(expected), found: words(found) };
    }
    case 'copies': {
      const servers = new Set([...Object.keys(expected.requests), ...Object.keys(found.requests)]);
      const copies = (each: Observation, server: string) =>
        (each.requests[server] ?? 0) - (each.answered[server] ?? 0);
      const apart = [...servers].some(each =>
        isApart(copies(expected, each), copies(found, each), judging.n),
      );
      return apart ? { expected: requestWords(expected), found: requestWords(found) } : null;
    }
    case 'acceptance': {
      const words = ({ succeeded }: Observation) => (succeeded > 0 ? 'accepted' : 'refused');
      const [right, mine] = [words(expected), words(found)];
      return right === mine ? null : { expected: right, found: mine };
    }
    case 'answered': {
      const { ranges } = judging;
      if (!isWithin(expected, ranges) || isWithin(found, ranges)) return null;
      const { low, high } = widest(ranges);
      const range = low === high ? `${low}` : `${low} to ${high}`;
      return {
        expected: `${range} of ${found.transfers} at once answered`,
        found: `${answeredIn(found)} answered`,
      };
    }
  }
}

function isWithin(observation: Observation, ranges: readonly Range[]): boolean {
  const { low, high } = widest(ranges);
  const count = answeredIn(observation);
  return count >= low && count <= high;
}

function widest(ranges: readonly Range[]): Range {
  return { low: Math.min(...ranges.map(each => each.low)), high: Math.max(...ranges.map(each => each.high)) };
}

function answeredIn({ answered }: Observation): number {
  return Object.values(answered).reduce((sum, one) => sum + one, 0);
}

/** The counts, largest first, by their places. */
function byCount(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.values(counts)
      .sort((a, b) => b - a)
      .map((count, at) => [String(at), count]),
  );
}

function sharesOf(of: Readonly<Record<string, number>>, found: Observation): Disagreement | null {
  const bounds = Object.entries(of).map(([server, share]) => {
    return { server, ...interval(found.transfers, share), count: found.answered[server] ?? 0 };
  });
  if (bounds.every(({ low, high, count }) => count >= low && count <= high)) return null;
  const words = bounds.map(({ server, low, high }) => `${low} to ${high} from ${server}`);
  return { expected: `of ${found.transfers} calls ${words.join(', ')}`, found: answerWords(found) };
}

const keysOf = (counts: Readonly<Record<string, number>>) => Object.keys(counts).sort();

function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((each, at) => each === b[at]);
}

/** Two counts of `n` that one share can hardly explain: five standard deviations of their difference. */
function isApart(a: number, b: number, n: number): boolean {
  const share = (a + b) / (2 * n);
  const deviation = Math.sqrt(2 * n * share * Math.max(0, 1 - share));
  return Math.abs(a - b) > 5 * deviation + 1;
}

function endsOf(expected: Observation, found: Observation): Disagreement {
  return { expected: endWords(expected), found: endWords(found) };
}

function timed(expected: Observation, found: Observation): Disagreement {
  const words = (each: Observation) => `${endWords(each)} after ${each.seconds.toFixed(1)} s`;
  return { expected: words(expected), found: words(found) };
}

function endWords({ ends, transfers }: Observation): string {
  if (transfers === 1) return Object.keys(ends)[0] ?? 'nothing';
  return Object.entries(ends)
    .sort(([, a], [, b]) => b - a)
    .map(([end, count]) => `${count} x ${end}`)
    .join('; ');
}

function requestWords({ requests }: Observation): string {
  const words = Object.entries(requests).map(([server, count]) => `${count} at ${server}`);
  return words.length === 0 ? 'no request' : `${words.join(', ')}`;
}

const tryWords = ({ tries }: Observation) => amount(tries, 'try', 'tries');

function answerWords({ answered }: Observation): string {
  return Object.entries(answered)
    .map(([server, count]) => `${count} from ${server}`)
    .join(', ');
}
