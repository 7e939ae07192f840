/** The clusters at a call's end, each with its share of the calls. Pure. */
import type { Cluster, EnvoyConfig, HashPolicy, TcpProxy } from '../envoy/config.ts';
import { objectOf } from '../envoy/trace-origin.ts';
import { balanceOf, hasSeveral } from './balance.ts';
import { timeDetails } from './details.ts';
import type { Decider, Effects, Part, ProposedCall, Side } from './types.ts';
import { clusterNamed, ejectionOf, hostsOf, limitsOf, serversOf, tlsOf } from './upstream.ts';

export interface Named {
  readonly name: string;
  /** 0 to 1. */
  readonly share: number;
  /** The Host header by then; null: the bytes are not read. */
  readonly host: string | null;
}

export interface End extends Named {
  readonly servers: readonly (readonly string[])[];
  /** Undefined: there is no such cluster. */
  readonly cluster: Cluster | undefined;
}

/** Those that get calls, in an order that does not depend on their names. */
export function endsOf(side: Side, named: readonly Named[], call: ProposedCall): End[] {
  const ends = named
    .filter(one => one.share > 0)
    .map(one => {
      const cluster = clusterNamed(side.config, one.name);
      return { ...one, cluster, servers: cluster === undefined ? [] : serversOf(side, cluster, call) };
    });
  return sorted(ends, each => `${JSON.stringify(each.servers)} ${each.share}`);
}

/** Ends with the same servers are one part. */
export function partsOf(ends: readonly End[]): Part[] {
  const parts = new Map<string, Part>();
  for (const { share, servers } of ends) {
    const key = JSON.stringify(servers);
    parts.set(key, { servers, share: round((parts.get(key)?.share ?? 0) + share) });
  }
  return [...parts.values()];
}

const round = (share: number) => Math.round(share * 10_000) / 10_000;

type Hashed = readonly HashPolicy[] | TcpProxy['hash_policy'];

export function aspectsOf(
  side: Side,
  ends: readonly End[],
  hashed: Hashed,
): Pick<Effects, 'tls' | 'limits' | 'ejection' | 'balance'> {
  const each = <T>(of: (cluster: Cluster, end: End) => readonly T[]) =>
    inOrder(ends.flatMap(end => (end.cluster === undefined ? [] : [distinct(of(end.cluster, end))])));
  return {
    tls: each((cluster, end) => tlsOf(side.config, cluster, end.host)),
    limits: each((cluster, end) => [limitsOf(cluster, end.host !== null)]),
    ejection: each(cluster => [ejectionOf(cluster, hostsOf(side.config, cluster))]),
    balance: each(cluster => [balanceOf(side, cluster, hashed)]),
  };
}

/** One value for all where they have the same; otherwise those of each end in turn, since it matters whose is whose. */
function inOrder<T>(values: readonly (readonly T[])[]): readonly T[] {
  const [first = []] = values;
  return values.every(each => JSON.stringify(each) === JSON.stringify(first)) ? first : values.flat();
}

function distinct<T>(values: readonly T[]): T[] {
  const byText = new Map(values.map(value => [JSON.stringify(value), value]));
  return sorted([...byText.values()], value => JSON.stringify(value));
}

function sorted<T>(values: readonly T[], key: (value: T) => string): T[] {
  return [...values].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}

export function timeDetailsOf(ends: readonly End[]): string[] {
  return [
    ...new Set(ends.flatMap(({ cluster, host }) => (cluster ? timeDetails(cluster, host !== null) : []))),
  ].sort();
}

export function mayRetryElsewhere(config: EnvoyConfig, ends: readonly End[]): boolean {
  return ends.some(({ cluster }) => cluster !== undefined && hasSeveral(config, cluster));
}

export function decidersOf(ends: readonly End[]): Decider[] {
  return [...new Set(ends.flatMap(({ cluster }) => decider(cluster?.metadata)))];
}

export function decider(metadata: Cluster['metadata']): Decider[] {
  const from = objectOf(metadata);
  return from === undefined ? [] : [`${from.kind} ${from.namespace}/${from.name}`];
}
