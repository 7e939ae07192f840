/**
 * The addresses that istiod allocates for a ServiceEntry without any, in its status: for sidecars that answer DNS
 * themselves, and so that analysis does not ask for addresses. Source: pilot/pkg/controllers/ipallocate/ipallocate.go,
 * pilot/pkg/networking/serviceentry (ShouldV2AutoAllocateIP).
 */
import type { ServiceEntry } from './types.ts';

interface HostAddress {
  readonly host: string;
  readonly value: string;
}

interface EntryStatus {
  readonly addresses?: readonly HostAddress[];
  readonly [more: string]: unknown;
}

/** Hands out 240.240.0.1, 240.240.0.2 ..., each with its IPv6 counterpart; an entry keeps what it once got. */
export class AddressPool {
  #last = 0;

  /** The status that the entry should have; null if it already has it. */
  statusFor(entry: ServiceEntry): EntryStatus | null {
    const status = (entry.status ?? {}) as EntryStatus;
    const had = status.addresses ?? [];
    const hosts = wanted(entry);
    const same = new Set(had.map(each => each.host));
    if (same.size === hosts.length && hosts.every(host => same.has(host))) return null;
    const addresses = hosts.flatMap(host => {
      const kept = had.filter(each => each.host === host);
      return kept.length > 0 ? kept : this.#next(host);
    });
    return { ...status, addresses };
  }

  #next(host: string): HostAddress[] {
    const at = ++this.#last;
    return [
      { host, value: `240.240.${(at >> 8) & 255}.${at & 255}` },
      { host, value: `2001:2::${at.toString(16)}` },
    ];
  }
}

/** The hosts that get addresses: none if the entry has its own, or if an address could have no effect. */
function wanted({ spec = {}, metadata }: ServiceEntry): string[] {
  const { hosts = [], addresses = [], resolution = 'NONE' } = spec;
  if (resolution === 'NONE' || addresses.length > 0) return [];
  if (metadata.labels?.['networking.istio.io/enable-autoallocate-ip']?.toLowerCase() === 'false') return [];
  return [...new Set(hosts)].filter(host => !host.startsWith('*') || resolution === 'DYNAMIC_DNS');
}
