/**
 * curl's --resolve: addresses that the caller gives to names. The names are resolved at the pod's door, so the door is
 * told, and curl itself does not get the option. The addresses are those of the pods' network, as everywhere here.
 */
import { isIPv4 } from 'node:net';
import type { Group } from './words.ts';

/** The addresses for a name and a port; undefined: the pod's own resolver decides. */
export type Pinned = (host: string, port: number) => readonly string[] | undefined;

/** '[+]HOST:PORT:ADDRESS[,ADDRESS]' or '-HOST:PORT', which takes it back; null: neither. */
export function readResolve(
  value: string,
): { readonly host: string; readonly port: number; readonly addresses: readonly string[] } | null {
  const gone = /^-([^:]+):(\d{1,5})$/.exec(value);
  if (gone) return { host: (gone[1] ?? '').toLowerCase(), port: Number(gone[2]), addresses: [] };
  const found = /^\+?([^:]+):(\d{1,5}):(.+)$/.exec(value);
  const addresses = (found?.[3] ?? '').split(',');
  if (!found || !addresses.every(isIPv4)) return null;
  return { host: (found[1] ?? '').toLowerCase(), port: Number(found[2]), addresses };
}

/** What all of a call's --resolve options say together; '*' stands for every other name. */
export function pinnedBy(groups: readonly Group[]): { readonly of: Pinned; has(host: string): boolean } {
  const pins = new Map<string, readonly string[]>();
  for (const { name, value = '' } of groups.flat()) {
    const pin = name === 'resolve' ? readResolve(value) : null;
    if (pin === null) continue;
    const key = `${pin.host}:${pin.port}`;
    if (pin.addresses.length > 0) pins.set(key, pin.addresses);
    else pins.delete(key);
  }
  return {
    of: (host, port) => pins.get(`${host.toLowerCase()}:${port}`) ?? pins.get(`*:${port}`),
    has: host =>
      [...pins.keys()].some(key => key.startsWith(`${host.toLowerCase()}:`) || key.startsWith('*:')),
  };
}
