/**
 * Host names as Istio compares them: exact, or with a leading '*'.
 * Source: pkg/config/host/name.go, names.go; pilot/pkg/model/config.go.
 */
import { isIP } from 'node:net';

export const isWildcard = (host: string): boolean => host.startsWith('*');

/** Whether two names can match the same host, whichever is wider (Name.Matches). */
export function overlaps(a: string, b: string): boolean {
  if (isWildcard(a) && isWildcard(b)) {
    return a.length < b.length ? b.slice(1).endsWith(a.slice(1)) : a.slice(1).endsWith(b.slice(1));
  }
  if (isWildcard(a)) return b.endsWith(a.slice(1));
  if (isWildcard(b)) return a.endsWith(b.slice(1));
  return a === b;
}

/** Whether `wide` covers all of `narrow` (Name.SubsetOf). */
export function isCoveredBy(narrow: string, wide: string): boolean {
  if (!isWildcard(wide)) return narrow === wide;
  if (!isWildcard(narrow)) return narrow.endsWith(wide.slice(1));
  return narrow.length >= wide.length && narrow.slice(1).endsWith(wide.slice(1));
}

/** Longest first, wildcards last (MoreSpecific). */
function moreSpecific(a: string, b: string): boolean {
  if (isWildcard(a) !== isWildcard(b)) return isWildcard(b);
  return a.length === b.length ? a < b : a.length > b.length;
}

/**
 * The value under the key that fits `host` best: the same name, otherwise the most specific wildcard
 * (MostSpecificHostMatch).
 */
export function mostSpecificMatch<V>(host: string, hosts: ReadonlyMap<string, V>): V | undefined {
  const same = hosts.get(host);
  if (same !== undefined) return same;
  const tail = isWildcard(host) ? host.slice(1) : host;
  let best: string | undefined;
  for (const candidate of hosts.keys()) {
    if (!isWildcard(candidate) || !tail.endsWith(candidate.slice(1))) continue;
    if (best === undefined || moreSpecific(candidate, best)) best = candidate;
  }
  return best === undefined ? undefined : hosts.get(best);
}

/**
 * 'web' in a rule in namespace ns is web.ns.svc.DOMAIN; a name with a dot is already complete (ResolveShortnameToFQDN).
 */
export function resolveShortName(host: string, namespace: string, domain: string): string {
  if (host === '' || host === '*' || host.includes('.') || isIP(host) !== 0) return host;
  return `${host}.${namespace}.svc.${domain}`;
}
