/**
 * Consistent hashing: a call's hash picks its priority and, in that priority's table, its host. All workers have the
 * same tables. A retry policy's priorities play no part.
 * Source: source/extensions/load_balancing_policies/common/thread_aware_lb_impl.cc.
 */
import type { Cluster } from '../../../envoy/config.ts';
import { DEFAULT_RING_SIZE, HashRing } from './hash-ring.ts';
import { DEFAULT_TABLE_SIZE, MaglevTable } from './maglev-table.ts';
import { localitiesOf, type UpstreamHost } from './upstream-host.ts';

/** Hosts with their shares of the calls, which add up to 1. */
export type WeightedHosts = readonly { readonly host: UpstreamHost; readonly weight: number }[];

export interface HashTable {
  /** Null: it has no hosts. `attempt` counts this call's choices that were rejected. */
  choose(hash: bigint, attempt: number): UpstreamHost | null;
}

/** A priority as the balancer sees it. */
interface HashedPriority {
  readonly hosts: readonly UpstreamHost[];
  /** Its share of the calls in percent. */
  readonly load: number;
  /** All its hosts are used, even ejected ones. */
  readonly panic: boolean;
}

export class HashBalancer {
  readonly #byLocality: boolean;
  readonly #tables = new Map<number, { readonly of: readonly Share[]; readonly table: HashTable }>();
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.#byLocality = cluster.common_lb_config?.locality_weighted_lb_config !== undefined;
  }

  /** `wanted` is asked about each choice; the last of `choices` is taken whatever it says. */
  choose(
    hash: bigint,
    priorities: readonly HashedPriority[],
    choices: number,
    wanted: (host: UpstreamHost) => boolean,
  ): UpstreamHost | null {
    const table = this.#table(priorityOf(hash, priorities), priorities);
    for (let attempt = 0; ; attempt++) {
      const host = table.choose(hash, attempt);
      if (host === null || attempt + 1 >= choices || wanted(host)) return host;
    }
  }

  #table(index: number, priorities: readonly HashedPriority[]): HashTable {
    const { hosts, panic } = priorities[index] ?? { hosts: [], panic: false };
    const usable = (host: UpstreamHost) => panic || host.healthy;
    const of = this.#byLocality ? byLocality(hosts, usable) : shares(hosts.filter(usable), 1);
    const known = this.#tables.get(index);
    if (known !== undefined && same(known.of, of)) return known.table;
    const table = this.#build(of);
    this.#tables.set(index, { of, table });
    return table;
  }

  #build(hosts: WeightedHosts): HashTable {
    const { lb_policy, maglev_lb_config, ring_hash_lb_config } = this.#cluster;
    return lb_policy === 'MAGLEV'
      ? new MaglevTable(hosts, Number(maglev_lb_config?.table_size ?? DEFAULT_TABLE_SIZE))
      : new HashRing(hosts, Number(ring_hash_lb_config?.minimum_ring_size ?? DEFAULT_RING_SIZE));
  }
}

type Share = WeightedHosts[number];

function same(before: readonly Share[], now: readonly Share[]): boolean {
  return (
    before.length === now.length &&
    before.every(({ host, weight }, i) => host === now[i]?.host && weight === now[i]?.weight)
  );
}

function priorityOf(hash: bigint, priorities: readonly HashedPriority[]): number {
  let left = Number(hash % 100n) + 1;
  const found = priorities.findIndex(({ load }) => {
    left -= load;
    return left <= 0;
  });
  return Math.max(0, found);
}

function shares(hosts: readonly UpstreamHost[], whole: number): Share[] {
  const sum = hosts.reduce((total, { weight }) => total + weight, 0);
  return hosts.map(host => ({ host, weight: (host.weight * whole) / sum }));
}

/** A locality keeps its weight, whatever share of its hosts is out. */
function byLocality(hosts: readonly UpstreamHost[], usable: (host: UpstreamHost) => boolean): Share[] {
  const groups = [...localitiesOf(hosts, usable)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, group]) => group);
  const sum = groups.reduce((total, { weight }) => total + weight, 0);
  return groups.flatMap(group => (group.weight === 0 ? [] : shares(group.hosts, group.weight / sum)));
}
