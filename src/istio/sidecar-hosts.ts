/**
 * 'namespace/host' in a Sidecar's egress listener: '.' is the client's namespace, '*' any namespace, and
 * '~namespace/host' (or '~/host') an exclusion.
 * Source: pilot/pkg/model/sidecar.go (hostClassification, convertIstioListenerToWrapper).
 */
import { isCoveredBy, isWildcard, overlaps } from './host.ts';

export const ANY_NAMESPACE = '*';

interface HostSet {
  readonly imported: string[];
  readonly excluded: string[];
}

export interface EgressHosts {
  /** Whether each entry is one host in one namespace: then services are looked up, not searched for. */
  readonly allExact: boolean;
  readonly byNamespace: ReadonlyMap<string, HostSet>;
}

export function parseEgressHosts(entries: readonly string[], clientNamespace: string): EgressHosts {
  const byNamespace = new Map<string, HostSet>();
  let allExact = true;
  for (const entry of entries) {
    const parts = entry.split('/');
    if (parts.length !== 2) continue;
    let [namespace = '', host = ''] = parts;
    const excluded = namespace.startsWith('~');
    if (excluded) namespace = namespace.slice(1) || ANY_NAMESPACE;
    if (namespace === '.') namespace = clientNamespace;
    const set = byNamespace.get(namespace) ?? { imported: [], excluded: [] };
    byNamespace.set(namespace, set);
    (excluded ? set.excluded : set.imported).push(host);
    if (!excluded && (isWildcard(host) || namespace === ANY_NAMESPACE)) allExact = false;
  }
  return { allExact, byNamespace };
}

/** A service is imported if an entry covers its whole host. */
export function importsService(set: HostSet | undefined, host: string): boolean {
  return set?.imported.some(h => h === host || isCoveredBy(host, h)) ?? false;
}

/** A VirtualService's host may also be wider than the entry: '*.com' is imported by 'ns/a.com'. */
export function importsVirtualServiceHost(set: HostSet | undefined, host: string): boolean {
  return set?.imported.some(h => h === host || overlaps(host, h)) ?? false;
}

/** Whether an exclusion for the namespace, or for all namespaces, covers the host. */
export function excludes(hosts: EgressHosts, namespace: string, host: string): boolean {
  return [hosts.byNamespace.get(namespace), hosts.byNamespace.get(ANY_NAMESPACE)].some(
    set => set?.excluded.some(h => isCoveredBy(host, h)) ?? false,
  );
}

/**
 * Whether the hosts of an object in `namespace` are imported, one at least; `fits` says how its kind's are
 * (importsService, importsVirtualServiceHost).
 */
export function importsOneOf(
  hosts: EgressHosts,
  namespace: string,
  names: readonly string[],
  fits: (set: HostSet | undefined, host: string) => boolean,
): boolean {
  const sets = [hosts.byNamespace.get(namespace), hosts.byNamespace.get(ANY_NAMESPACE)];
  return names.some(host => sets.some(set => fits(set, host)) && !excludes(hosts, namespace, host));
}
