/** The calls whose effect is another under one configuration than under each of several others. Pure. */
import { isDeepStrictEqual } from 'node:util';
import { boundaryCalls, type Surroundings, weight } from './calls.ts';
import { type Effected, effectOf } from './effect.ts';
import { farCalls } from './far-calls.ts';
import type { Aspect, Difference, Effect, ProposedCall, Side } from './types.ts';

/** All but who answers: where that differs, the rest is about something else. */
const TOGETHER: readonly Aspect[] = [
  ...(['request', 'response', 'tls', 'fault', 'time', 'tries'] as const),
  ...(['mirror', 'limits', 'ejection', 'balance'] as const),
];

export interface FindOptions {
  /** Also what else differs of a call that is answered by others than before. */
  readonly whole?: boolean;
}

/**
 * One call, the plainest, for each way in which `after` is like none of `before`. Whether all of these agree on the call
 * is for the traffic to say. A dear regex needs withRegexes() around this.
 */
export function findDifferences(
  before: readonly Side[],
  after: Side,
  around: Surroundings,
  options: FindOptions = {},
): readonly Difference[] {
  const found = new Map<string, Difference>();
  for (const call of boundaryCalls(before, after, around)) {
    for (const difference of differencesAt(before, after, call, options)) {
      const reason = reasonOf(difference);
      const known = found.get(reason);
      if (known === undefined || weight(call) < weight(known.call)) found.set(reason, difference);
    }
  }
  const near = new Set([...found.values()].flatMap(each => [placeOf(each.call), reasonOf(each, false)]));
  for (const call of farCalls([...before, after], around)) {
    if (near.has(placeOf(call))) continue;
    for (const difference of differencesAt(before, after, call, options)) {
      if (near.has(reasonOf(difference, false))) continue;
      const reason = reasonOf(difference);
      if (!found.has(reason)) found.set(reason, difference);
    }
  }
  return [...found.values()];
}

const placeOf = ({ host, port }: ProposedCall) => `${host}:${port}`;

/** The same for two calls that differ in the same way: to which path one is changed depends on where it came from. */
function reasonOf({ aspect, before, after, call }: Difference, ofHost = true): string {
  const { host, scheme, port } = call;
  const without = (key: string, value: unknown) =>
    (key === 'path' || key === 'location') && value !== null ? 'changed' : value;
  return JSON.stringify([ofHost ? host : '', scheme, port, aspect, before, after], without);
}

const same = new WeakMap<Effect, WeakSet<Effect>>();

/** Most calls have effects that other calls have had, as the same objects (effect.ts). */
function isSame(a: Effect, b: Effect): boolean {
  const known = same.get(a) ?? new WeakSet();
  same.set(a, known);
  if (known.has(b)) return true;
  const found = isDeepStrictEqual(a, b);
  if (found) known.add(b);
  return found;
}

/** The ways in which one call differs from each of `before`. */
export function differencesAt(
  before: readonly Side[],
  after: Side,
  call: ProposedCall,
  { whole = false }: FindOptions = {},
): Difference[] {
  const mine = effectOf(after, call);
  const theirs = before.map(side => effectOf(side, call)).filter(each => each !== null);
  if (mine === null || theirs.length < before.length) return [];
  if (theirs.some(each => isSame(each.effect, mine.effect))) return [];
  const isLike = (aspect: Aspect) => (each: Effected) =>
    isDeepStrictEqual(each.effect[aspect], mine.effect[aspect]);
  const differs = (aspect: Aspect, among: readonly Effected[]): Difference[] => {
    if (among.length === 0 || among.some(isLike(aspect))) return [];
    const values = new Map(among.map(each => [JSON.stringify(each.effect[aspect]), each.effect[aspect]]));
    const deciding = mine.decidedBy.length > 0 ? [mine] : among;
    const decidedBy = [...new Set(deciding.flatMap(each => each.decidedBy))];
    return [{ call, aspect, before: [...values.values()], after: mine.effect[aspect], decidedBy }];
  };
  const first = differs('answer', theirs);
  if (first.length > 0) {
    const goesOn = (each: Effected) => each.effect.answer?.kind === 'servers';
    if (!whole || !goesOn(mine)) return first;
    return [...first, ...TOGETHER.flatMap(aspect => differs(aspect, theirs.filter(goesOn)))];
  }
  // Those that send the call elsewhere say nothing about what must be on this way.
  const alike = theirs.filter(isLike('answer'));
  return TOGETHER.flatMap(aspect => differs(aspect, alike));
}
