/**
 * Which rules reach a client's sidecar: those that are exported to its namespace and imported by the Sidecar in force
 * there. What does not reach it can neither have decided a call of it nor stand in the way of one. Pure.
 * Source: pilot/pkg/model/push_context.go (getSidecarScope, IsServiceVisible), sidecar.go (selectServices).
 */
import { namespaceOf } from './age.ts';
import { exportScopes } from './analysis/hosts.ts';
import type { Resource } from './resource.ts';
import {
  ANY_NAMESPACE,
  type EgressHosts,
  importsOneOf,
  importsService,
  importsVirtualServiceHost,
  parseEgressHosts,
} from './sidecar-hosts.ts';
import { type Client, sidecarInForce } from './sidecar-in-force.ts';
import type { Sidecar } from './types.ts';

/** Istio's root namespace, as it is installed: its Sidecar and its rules hold where a namespace has none. */
const ROOT = 'istio-system';

/**
 * The same objects without the ServiceEntries, VirtualServices and DestinationRules that do not reach the client. Those
 * of its own namespace stay, whoever they are exported to, as does every other kind.
 */
export function reaching(resources: readonly Resource[], client: Client): Resource[] {
  const hosts = hostsOf(resources, client);
  return resources.filter(each => namespaceOf(each) === client.namespace || reaches(each, client, hosts));
}

/** The ServiceEntry that a cluster of the client's sidecar was made from; null: none, or it cannot be told which. */
export function entryFor(
  resources: readonly Resource[],
  client: Client,
  { host, port }: { readonly host: string; readonly port: number },
): Resource | null {
  const hosts = hostsOf(resources, client);
  const known = resources.filter(
    each =>
      each.kind === 'ServiceEntry' && namesOf(each, 'hosts').includes(host) && reaches(each, client, hosts),
  );
  // One namespace provides a host, the client's own before others; of several entries there, their ports are merged.
  const own = known.filter(each => namespaceOf(each) === client.namespace);
  const providers = own.length > 0 ? own : known;
  if (new Set(providers.map(namespaceOf)).size > 1) return null;
  const open = providers.length > 1 ? providers.filter(each => portsOf(each).includes(port)) : providers;
  return open.length === 1 ? (open[0] ?? null) : null;
}

/** The egress hosts of the Sidecar in force; without one, everything. */
function hostsOf(resources: readonly Resource[], client: Client): EgressHosts {
  const sidecars = resources.filter((each): each is Sidecar => each.kind === 'Sidecar');
  const egress = sidecarInForce(sidecars, client, ROOT)?.spec?.egress ?? [];
  const hosts = egress.length === 0 ? ['*/*'] : egress.flatMap(each => each.hosts ?? []);
  return parseEgressHosts(hosts, client.namespace);
}

function reaches(resource: Resource, { namespace }: Client, hosts: EgressHosts): boolean {
  const from = namespaceOf(resource);
  const fits = FITS[resource.kind];
  if (fits === undefined && resource.kind !== 'DestinationRule') return true;
  const scopes = exportScopes(namesOf(resource, 'exportTo'), from);
  if (!scopes.some(scope => scope === '*' || scope === namespace)) return false;
  if (fits !== undefined) return importsOneOf(hosts, from, namesOf(resource, 'hosts'), fits);
  // A DestinationRule comes with the service that it is for: from its namespace, the client's or the root's.
  const imported = [from, ANY_NAMESPACE].some(each => hosts.byNamespace.has(each));
  return from === ROOT || from === namespace || imported;
}

const FITS: Readonly<Record<string, Parameters<typeof importsOneOf>[3]>> = {
  ServiceEntry: importsService,
  VirtualService: importsVirtualServiceHost,
};

function namesOf({ spec }: Resource, field: 'hosts' | 'exportTo'): readonly string[] {
  return (spec as Partial<Record<typeof field, readonly string[]>> | undefined)?.[field] ?? [];
}

function portsOf({ spec }: Resource): readonly (number | undefined)[] {
  const { ports = [] } = (spec ?? {}) as { ports?: readonly { number?: number }[] };
  return ports.map(each => each.number);
}
