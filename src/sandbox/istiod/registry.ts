/**
 * All services of the mesh, oldest first, and their endpoints.
 * Source: pilot/pkg/model/push_context.go (initServiceRegistry, addServiceAccounts, resolveServiceAliases,
 * ServiceEndpointsByPort), serviceentry/conversion.go (mergeServicesInstancesByNamespaceHost).
 */
import { compareText, namespaceOf, sortedByAge } from '../../istio/age.ts';
import { selects } from '../../istio/labels.ts';
import type { Endpoint, MeshService, NamespacedHost } from './mesh-service.ts';
import { PodIndex } from './pods.ts';
import { entryEndpoints, fromServiceEntry } from './service-entries.ts';
import { fromService, serviceHost, sliceEndpoints } from './services.ts';
import type { MeshConfig, Snapshot } from './snapshot.ts';
import { WorkloadInstances } from './workloads.ts';

export interface Registry {
  /** Oldest first. */
  readonly services: readonly MeshService[];
  /** Host -> namespace -> the service that owns the host there. */
  readonly byHost: ReadonlyMap<string, ReadonlyMap<string, MeshService>>;
  /** Endpoints of a host in a namespace, whatever object they come from; in the registries' order. */
  endpoints(service: MeshService): readonly Endpoint[];
  /** All objects for the service's host in its namespace, including itself; oldest first. */
  namesakes(service: MeshService): readonly MeshService[];
  /** Identities of a host's endpoints in a namespace, and its subjectAltNames, sorted. */
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
      // Each of several addresses is a service of its own, and adds its endpoints again.
      const known = endpoints.get(`${service.namespace}/${service.host}`) ?? [];
      // DNS_ROUND_ROBIN has one endpoint per port: of several entries for a host, the first one's.
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

  // The sort is stable: objects with the same second and name stay in the order in which they came.
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
      // The youngest decides about identities.
      const own = namesakes(service).at(-1)?.accounts ?? [];
      const all = [...endpointsOf(service).map(e => e.account), ...own].filter(Boolean);
      return [...new Set(all)].sort(compareText);
    },
  };
}

/** Endpoints of one service port, by number: used for DNS clusters and headless services. */
export function endpointsOnPort(
  registry: Registry,
  service: MeshService,
  port: number,
  labels?: Readonly<Record<string, string>>,
): Endpoint[] {
  let found: readonly Endpoint[] = [];
  // Of several objects for a host in a namespace, the youngest with endpoints on the port decides.
  for (const { ports } of registry.namesakes(service)) {
    const names = new Set(ports.filter(p => p.port === port).map(p => p.name));
    if (names.size === 0) continue;
    const here = registry
      .endpoints(service)
      .filter(e => (e.servicePort === undefined ? names.has(e.portName) : e.servicePort === port));
    if (here.length > 0) found = here;
  }
  return found.filter(e => selects(labels, e.labels));
}

/**
 * The oldest service owns the host, but a Kubernetes Service goes before a ServiceEntry, so its name cannot be taken
 * over.
 */
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

/** Lists with each service the ExternalName Services that point to it; a chain leads to its end, a loop to nothing. */
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
