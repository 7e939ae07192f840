/**
 * Maglev: a table that the hosts fill in turn, each in an order of its own; a call goes to the entry that its hash
 * names. Source: source/extensions/load_balancing_policies/maglev/maglev_lb.cc.
 */
import type { HashTable, WeightedHosts } from './hash-balancer.ts';
import type { UpstreamHost } from './upstream-host.ts';
import { xxHash64 } from './xxhash64.ts';

export const DEFAULT_TABLE_SIZE = 65537;
const ALL_BITS = (1n << 64n) - 1n;

export class MaglevTable implements HashTable {
  readonly #places: readonly (UpstreamHost | undefined)[];

  /**
   * `size` is a prime: only then does every host's walk reach every entry. Envoy refuses a cluster with any other size.
   */
  constructor(hosts: WeightedHosts, size: number) {
    this.#places = isPrime(size) ? filled(hosts, size) : [];
  }

  choose(hash: bigint, attempt: number): UpstreamHost | null {
    if (this.#places.length === 0) return null;
    // For another attempt most bits are flipped, so that the next entries lie far apart.
    const mixed = attempt === 0 ? hash : hash ^ (ALL_BITS - BigInt(attempt) + 1n);
    return this.#places[Number(mixed % BigInt(this.#places.length))] ?? null;
  }
}

function filled(hosts: WeightedHosts, size: number): (UpstreamHost | undefined)[] {
  const places = new Array<UpstreamHost | undefined>(size);
  const most = Math.max(0, ...hosts.map(({ weight }) => weight));
  const walks = hosts
    .map(({ host, weight }) => ({ host, weight, due: 0, ...walk(host.hashKey, size) }))
    .sort((a, b) => Buffer.compare(Buffer.from(a.host.hashKey), Buffer.from(b.host.hashKey)));
  let taken = 0;
  for (let turn = 1; walks.length > 0 && taken < size; turn++) {
    for (const each of walks) {
      if (taken === size) break;
      // The heaviest host takes an entry in each turn, one with a third of its weight in every third.
      if (turn * each.weight < each.due) continue;
      each.due += most;
      while (places[each.at] !== undefined) each.at = (each.at + each.step) % size;
      places[each.at] = each.host;
      taken++;
    }
  }
  return places;
}

function walk(key: string, size: number): { at: number; step: number } {
  return {
    at: Number(xxHash64(key) % BigInt(size)),
    step: Number(xxHash64(key, 1n) % BigInt(size - 1)) + 1,
  };
}

function isPrime(number: number): boolean {
  if (number < 2) return false;
  for (let i = 2; i * i <= number; i++) if (number % i === 0) return false;
  return true;
}
