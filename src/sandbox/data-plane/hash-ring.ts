/**
 * A ring for consistent hashing: each host stands at many places, a call goes to the next place after its hash.
 * Envoy places hosts with xxHash64; here FNV-1a, so who gets which user differs, and that the same user gets the same
 * host does not. Source: source/extensions/load_balancing_policies/ring_hash/ring_hash_lb.cc.
 */
import { mixedHash } from '../fnv.ts';
import type { UpstreamHost } from './upstream-host.ts';

export class HashRing {
  readonly #places: { readonly at: number; readonly host: UpstreamHost }[] = [];

  constructor(hosts: readonly UpstreamHost[], minimumSize: number) {
    const total = hosts.reduce((sum, host) => sum + host.weight, 0);
    for (const host of hosts) {
      const count = Math.max(1, Math.ceil((minimumSize * host.weight) / total));
      for (let i = 0; i < count; i++) this.#places.push({ at: mixedHash(`${host.key}_${i}`), host });
    }
    this.#places.sort((a, b) => a.at - b.at);
  }

  /** The host for a hash, of which the lowest 32 bits count. */
  at(hash: number): UpstreamHost | null {
    // The caller's hash may be a small number: spread it over the ring.
    const point = mixedHash(String(hash));
    let low = 0;
    let high = this.#places.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#places[middle]?.at ?? 0) < point) low = middle + 1;
      else high = middle;
    }
    return (this.#places[low] ?? this.#places[0])?.host ?? null;
  }
}
