/**
 * The services of a sidecar over all its egress listeners, one per host: the ports of several ServiceEntries in one
 * namespace are merged. Services that only a VirtualService points at are added, so that its clusters exist under a
 * narrow Sidecar too.
 * Source: pilot/pkg/model/sidecar.go (collectImportedServices, appendSidecarServices, canMergeServices).
 */
import type { Destination } from '../../istio/types.ts';
import type { EgressListener } from './egress-listener.ts';
import type { MeshService, MeshServicePort } from './mesh-service.ts';
import type { Registry } from './registry.ts';
import type { MeshVirtualService } from './virtual-services.ts';
import { isServiceVisible } from './visibility.ts';

export class ScopeServices {
  readonly #services: MeshService[] = [];
  readonly #index = new Map<string, number>();

  get list(): readonly MeshService[] {
    return this.#services;
  }

  get(host: string): MeshService | undefined {
    return this.#services[this.#index.get(host) ?? -1];
  }

  add(service: MeshService): void {
    const at = this.#index.get(service.host);
    const existing = this.#services[at ?? -1];
    if (at === undefined || existing === undefined) {
      this.#index.set(service.host, this.#services.push(service) - 1);
      return;
    }
    if (service === existing) return;
    if (existing.registry !== service.registry) {
      // A Kubernetes Service is never merged with a ServiceEntry; it replaces one.
      if (service.registry === 'Kubernetes') this.#services[at] = service;
      return;
    }
    if (!mergeable(existing, service)) return;
    const known = new Set(existing.ports.map(p => p.port));
    const more = service.ports.filter(p => !known.has(p.port));
    if (more.length > 0) this.#services[at] = { ...existing, ports: [...existing.ports, ...more] };
  }

  /** Adds what the listener's VirtualServices point at. */
  addDestinations(listener: EgressListener, registry: Registry, clientNamespace: string): void {
    for (const vs of listener.virtualServices) {
      for (const [host, ports] of destinations(vs, clientNamespace)) {
        const service = pickService(registry, host, clientNamespace);
        if (service === undefined) continue;
        const narrowed = withPorts(
          service,
          listener.matchPort === undefined ? ports : new Set([listener.matchPort]),
        );
        if (narrowed !== undefined) this.add(narrowed);
      }
    }
  }
}

function mergeable(a: MeshService, b: MeshService): boolean {
  return (
    a.namespace === b.namespace &&
    a.resolution === b.resolution &&
    sameEntries(a.labels, b.labels) &&
    sameEntries(a.selector ?? {}, b.selector ?? {}) &&
    [...(a.exportTo ?? [])].sort().join() === [...(b.exportTo ?? [])].sort().join()
  );
}

function sameEntries(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  return Object.keys(a).length === Object.keys(b).length && Object.entries(a).every(([k, v]) => b[k] === v);
}

/** Host -> the ports that a VirtualService's destinations name; 0 stands for a destination that names none. */
function destinations(vs: MeshVirtualService, clientNamespace: string): Map<string, Set<number>> {
  const out = new Map<string, Set<number>>();
  const add = (destination: Destination | undefined): void => {
    if (destination?.host === undefined) return;
    const ports = out.get(destination.host) ?? new Set();
    out.set(destination.host, ports.add(destination.port?.number ?? 0));
  };
  for (const route of vs.spec.http ?? []) {
    const namespaces = (route.match ?? []).map(m => m.sourceNamespace).filter(Boolean);
    if (namespaces.length > 0 && !namespaces.includes(clientNamespace)) continue;
    for (const r of route.route ?? []) add(r.destination);
    add(route.mirror);
    for (const m of route.mirrors ?? []) add(m.destination);
  }
  for (const route of [...(vs.spec.tcp ?? []), ...(vs.spec.tls ?? [])]) {
    for (const r of route.route ?? []) add(r.destination);
  }
  return out;
}

/** The service in the client's own namespace, else a visible Kubernetes Service, else the oldest visible one. */
function pickService(registry: Registry, host: string, clientNamespace: string): MeshService | undefined {
  const byNamespace = registry.byHost.get(host);
  const own = byNamespace?.get(clientNamespace);
  if (own !== undefined) return own;
  const visible = [...(byNamespace?.values() ?? [])].filter(s => isServiceVisible(s, clientNamespace));
  return (
    visible.find(s => s.registry === 'Kubernetes') ??
    visible.reduce<MeshService | undefined>(
      (oldest, s) => (oldest === undefined || s.createdAt < oldest.createdAt ? s : oldest),
      undefined,
    )
  );
}

function withPorts(service: MeshService, wanted: ReadonlySet<number>): MeshService | undefined {
  if (wanted.size === 0 || wanted.has(0)) return service;
  const ports: MeshServicePort[] = service.ports.filter(p => wanted.has(p.port));
  if (ports.length === service.ports.length) return service;
  return ports.length > 0 ? { ...service, ports } : undefined;
}
