/**
 * A ring for consistent hashing: each host has many places, and a call goes to the first place at or after its hash.
 * Kept as one sorted list per host, whose next places are compared, because a ring may have millions of places.
 * Source: source/extensions/load_balancing_policies/ring_hash/ring_hash_lb.cc.
 */
import type { HashTable, WeightedHosts } from './hash-balancer.ts';
import type { UpstreamHost } from './upstream-host.ts';
import { xxHash64 } from './xxhash64.ts';

export const DEFAULT_RING_SIZE = 1024;
/** Envoy's default for maximum_ring_size, which istiod leaves as it is. */
const MAXIMUM_RING_SIZE = 8 * 1024 * 1024;

interface Places {
  readonly host: UpstreamHost;
  readonly at: BigUint64Array;
}

export class HashRing implements HashTable {
  readonly #hosts: readonly Places[];

  constructor(hosts: WeightedHosts, minimumSize: number) {
    const least = Math.min(1, ...hosts.map(({ weight }) => weight));
    // The host with the least weight gets a whole number of places, the others what is due to them in the long run.
    const scale = Math.min(Math.ceil(least * minimumSize) / least, MAXIMUM_RING_SIZE);
    let due = 0;
    let given = 0;
    this.#hosts = hosts.map(({ host, weight }) => {
      due += scale * weight;
      const count = Math.max(0, Math.ceil(due - given));
      given += count;
      return {
        host,
        at: BigUint64Array.from({ length: count }, (_, i) => xxHash64(`${host.hashKey}_${i}`)).sort(),
      };
    });
  }

  /** When a host is rejected, the call goes to the places after it, one by one. */
  choose(hash: bigint, attempt: number): UpstreamHost | null {
    const next = this.#hosts.map(({ host, at }) => ({ host, at, index: firstFrom(at, hash) }));
    let chosen: UpstreamHost | null = null;
    for (let i = 0; i <= attempt; i++) {
      const first = earliest(next) ?? this.#again(next);
      if (first === null) return null;
      first.index++;
      chosen = first.host;
    }
    return chosen;
  }

  /** After the last place the ring starts again. */
  #again(next: Next[]): Next | null {
    for (const each of next) each.index = 0;
    return earliest(next);
  }
}

interface Next extends Places {
  index: number;
}

function earliest(next: readonly Next[]): Next | null {
  let first: Next | null = null;
  let least: bigint | undefined;
  for (const each of next) {
    const at = each.at[each.index];
    if (at === undefined || (least !== undefined && at >= least)) continue;
    least = at;
    first = each;
  }
  return first;
}

/** The index of the first value that is not below; the length if all are. */
function firstFrom(sorted: BigUint64Array, value: bigint): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0n) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
