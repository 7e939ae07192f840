/**
 * Which address a name has inside the client pod: its hosts file first (hostAliases), then the cluster's Services, over
 * the search list that Kubernetes gives a pod. Pure. A real pod asks the DNS outside the cluster as well; this does
 * not, so that a trace needs nothing but the Kubernetes API.
 */
import { isAddress } from './describe-call.ts';

export interface PodNames {
  /** The pod's namespace: its own Services have short names. */
  readonly namespace: string;
  readonly hostAliases: readonly { readonly ip?: string; readonly hostnames?: readonly string[] }[];
  readonly services: readonly ServiceName[];
}

export interface ServiceName {
  readonly name: string;
  readonly namespace: string;
  /** The ClusterIP, or the pods' addresses of a headless Service. */
  readonly addresses: readonly string[];
  /** Of an ExternalName. */
  readonly externalName?: string | undefined;
}

/** The first address of the name, as curl would take it; null: it does not resolve. */
export function resolveInPod(name: string, names: PodNames, depth = 0): string | null {
  if (isAddress(name)) return name;
  const host = name.toLowerCase().replace(/\.$/, '');
  if (host === 'localhost') return '127.0.0.1';
  const alias = names.hostAliases.find(one => one.hostnames?.some(own => own.toLowerCase() === host));
  if (alias?.ip !== undefined) return alias.ip;
  for (const suffix of [
    '',
    `.${names.namespace}.svc.cluster.local`,
    '.svc.cluster.local',
    '.cluster.local',
  ]) {
    const service = names.services.find(
      one => `${one.name}.${one.namespace}.svc.cluster.local` === `${host}${suffix}`,
    );
    if (service?.externalName !== undefined && depth < 5) {
      return resolveInPod(service.externalName, names, depth + 1);
    }
    if (service?.addresses[0] !== undefined) return service.addresses[0];
  }
  return null;
}
