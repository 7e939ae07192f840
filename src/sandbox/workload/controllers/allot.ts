/**
 * Addresses out of a range, by name: the same name gets the same address in every sandbox, so that an address which
 * somebody wrote into a manifest still fits when a sandbox is made again. Kubernetes draws them by chance.
 */
import { mixedHash } from '../../fnv.ts';

/** Addresses of a /16: 10.96.1.1 to 10.96.255.254, none that looks like a network's or a broadcast's. */
const THIRD = 255;
const FOURTH = 254;

/** `prefix` is '10.96'. Where a name's own address is taken, it has a second one, a third and so on. */
export function allot(name: string, prefix: string, isUsed: (ip: string) => boolean): string {
  for (let turn = 0; ; turn++) {
    const at = mixedHash(`${name}#${turn}`) % (THIRD * FOURTH);
    const ip = `${prefix}.${1 + Math.floor(at / FOURTH)}.${1 + (at % FOURTH)}`;
    if (!isUsed(ip)) return ip;
  }
}
