/** Addresses and CIDR ranges of both families, compared as numbers. */
import { isIPv4, isIPv6 } from 'node:net';

export interface IpRange {
  readonly family: 4 | 6;
  /** The network's bits, without the host's. */
  readonly bits: bigint;
  readonly length: number;
  /** The same for equal ranges. */
  readonly key: string;
}

/** '10.0.0.0', 8. An invalid address makes a range that contains nothing. */
export function ipRange(address: string, length: number): IpRange {
  const family = isIPv6(address) ? 6 : 4;
  const shift = BigInt((family === 6 ? 128 : 32) - length);
  const value = ipNumber(address);
  const bits = value === null ? -1n : value >> shift;
  return { family, bits, length, key: `${family}/${bits}/${length}` };
}

export function isInRange(range: IpRange, ip: string): boolean {
  if ((isIPv6(ip) ? 6 : 4) !== range.family) return false;
  const value = ipNumber(ip);
  return value !== null && value >> BigInt((range.family === 6 ? 128 : 32) - range.length) === range.bits;
}

/** Lower case; an IPv4 address written as IPv6 ('::ffff:10.0.0.1', as sockets report it) becomes IPv4. */
export function canonicalIp(ip: string): string {
  const lower = ip.toLowerCase();
  return lower.startsWith('::ffff:') && isIPv4(lower.slice(7)) ? lower.slice(7) : lower;
}

function ipNumber(ip: string): bigint | null {
  if (isIPv4(ip)) return ip.split('.').reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
  if (!isIPv6(ip)) return null;
  const [left = '', right] = (ip.split('%')[0] ?? '').split('::');
  const groups = (text: string): bigint[] =>
    text
      .split(':')
      .filter(part => part !== '')
      .flatMap(part => {
        const four = isIPv4(part) ? ipNumber(part) : null;
        return four === null ? [BigInt(`0x${part}`)] : [four >> 16n, four & 0xffffn];
      });
  const head = groups(left);
  const tail = right === undefined ? [] : groups(right);
  const all = [...head, ...Array<bigint>(8 - head.length - tail.length).fill(0n), ...tail];
  return all.reduce((sum, group) => (sum << 16n) | group, 0n);
}
