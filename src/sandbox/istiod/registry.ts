/**
 * All services of the mesh, oldest first, and their endpoints.
 * Source: pilot/pkg/model/push_context.go (initServiceRegistry, addServiceAccounts, resolveServiceAliases, ServiceEndpointsByPort),
 * serviceentry/conversion.go (mergeServicesInstancesByNamespaceHost).
 */
import { compareText, namespaceOf, sortedByAge } from './age.ts';
import { type Endpoint, labelsFit, type MeshService, type NamespacedHost } from './mesh-service.ts';
import { PodIndex } from './pods.ts';
import { entryEndpoints, fromServiceEntry } from './service-entries.ts';
import { fromService, serviceHost, sliceEndpoints } from './services.ts';
import type { MeshConfig, Snapshot } from './snapshot.ts';
import { WorkloadInstances } from './workloads.ts';

export interface Registry {
  /** Oldest first. */
  readonly services: readonly MeshService[];
  /** Host -> namespace -> the service that has the host there. */
  readonly byHost: ReadonlyMap<string, ReadonlyMap<string, MeshService>>;
  /** Of a host in a namespace, whatever object they come from; in the registries' order. */
  endpoints(service: MeshService): readonly Endpoint[];
  /** All objects for its host in its namespace, itself among them; oldest first. */
  namesakes(service: MeshService): readonly MeshService[];
  /** Identities of a host's endpoints in a namespace and its subjectAltNames, sorted. */
  accounts(service: MeshService): readonly string[];
}

export function buildRegistry(snapshot: Snapshot, mesh: MeshConfig): Registry {
  const endpoints = new Map<string, Endpoint[]>();
  const add = (namespace: string, host: string, more: readonly Endpoint[]): void => {
    const key = `${namespace}/${host}`;
    const list = endpoints.get(key);
    if (list === undefined) endpoints.set(key, [...more]);
    else list.push(...more);
  };

  const pods = new PodIndex(snapshot.pods, mesh);
  const workloads = new WorkloadInstances(pods, snapshot.workloadEntries ?? [], mesh);
  const services: MeshService[] = sortedByAge(snapshot.services).map(s => fromService(s, mesh));
  for (const entry of sortedByAge(snapshot.serviceEntries)) {
    for (const service of fromServiceEntry(entry)) {
      services.push(service);
      // One of several addresses is a service of its own, and adds its endpoints once more.
      const known = endpoints.get(`${service.namespace}/${service.host}`) ?? [];
      // DNS_ROUND_ROBIN has one endpoint a port: of entries for one host the first.
      const taken = new Set(service.resolution === 'DNSRoundRobinLB' ? known.map(e => e.servicePort) : []);
      const more: Endpoint[] = [];
      for (const endpoint of entryEndpoints(entry, service, workloads, mesh)) {
        if (service.resolution === 'DNSRoundRobinLB' && taken.has(endpoint.servicePort)) continue;
        taken.add(endpoint.servicePort);
        more.push(endpoint);
      }
      add(service.namespace, service.host, more);
    }
  }

  for (const slice of sortedByAge(snapshot.endpointSlices)) {
    const name = slice.metadata.labels?.['kubernetes.io/service-name'];
    if (name === undefined || slice.addressType === 'FQDN') continue;
    const namespace = namespaceOf(slice);
    add(namespace, serviceHost(name, namespace, mesh), sliceEndpoints(slice, pods));
  }
  for (const service of snapshot.services) {
    const namespace = namespaceOf(service);
    add(namespace, serviceHost(service.metadata.name, namespace, mesh), workloads.endpointsOf(service));
  }

  // Stable: objects of one second and one name stay in the order in which they came.
  services.sort(
    (a, b) =>
      a.createdAt - b.createdAt || compareText(a.name, b.name) || compareText(a.namespace, b.namespace),
  );
  const all = withAliases(services);
  const none: readonly Endpoint[] = [];
  const byKey = new Map<string, MeshService[]>();
  for (const each of all) {
    const key = `${each.namespace}/${each.host}`;
    const list = byKey.get(key);
    if (list === undefined) byKey.set(key, [each]);
    else list.push(each);
  }
  const namesakes = (s: MeshService): readonly MeshService[] => byKey.get(`${s.namespace}/${s.host}`) ?? [s];
  const endpointsOf = (s: MeshService): readonly Endpoint[] =>
    endpoints.get(`${s.namespace}/${s.host}`) ?? none;
  return {
    services: all,
    byHost: indexByHost(all),
    endpoints: endpointsOf,
    namesakes,
    accounts: service => {
      // The youngest has the last word about identities.
      const own = namesakes(service).at(-1)?.accounts ?? [];
      const all = [...endpointsOf(service).map(e => e.account), ...own].filter(Boolean);
      return [...new Set(all)].sort(compareText);
    },
  };
}

/** Endpoints of one service port, by number: what DNS clusters and headless services look at. */
export function endpointsOnPort(
  registry: Registry,
  service: MeshService,
  port: number,
  labels?: Readonly<Record<string, string>>,
): Endpoint[] {
  let found: readonly Endpoint[] = [];
  // Of several objects for one host in a namespace the youngest that has endpoints on the port has the last word.
  for (const { ports } of registry.namesakes(service)) {
    const names = new Set(ports.filter(p => p.port === port).map(p => p.name));
    if (names.size === 0) continue;
    const here = registry
      .endpoints(service)
      .filter(e => (e.servicePort === undefined ? names.has(e.portName) : e.servicePort === port));
    if (here.length > 0) found = here;
  }
  return found.filter(e => labelsFit(labels, e.labels));
}

/** The oldest has the host, but a Kubernetes Service goes before a ServiceEntry: nobody squats on its name. */
function indexByHost(services: readonly MeshService[]): Map<string, Map<string, MeshService>> {
  const byHost = new Map<string, Map<string, MeshService>>();
  for (const service of services) {
    let byNamespace = byHost.get(service.host);
    if (byNamespace === undefined) {
      byNamespace = new Map();
      byHost.set(service.host, byNamespace);
    }
    const existing = byNamespace.get(service.namespace);
    if (existing === undefined || (existing.registry !== 'Kubernetes' && service.registry === 'Kubernetes')) {
      byNamespace.set(service.namespace, service);
    }
  }
  return byHost;
}

/** Tells each service which ExternalName Services mean it; a chain of them means its end, a loop means nothing. */
function withAliases(services: readonly MeshService[]): MeshService[] {
  const aliasOf = new Map<string, string>();
  for (const s of services) if (s.resolution === 'Alias') aliasOf.set(s.host, s.externalName);
  if (aliasOf.size === 0) return [...services];
  const aliases = new Map<string, NamespacedHost[]>();
  for (const s of services) {
    if (s.resolution !== 'Alias') continue;
    const seen = new Set([s.host]);
    let target: string | undefined = s.externalName;
    while (target !== undefined && aliasOf.has(target)) {
      if (seen.has(target)) target = undefined;
      else {
        seen.add(target);
        target = aliasOf.get(target);
      }
    }
    if (target === undefined) continue;
    const list = aliases.get(target) ?? [];
    list.push({ host: s.host, namespace: s.namespace });
    aliases.set(target, list);
  }
  for (const list of aliases.values()) {
    list.sort((a, b) => compareText(a.namespace, b.namespace) || compareText(a.host, b.host));
  }
  return services.map(s => {
    const mine = aliases.get(s.host);
    return mine === undefined ? s : { ...s, aliases: mine };
  });
}
