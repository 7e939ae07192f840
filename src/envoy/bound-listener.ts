/** Listeners that an app can call directly, at an address of its own pod. */
import type { EnvoyConfig } from './config.ts';
import { type IpAndPort, listenerAddresses } from './match.ts';
import { canonicalIp } from './match-ip.ts';

/**
 * Whether the proxy itself listens there: most of its listeners only get connections that were captured on their way
 * elsewhere.
 */
export function isBound({ listeners }: EnvoyConfig, to: IpAndPort): boolean {
  const ip = canonicalIp(to.ip);
  return listeners
    .filter(listener => listener.bind_to_port !== false)
    .flatMap(listenerAddresses)
    .some(address => address.port === to.port && (address.ip === ip || address.ip === '0.0.0.0'));
}
