/** One change judged: does it matter to a call, by the grid and by Envoy's own JSON, and is one found? */
import { differencesAt, findDifferences } from '../../../src/difference/find.ts';
import type { Difference, ProposedCall } from '../../../src/difference/types.ts';
import type { Change } from './change.ts';
import { places, requests } from './grid.ts';
import { type Pair, pairOf } from './pair.ts';
import { actionOf, differingPaths, routeOf, type Way, wayOf } from './raw.ts';
import { isSilent } from './silent.ts';

export interface Verdict {
  readonly change: Change;
  readonly found: readonly Difference[];
  readonly ms: number;
  /** A call of the grid for which Envoy reads something else, and the fields; null: there is none. */
  readonly matters: { readonly call: ProposedCall; readonly paths: readonly string[] } | null;
  /** The same, where effectOf sees no difference: by path, the first call. */
  readonly unseen: ReadonlyMap<string, ProposedCall>;
  /** Ways in which a call of the grid differs, by effectOf, and none of findDifferences: by aspect, the first call. */
  readonly unfound: ReadonlyMap<string, ProposedCall>;
  /** Found where Envoy reads the same. */
  readonly falseOnes: readonly Difference[];
}

export function judge(change: Change): Verdict {
  const pair = pairOf(change);
  const started = performance.now();
  const found = findDifferences([pair.before], pair.after, pair.around, { whole: true });
  const ms = performance.now() - started;
  const unseen = new Map<string, ProposedCall>();
  const unfound = new Map<string, ProposedCall>();
  const known = new Set(found.map(kindOf));
  let matters: Verdict['matters'] = null;
  for (const { call, paths } of differing(change, pair)) {
    const loud = paths.filter(each => !isSilent(each));
    const differences = differencesAt([pair.before], pair.after, call, { whole: true });
    if (loud.length > 0) matters ??= { call, paths: loud };
    if (differences.length === 0) for (const path of loud) if (!unseen.has(path)) unseen.set(path, call);
    for (const each of differences.filter(one => !known.has(kindOf(one)))) {
      if (!unfound.has(each.aspect)) unfound.set(each.aspect, call);
    }
  }
  const falseOnes = found.filter(({ call }) => pathsAt(pair, call).every(isSilent));
  return { change, found, ms, matters, unseen, unfound, falseOnes };
}

/** What differs and how, wherever. */
function kindOf({ aspect, before, after }: Difference): string {
  const without = (key: string, value: unknown) =>
    key === 'path' || key === 'location' ? typeof value : value;
  return JSON.stringify([aspect, before, after], without);
}

/** The fields that differ for a call. */
function pathsAt({ before, after }: Pair, call: ProposedCall): string[] {
  const [a, b] = [wayOf(before, call), wayOf(after, call)];
  if (a === null || b === null) return [];
  const ofWay = differingPaths(a.chain, b.chain, 'chain');
  return ofWay.length > 0 ? ofWay : actionPaths({ before: a, after: b }, { before, after } as Pair, call);
}

function actionPaths(
  ways: { before: Way; after: Way },
  { before, after }: Pair,
  call: ProposedCall,
): string[] {
  const [a, b] = [ways.before.host, ways.after.host];
  if (!a && !b) return [];
  if (!a || !b) return ['no virtual host'];
  return [
    ...differingPaths(plainHost(a), plainHost(b), 'host'),
    ...differingPaths(
      actionOf(before, a, routeOf(before, a, call), call),
      actionOf(after, b, routeOf(after, b, call), call),
      'route',
    ),
  ];
}

const plainHost = ({ name: _, domains: __, routes: ___, ...rest }: object & Record<string, unknown>) => rest;

/** Of the grid the calls for which Envoy's JSON differs. Requests are asked once for each pair of virtual hosts. */
function* differing(change: Change, pair: Pair): Generator<{ call: ProposedCall; paths: string[] }> {
  const objects = [...change.before, ...change.after];
  const asked = new Set<string>();
  const compared = new Map<string, string[]>();
  const ids = new Map<unknown, number>();
  const idOf = (value: unknown) => {
    if (!ids.has(value)) ids.set(value, ids.size);
    return ids.get(value);
  };
  const all = requests(objects);
  for (const place of places(objects)) {
    const base = { ...place, at: null, method: 'GET', path: '/', headers: {} };
    const [a, b] = [wayOf(pair.before, base), wayOf(pair.after, base)];
    if (a === null || b === null) continue;
    const chains = `${idOf(a.chain)} ${idOf(b.chain)}`;
    const ofWay = compared.get(chains) ?? differingPaths(a.chain, b.chain, 'chain');
    compared.set(chains, ofWay);
    if (ofWay.some(path => !isSilent(path))) {
      yield { call: base, paths: ofWay };
      continue;
    }
    if (!a.host && !b.host) continue;
    const byName = JSON.stringify([a.host, b.host]).includes(':authority') ? place.host : '';
    const key = `${idOf(a.host)} ${idOf(b.host)} ${byName}`;
    if (asked.has(key)) continue;
    asked.add(key);
    if (a.host && b.host && isSame(pair, a.host, b.host)) continue;
    const taken = new Set<string>();
    for (const request of all) {
      const call = { ...base, ...request };
      // One call for each pair of routes.
      const routes = [
        a.host && routeOf(pair.before, a.host, call),
        b.host && routeOf(pair.after, b.host, call),
      ];
      // What a regular expression makes of a path depends on the path.
      const byPath = JSON.stringify(routes).includes('regex_rewrite') ? request.path : '';
      const both = [...routes.map(idOf), byPath].join(' ');
      if (taken.has(both)) continue;
      taken.add(both);
      const paths = actionPaths({ before: a, after: b }, pair, call);
      if (paths.length > 0) yield { call, paths };
    }
  }
}

/** Whether no request can differ: the same routes in the same words, and the same clusters. */
function isSame({ before, after }: Pair, a: unknown, b: unknown): boolean {
  const text = (side: Pair['before']) => JSON.stringify([side.config.clusters, side.config.endpoints]);
  return JSON.stringify(a) === JSON.stringify(b) && text(before) === text(after);
}
