/**
 * One egress listener of a Sidecar: the services and VirtualServices that its hosts import.
 * Source: pilot/pkg/model/sidecar.go (convertIstioListenerToWrapper, selectServices,
 * computeWildcardHostVirtualServiceIndex), virtualservice.go (SelectVirtualServices).
 */
import { mostSpecificMatch } from '../../istio/host.ts';
import { parseProtocol } from '../../istio/protocol.ts';
import {
  ANY_NAMESPACE,
  type EgressHosts,
  excludes,
  importsOneOf,
  importsService,
  importsVirtualServiceHost,
  parseEgressHosts,
} from '../../istio/sidecar-hosts.ts';
import type { SidecarSpec } from '../../istio/types.ts';
import type { MeshService } from './mesh-service.ts';
import type { Registry } from './registry.ts';
import type { MeshVirtualService } from './virtual-services.ts';
import { isServiceVisible, servicesExportedTo } from './visibility.ts';

export type EgressSpec = NonNullable<SidecarSpec['egress']>[number];

export interface EgressListener {
  readonly spec: EgressSpec;
  /** The listener is for this port only. */
  readonly matchPort: number | undefined;
  readonly services: readonly MeshService[];
  readonly virtualServices: readonly MeshVirtualService[];
  /** For each service's host, the VirtualService whose host fits it best. */
  readonly bestVirtualService: ReadonlyMap<string, MeshVirtualService>;
}

export function importEgressListener(
  spec: EgressSpec,
  registry: Registry,
  virtualServices: readonly MeshVirtualService[],
  clientNamespace: string,
): EgressListener {
  const hosts = parseEgressHosts(spec.hosts ?? [], clientNamespace);
  const proxyPort = parseProtocol(spec.port?.protocol ?? '') === 'HTTP_PROXY';
  const matchPort = spec.port?.number && !proxyPort ? spec.port.number : undefined;
  const candidates = hosts.allExact
    ? exactServices(registry, hosts, clientNamespace)
    : servicesExportedTo(registry.services, clientNamespace);
  const services = selectServices(candidates, hosts, matchPort, clientNamespace);
  const selected = virtualServices.filter(vs =>
    importsOneOf(hosts, vs.namespace, vs.hosts, importsVirtualServiceHost),
  );
  return {
    spec,
    matchPort,
    services,
    virtualServices: selected,
    bestVirtualService: bestVirtualServices(selected, services),
  };
}

/**
 * Of two services with the same namespace and host, only the one that owns the host: their ports are not merged here.
 */
function exactServices(registry: Registry, hosts: EgressHosts, clientNamespace: string): MeshService[] {
  const wanted = new Set<MeshService>();
  for (const [namespace, set] of hosts.byNamespace) {
    for (const host of set.imported) {
      const service = registry.byHost.get(host)?.get(namespace);
      if (service !== undefined && isServiceVisible(service, clientNamespace)) wanted.add(service);
    }
  }
  return registry.services.filter(s => wanted.has(s));
}

function selectServices(
  candidates: readonly MeshService[],
  hosts: EgressHosts,
  matchPort: number | undefined,
  clientNamespace: string,
): MeshService[] {
  const imported = candidates.flatMap(service => {
    if (excludes(hosts, service.namespace, service.host)) return [];
    for (const namespace of [service.namespace, ANY_NAMESPACE]) {
      const set = hosts.byNamespace.get(namespace);
      if (!importsService(set, service.host)) continue;
      const narrowed = matchPort === undefined ? service : withPort(service, matchPort);
      if (narrowed === undefined) continue;
      const aliases = narrowed.aliases.filter(a => importsService(set, a.host));
      return [aliases.length === narrowed.aliases.length ? narrowed : { ...narrowed, aliases }];
    }
    return [];
  });

  // One namespace provides a host: the client's own, else a Kubernetes Service's, else the first.
  const chosen = new Map<string, MeshService>();
  for (const service of imported) {
    const existing = chosen.get(service.host);
    const preferKubernetes =
      existing?.registry !== 'Kubernetes' &&
      service.registry === 'Kubernetes' &&
      existing?.namespace !== clientNamespace;
    if (existing === undefined || service.namespace === clientNamespace || preferKubernetes) {
      chosen.set(service.host, service);
    }
  }
  return imported.filter(s => chosen.get(s.host)?.namespace === s.namespace);
}

/** The service with only this port; undefined if it has no such port. */
function withPort(service: MeshService, port: number): MeshService | undefined {
  const ports = service.ports.filter(p => p.port === port).slice(0, 1);
  if (ports.length === 0) return undefined;
  return service.ports.length === 1 ? service : { ...service, ports };
}

function bestVirtualServices(
  virtualServices: readonly MeshVirtualService[],
  services: readonly MeshService[],
): Map<string, MeshVirtualService> {
  const first = new Map<string, MeshVirtualService>();
  for (const vs of virtualServices) for (const host of vs.hosts) if (!first.has(host)) first.set(host, vs);
  const best = new Map<string, MeshVirtualService>();
  for (const service of services) {
    const vs = mostSpecificMatch(service.host, first);
    if (vs !== undefined) best.set(service.host, vs);
  }
  return best;
}
