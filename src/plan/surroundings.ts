/** Whom a workload may call, and who is behind an address, as the cluster's objects tell. Pure. */
import type { CalledPort, Surroundings } from '../difference/calls.ts';
import type { Side } from '../difference/types.ts';
import type { EnvoyConfig } from '../envoy/config.ts';
import { isTls, kubernetesProtocol, type Protocol, parseProtocol } from '../istio/protocol.ts';
import type { Resource } from '../istio/resource.ts';
import type { ServiceEntrySpec } from '../istio/types.ts';
import { resolveInPod } from '../probe/pod-names.ts';
import type { Snapshot } from '../sandbox/istiod/snapshot.ts';
import { serversIn } from './servers.ts';
import type { Workload } from './workload.ts';

/** A name that the cluster does not know is one that a DNS outside knows: it gets an address of its own (RFC 2544). */
const OUTSIDE = '198.18.';

/** A name that nobody's configuration is about (RFC 2606). */
const OTHER = 'another.example';

export interface Around {
  side(config: EnvoyConfig): Side;
  readonly calls: Surroundings;
}

export function around(snapshots: readonly Snapshot[], workload: Omit<Workload, 'bootstrap'>): Around {
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
  const nameOutside = new Map<string, string>();
  const address = (host: string): string => {
    const inside = resolveInPod(host, podNames);
    if (inside !== null) return inside;
    const given = outside.get(host) ?? `${OUTSIDE}${outside.size >> 8}.${outside.size & 255}`;
    outside.set(host, given);
    nameOutside.set(given, host);
    return given;
  };
  const { names, at } = serversIn(snapshots, services);
  const known = withAliases(names, workload);
  const server = (text: string) => {
    const named = known.get(text) ?? nameOutside.get(text);
    return named ?? known.get(resolveInPod(text, podNames) ?? '') ?? text;
  };
  const serversAt = (text: string, port: number) =>
    at.get(`${resolveInPod(text, podNames)}:${port}`) ?? [`${server(text)}:${port}`];
  const aliases = workload.hostAliases.flatMap(each => each.hostnames ?? []);
  const entries = snapshots.flatMap(each => each.serviceEntries).flatMap(hostsOf);
  const inCluster = services.map(each => nameIn(workload.namespace, each));
  const hosts = [...new Set([...aliases, ...entries, ...inCluster])];
  const ports = portsByHost(snapshots, services, workload);
  return {
    side: config => ({ config, address, server, serversAt }),
    calls: {
      other: OTHER,
      hosts,
      at: hosts[0] ?? 'example.com',
      paths: ['/', '/data'],
      ports: host => ports.get(host) ?? [],
    },
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

/** 'catalog' in the workload's own namespace, 'catalog.shop' in another. */
function nameIn(own: string, { metadata: { name, namespace } }: Resource): string {
  return namespace === own ? name : `${name}.${namespace}`;
}

/** Where a host listens, as its Service or ServiceEntry says. */
function portsByHost(
  snapshots: readonly Snapshot[],
  services: Snapshot['services'],
  { namespace }: Pick<Workload, 'namespace'>,
): Map<string, CalledPort[]> {
  const found = new Map<string, CalledPort[]>();
  const add = (host: string, port: number, protocol: Protocol) => {
    if (protocol === 'UDP' || port === 0) return;
    found.set(host, [...(found.get(host) ?? []), { scheme: isTls(protocol) ? 'https' : 'http', port }]);
  };
  for (const each of services) {
    for (const port of each.spec?.ports ?? []) {
      add(nameIn(namespace, each), port.port, kubernetesProtocol(port));
    }
  }
  for (const each of snapshots.flatMap(one => one.serviceEntries)) {
    for (const host of hostsOf(each)) {
      for (const { number = 0, protocol = '' } of each.spec?.ports ?? []) {
        add(host, number, parseProtocol(protocol));
      }
    }
  }
  return found;
}

/** The names of the pod's hosts file for addresses that are no Service's. */
function withAliases(
  names: ReadonlyMap<string, string>,
  { hostAliases }: Pick<Workload, 'hostAliases'>,
): Map<string, string> {
  const known = new Map(names);
  for (const { ip, hostnames } of hostAliases) {
    const host = hostnames?.at(-1);
    if (ip !== undefined && host !== undefined && !known.has(ip)) known.set(ip, host);
  }
  return known;
}
