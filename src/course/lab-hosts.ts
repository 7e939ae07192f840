/** The lab's own names: what a course may send calls to, and what its objects may be about. Pure. */
import { HOSTS, SERVERS } from '../world/names.ts';

/** 'safedata-zone.io' for 'api.safedata-zone.io'. */
const domainOf = (host: string) => host.split('.').slice(-2).join('.');

/**
 * The servers' domains; the typo that a lesson is about (there is no such top-level domain); and the domains that are
 * reserved for examples, so that they can be nobody's (RFC 2606).
 */
const DOMAINS = [
  ...new Set(Object.values(HOSTS).map(domainOf)),
  'safedata-zone.oi',
  ...['example', 'example.com', 'example.net', 'example.org'],
];

/** What stands for an address while a course is read: by placeholder, addresses that nobody uses (RFC 5737). */
export const STAND_INS: Readonly<Record<string, string>> = {
  stableIP: '192.0.2.1',
  canaryIP: '192.0.2.2',
  payIP: '192.0.2.3',
  catalogIP: '192.0.2.4',
  mesh: 'mesh-network',
  outside: 'outside',
};

/** In calls only a placeholder becomes the learner's own namespace: one that is spelt out would be somebody's. */
export const CALL_STAND_INS = { ...STAND_INS, mesh: 'the-mesh', outside: 'the-outside' };

const ADDRESSES = Object.entries(STAND_INS).flatMap(([name, value]) => (name.endsWith('IP') ? [value] : []));

/** One of the servers' addresses, alone or as a network of one address. */
export function isLabAddress(text: string): boolean {
  return ADDRESSES.includes(text.replace(/\/32$/, ''));
}

/** A host of the lab's domains, or a Service by its full name in one of the namespaces; '*.' may precede either. */
export function isLabHost(host: string, namespaces: readonly string[]): boolean {
  const name = host.toLowerCase().replace(/^\*\./, '');
  if (!/^[a-z0-9-]+(\.[a-z0-9-]+)*$/.test(name)) return false;
  if (DOMAINS.some(domain => name === domain || name.endsWith(`.${domain}`))) return true;
  return namespaces.some(namespace =>
    [`.${namespace}.svc`, `.${namespace}.svc.cluster.local`].some(
      end => `.${name}` === end || (name.endsWith(end) && !name.slice(0, -end.length).includes('.')),
    ),
  );
}

/** A name without a dot: Istio takes it for a Service of the object's own namespace. */
export function isShortName(host: string): boolean {
  return /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(host);
}

/** What a call may be sent to: as isLabHost, a server's address, or one of the world's Services by its short name. */
export function isCallable(host: string, namespaces: readonly string[]): boolean {
  if (host.startsWith('*')) return false;
  return isLabHost(host, namespaces) || isLabAddress(host) || Object.keys(SERVERS).includes(host);
}
