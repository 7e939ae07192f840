/**
 * Which service a host name refers to in analysis: a map from 'SCOPE/FQDN' to what exports it there. The scope is a
 * namespace or '*'. Source: pkg/config/analysis/analyzers/util/{hosts,service_lookup,exportto}.go.
 */
import type { ServiceEntry } from '../types.ts';
import { type Collection, namespaceOf } from './collection.ts';

const ALL = '*';

/** A Kubernetes Service or a ServiceEntry, as a destination. */
export interface DestinationTarget {
  readonly ports: readonly number[];
  /** Missing if it is a Kubernetes Service. */
  readonly entry?: ServiceEntry;
}

export type HostMap = ReadonlyMap<string, DestinationTarget>;

/** A short name is a Service in this namespace; names with a dot and wildcards are already complete. */
function fqdnOf(host: string, namespace: string): string {
  return host.startsWith('*') || host.includes('.') ? host : `${host}.${namespace}.svc.cluster.local`;
}

export const scoped = (scope: string, namespace: string, host: string) =>
  `${scope}/${fqdnOf(host, namespace)}`;

/** The namespaces of an exportTo, with '.' replaced; ['*'] if empty. */
export function exportScopes(exportTo: readonly string[] | undefined, namespace: string): string[] {
  if (exportTo === undefined || exportTo.length === 0 || exportTo.includes(ALL)) return [ALL];
  return [...new Set(exportTo.map(each => (each === '.' ? namespace : each)))];
}

export function hostMap({ serviceEntries, services }: Collection): HostMap {
  const map = new Map<string, DestinationTarget>();
  for (const entry of serviceEntries) {
    const namespace = namespaceOf(entry);
    const ports = (entry.spec?.ports ?? []).map(port => port.number ?? 0);
    for (const host of entry.spec?.hosts ?? []) {
      for (const scope of exportScopes(entry.spec?.exportTo, namespace))
        map.set(scoped(scope, namespace, host), { ports, entry });
    }
  }
  for (const service of services) {
    const namespace = namespaceOf(service);
    const ports = (service.spec?.ports ?? []).map(({ port }) => port);
    const exportTo = service.metadata.annotations?.['networking.istio.io/exportTo'];
    const scopes = exportTo ? exportTo.split(',').map(each => each.trim()) : [ALL];
    for (const scope of scopes)
      map.set(scoped(scope === '.' ? namespace : scope, namespace, service.metadata.name), { ports });
  }
  return map;
}

/** What a host refers to for a resource in this namespace with this exportTo; null: nothing known there. */
export function targetOf(
  host: string,
  namespace: string,
  exportTo: readonly string[] | undefined,
  hosts: HostMap,
): DestinationTarget | null {
  const scopes = exportTo?.length ? exportTo.map(each => (each === '.' ? namespace : each)) : [namespace];
  for (const scope of [ALL, ...scopes]) {
    const found = hosts.get(scoped(scope, namespace, host));
    if (found) return found;
  }
  for (const [key, target] of hosts) {
    const [scope = '', known = ''] = splitScope(key);
    if (!known.startsWith('*') || (scope !== ALL && scope !== namespace)) continue;
    if (host.replace(/^\*/, '').endsWith(known.slice(1))) return target;
  }
  return null;
}

export function splitScope(key: string): [string, string] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
}

/** A host as NAMESPACE/NAME: a Service's FQDN is split, anything else belongs to the namespace that mentions it. */
export function resourceName(host: string, namespace: string): string {
  const found = /^(.+)\.(.+)\.svc\.cluster\.local$/.exec(host);
  return found ? `${found[2]}/${found[1]}` : `${namespace}/${host}`;
}
