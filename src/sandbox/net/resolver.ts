/**
 * How a pod resolves names: its hosts file first, then the cluster's DNS with the search path that the kubelet writes
 * into resolv.conf (ndots:5). Pure over a table of Services. Neither the app's glibc nor the sidecar's c-ares finds a
 * name with a final dot in the hosts file, not even localhost. Kubernetes also gives the pods of headless Services
 * their own names; here there is only the Service's name.
 */
import { isIPv4 } from 'node:net';
import type { PodResolver } from '../rooms.ts';

/** What the cluster's DNS answers from. */
export interface NameTable {
  /** Addresses of a Service: its ClusterIP, or its ready pods if it is headless; null: there is no such Service. */
  addresses(namespace: string, service: string): readonly string[] | { readonly alias: string } | null;
}

interface HostAlias {
  readonly ip?: string;
  readonly hostnames?: readonly string[];
}

export interface PodHosts {
  readonly namespace: string;
  readonly name: string;
  readonly ip: string;
  readonly hostAliases?: readonly HostAlias[];
}

const DOMAIN = 'svc.cluster.local';
const SERVICE = /^([^.]+)\.([^.]+)\.svc\.cluster\.local$/;
/** A chain of ExternalName Services either ends or is a loop. */
const ALIASES = 8;

export class ClusterResolver implements PodResolver {
  readonly #hosts: ReadonlyMap<string, readonly string[]>;
  readonly #table: NameTable;
  readonly #pod: PodHosts;

  constructor(table: NameTable, pod: PodHosts) {
    this.#table = table;
    this.#pod = pod;
    const hosts = new Map<string, string[]>();
    for (const [ip, names] of hostsEntries(pod)) {
      for (const name of names) {
        const key = name.toLowerCase();
        hosts.set(key, [...(hosts.get(key) ?? []), ip]);
      }
    }
    this.#hosts = hosts;
  }

  resolve(host: string): readonly string[] {
    return this.#resolve(host.toLowerCase(), ALIASES);
  }

  #resolve(name: string, aliases: number): readonly string[] {
    if (isIPv4(name)) return [name];
    const known = this.#hosts.get(name);
    if (known) return known;
    if (name === 'localhost' || name.endsWith('.localhost')) return ['127.0.0.1'];
    const bare = withoutDot(name);
    const candidates = name.endsWith('.')
      ? [bare]
      : [`${bare}.${this.#pod.namespace}.${DOMAIN}`, `${bare}.${DOMAIN}`, `${bare}.cluster.local`, bare];
    for (const candidate of candidates) {
      const [, service, namespace] = SERVICE.exec(candidate) ?? [];
      const found = service && namespace ? this.#table.addresses(namespace, service) : null;
      if (found === null) continue;
      if (!('alias' in found)) return found;
      if (aliases === 0) return [];
      return this.#resolve(`${withoutDot(found.alias)}.`, aliases - 1);
    }
    return [];
  }
}

const withoutDot = (name: string): string => name.replace(/\.$/, '');

/** The hosts file as the kubelet writes it. Source: pkg/kubelet/kubelet_pods.go (managedHostsFileContent). */
export function hostsFile(pod: PodHosts): string {
  const aliases = (pod.hostAliases ?? []).map(each => `${each.ip}\t${(each.hostnames ?? []).join('\t')}\n`);
  return [
    '# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n',
    'fe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\nfe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n',
    `${pod.ip}\t${pod.name}\n`,
    ...(aliases.length === 0 ? [] : ['\n# Entries added by HostAliases.\n', ...aliases]),
  ].join('');
}

function hostsEntries(pod: PodHosts): [ip: string, names: readonly string[]][] {
  return [
    ['127.0.0.1', ['localhost']],
    [pod.ip, [pod.name]],
    ...(pod.hostAliases ?? []).map((each): [string, readonly string[]] => [
      each.ip ?? '',
      each.hostnames ?? [],
    ]),
  ];
}
