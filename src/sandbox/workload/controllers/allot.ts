/**
 * Addresses from a range, by name: the same name gets the same address in every sandbox, so that an address in
 * somebody's manifest is still right when the sandbox is made again. Kubernetes draws them at random.
 */
import { mixedHash } from '../../fnv.ts';

/** Addresses of a /16: 10.96.1.1 to 10.96.255.254, none that looks like a network or broadcast address. */
const THIRD = 255;
const FOURTH = 254;

/** `prefix` is '10.96'. If a name's first address is taken, it gets its second, its third and so on. */
export function allot(name: string, prefix: string, isUsed: (ip: string) => boolean): string {
  for (let turn = 0; ; turn++) {
    const at = mixedHash(`${name}#${turn}`) % (THIRD * FOURTH);
    const ip = `${prefix}.${1 + Math.floor(at / FOURTH)}.${1 + (at % FOURTH)}`;
    if (!isUsed(ip)) return ip;
  }
}
