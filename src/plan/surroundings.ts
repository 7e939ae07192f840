/** Whom a workload may call, and who is behind an address, as the cluster's objects tell. Pure. */
import type { Surroundings } from '../difference/calls.ts';
import type { Side } from '../difference/types.ts';
import type { EnvoyConfig } from '../envoy/config.ts';
import type { Resource } from '../istio/resource.ts';
import type { ServiceEntrySpec } from '../istio/types.ts';
import { resolveInPod } from '../probe/pod-names.ts';
import type { Snapshot } from '../sandbox/istiod/snapshot.ts';
import type { Workload } from './workload.ts';

/** A name that the cluster does not know is one that a DNS outside knows: it gets an address of its own (RFC 5737). */
const OUTSIDE = '203.0.113.';

export interface Around {
  side(config: EnvoyConfig): Side;
  readonly calls: Surroundings;
}

export function around(snapshots: readonly Snapshot[], workload: Workload): Around {
  const services = distinct(snapshots.flatMap(each => each.services));
  const podNames = {
    namespace: workload.namespace,
    hostAliases: workload.hostAliases,
    services: services.map(({ metadata, spec }) => ({
      ...{ name: metadata.name, namespace: metadata.namespace ?? '' },
      addresses: [spec?.clusterIP ?? ''].filter(ip => ip !== '' && ip !== 'None'),
    })),
  };
  const outside = new Map<string, string>();
  const address = (host: string): string => {
    const inside = resolveInPod(host, podNames);
    if (inside !== null) return inside;
    const given = outside.get(host) ?? `${OUTSIDE}${outside.size + 1}`;
    outside.set(host, given);
    return given;
  };
  const known = namesOf(snapshots, services, workload);
  const server = (text: string) => {
    const named = known.get(text) ?? [...outside].find(([, ip]) => ip === text)?.[0];
    return named ?? known.get(resolveInPod(text, podNames) ?? '') ?? text;
  };
  const own = services.filter(each => each.metadata.namespace === workload.namespace);
  const aliases = workload.hostAliases.flatMap(each => each.hostnames ?? []);
  const entries = snapshots.flatMap(each => each.serviceEntries).flatMap(hostsOf);
  const hosts = [...new Set([...aliases, ...entries, ...own.map(each => each.metadata.name)])];
  return {
    side: config => ({ config, address, server }),
    calls: { hosts, at: hosts[0] ?? 'example.com', paths: ['/', '/data'] },
  };
}

function distinct<T extends Resource>(all: readonly T[]): readonly T[] {
  const key = ({ metadata: { name, namespace } }: T) => `${namespace}/${name}`;
  return [...new Map(all.map(each => [key(each), each])).values()];
}

/** The hosts of an entry; something in the place of a wildcard. */
function hostsOf({ spec }: { readonly spec?: ServiceEntrySpec }): string[] {
  return (spec?.hosts ?? []).map(host => host.replace(/^\*/, 'any'));
}

/** Services and pods by address: 'catalog.shop'. */
function namesOf(
  snapshots: readonly Snapshot[],
  services: Snapshot['services'],
  { hostAliases }: Workload,
): Map<string, string> {
  const names = new Map<string, string>();
  for (const slice of snapshots.flatMap(each => each.endpointSlices)) {
    const service = slice.metadata.labels?.['kubernetes.io/service-name'] ?? slice.metadata.name;
    for (const address of (slice.endpoints ?? []).flatMap(each => each.addresses)) {
      names.set(address, `${service}.${slice.metadata.namespace}`);
    }
  }
  for (const { metadata, spec } of services) {
    const ip = spec?.clusterIP ?? '';
    if (ip !== '' && ip !== 'None') names.set(ip, `${metadata.name}.${metadata.namespace}`);
  }
  for (const { ip, hostnames } of hostAliases) {
    const host = hostnames?.at(-1);
    if (ip !== undefined && host !== undefined && !names.has(ip)) names.set(ip, host);
  }
  return names;
}
