/**
 * Route configurations: for a port ('80') with all services and VirtualServices there, or for one service ('host:port')
 * with its own listener. Source: pilot/pkg/networking/core/httproute.go, core/route/route.go
 * (BuildSidecarVirtualHostWrapper). Left out: a Sidecar's egress listener of protocol HTTP_PROXY, unix sockets.
 */
import type { Route, RouteConfiguration, VirtualHost } from '../../envoy/config.ts';
import { compareText } from '../../istio/age.ts';
import { isWildcard, overlaps } from '../../istio/host.ts';
import { isHttpOrSniffed } from '../../istio/protocol.ts';
import { BLACK_HOLE, PASSTHROUGH } from './catch-all-clusters.ts';
import type { MergedRule } from './destination-rules.ts';
import type { EgressListener } from './egress-listener.ts';
import { anyType } from './envoy-json.ts';
import { hashForDestination, hashForService } from './hash-policy.ts';
import { type MeshService, portOf } from './mesh-service.ts';
import { destinationCluster, type RouteContext, timeouts } from './route-action.ts';
import type { RouteCache } from './route-cache.ts';
import { defaultRoute, virtualServiceRoutes } from './routes.ts';
import type { SidecarScope } from './sidecar-scope.ts';
import type { MeshConfig, ProxyIdentity } from './snapshot.ts';
import { bracketed, serviceDomains, TakenDomains } from './virtual-host-domains.ts';
import type { MeshVirtualService } from './virtual-services.ts';

/** Virtual hosts that share routes: services, and names that no service has. */
interface HostGroup {
  readonly names: readonly string[];
  readonly services: readonly MeshService[];
  readonly routes: readonly Route[];
}

export class RouteBuilder {
  readonly #scope: SidecarScope;
  readonly #proxy: ProxyIdentity;
  readonly #mesh: MeshConfig;
  readonly #byPort = new Map<number, readonly VirtualHost[]>();
  readonly #cache: RouteCache | undefined;

  constructor(scope: SidecarScope, proxy: ProxyIdentity, mesh: MeshConfig, cache?: RouteCache) {
    this.#cache = cache;
    this.#scope = scope;
    this.#proxy = proxy;
    this.#mesh = mesh;
  }

  /** Builds the configuration that listeners refer to by `name`. */
  build(name: string): RouteConfiguration {
    const own = name.includes(':');
    const port = Number(name.slice(name.lastIndexOf(':') + 1));
    const hosts = this.#onPort(port);
    const virtual_hosts = own ? onlyHost(hosts, name) : [...hosts, this.#catchAll(name, port)];
    return {
      ...anyType('envoy.config.route.v3.RouteConfiguration'),
      name,
      ...(virtual_hosts.length > 0 && { virtual_hosts }),
      validate_clusters: false,
      max_direct_response_body_size_bytes: 1048576,
      ignore_port_in_host_matching: true,
    };
  }

  #onPort(port: number): readonly VirtualHost[] {
    let hosts = this.#byPort.get(port);
    if (hosts === undefined) {
      hosts = this.#buildPort(port);
      this.#byPort.set(port, hosts);
    }
    return hosts;
  }

  #buildPort(port: number): VirtualHost[] {
    const listener = listenerFor(this.#scope.egressListeners, port);
    if (listener === undefined) return [];
    const services = new Map<string, MeshService>();
    for (const service of listener.services) {
      const servicePort = portOf(service, port);
      if (servicePort === undefined) continue;
      const host = service.host.toLowerCase();
      services.set(host, { ...service, host, ports: [servicePort] });
    }

    // On port 80 a VirtualService needs no service for its host; a relic that Istio keeps.
    const virtualServices =
      port === 80 ? listener.virtualServices : listener.virtualServices.filter(vs => concerns(vs, services));
    const groups = virtualServices.flatMap(
      vs => this.#virtualServiceGroup(vs, services, listener, port) ?? [],
    );
    const routed = new Set(groups.flatMap(g => g.services.map(s => s.host)));
    for (const service of services.values()) {
      if (routed.has(service.host) || service.resolution === 'Alias') continue;
      if (!isHttpOrSniffed(service.ports[0]?.protocol ?? 'TCP')) continue;
      const hash = hashForService(this.#rule(service.host)?.spec, port);
      groups.push({ names: [], services: [service], routes: [defaultRoute(service, port, hash)] });
    }
    return this.#virtualHosts(groups, port).sort((a, b) => compareText(a.name, b.name));
  }

  #rule(host: string): MergedRule | undefined {
    return this.#scope.destinationRule(host);
  }

  #virtualServiceGroup(
    vs: MeshVirtualService,
    services: ReadonlyMap<string, MeshService>,
    listener: EgressListener,
    port: number,
  ): HostGroup | undefined {
    const context: RouteContext = {
      port,
      service: host => services.get(host),
      hash: d => hashForDestination(this.#rule(d.host ?? '')?.spec, d),
    };
    const routes = virtualServiceRoutes(vs, this.#proxy, context);
    if (routes.length === 0) return undefined;
    const { names, matched } = splitHosts(vs, services, listener);
    const onPort = matched.filter(s => isHttpOrSniffed(s.ports[0]?.protocol ?? 'TCP'));
    if (onPort.length === 0 && port !== 80) return undefined;
    return { names, services: onPort, routes };
  }

  /** The first of a name keeps it: of two VirtualServices for a host, the second has no effect at all. */
  #virtualHosts(groups: readonly HostGroup[], port: number): VirtualHost[] {
    const fullNames = new Set(groups.flatMap(g => g.services.flatMap(s => [s.host, `${s.host}:${port}`])));
    const taken = new TakenDomains(fullNames);
    const names = new Set<string>();
    const out: VirtualHost[] = [];
    const add = (
      host: string,
      domains: Parameters<TakenDomains['take']>[0],
      routes: readonly Route[],
    ): void => {
      const name = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
      if (names.has(name)) return;
      names.add(name);
      const free = taken.take(domains);
      if (free.length > 0) {
        out.push({ name, domains: free, routes, include_request_attempt_count: true });
      }
    };
    for (const { names: hosts, services, routes } of groups) {
      for (const host of hosts.map(h => h.toLowerCase())) {
        add(host, { all: [bracketed(host)], alternative: [] }, routes);
      }
      for (const service of services) {
        add(service.host, serviceDomains(service, this.#proxy.namespace, this.#mesh), routes);
      }
    }
    return out;
  }

  /** For hosts that nobody owns: pass the call through, or answer 502. */
  #catchAll(configuration: string, port: number): VirtualHost {
    const { allowAny } = this.#scope;
    const name = allowAny ? 'allow_any' : 'block_all';
    const match = { prefix: '/' };
    const cluster = this.#catchAllCluster(configuration, port);
    return {
      name,
      domains: ['*'],
      routes: [
        allowAny
          ? { name, match, route: { cluster, ...timeouts(undefined) } }
          : { name, match, direct_response: { status: 502 } },
      ],
      include_request_attempt_count: true,
    };
  }

  #catchAllCluster(name: string, port: number): string {
    const own = fallThroughCluster(this.#scope);
    const listener = listenerFor(this.#scope.egressListeners, port);
    const { allowAny } = this.#scope;
    const { namespace } = this.#proxy;
    const rulesOf = ({ host }: MeshService): readonly string[] => {
      const rule = this.#rule(host);
      return rule && hashForService(rule.spec, port) ? [`${rule.namespace}/${rule.name}`] : [];
    };
    const parts = { name, port, namespace, allowAny, listener, rulesOf };
    return this.#cache?.catchAllCluster(parts, own) ?? own;
  }
}

/** The cluster for connections that match no filter chain. */
export function fallThroughCluster({ allowAny, egressProxy }: SidecarScope): string {
  if (!allowAny) return BLACK_HOLE;
  return egressProxy ? destinationCluster(egressProxy, undefined, 0) : PASSTHROUGH;
}

/** The first listener for the port or without one (GetEgressListenerForRDS). */
function listenerFor(listeners: readonly EgressListener[], port: number): EgressListener | undefined {
  return listeners.find(l => l.spec.port === undefined || l.spec.port.number === port);
}

/** The listener of one service uses that service's virtual host, whatever Host is sent. */
function onlyHost(hosts: readonly VirtualHost[], name: string): VirtualHost[] {
  const host = name.slice(0, name.lastIndexOf(':'));
  const found = hosts.filter(vh => vh.domains.includes(name) || vh.domains.includes(host));
  return found.length === 1 ? found.map(vh => ({ ...vh, domains: ['*'] })) : found;
}

/** Whether a VirtualService has a host that equals, covers or is covered by a service here (selectVirtualServices). */
function concerns(vs: MeshVirtualService, services: ReadonlyMap<string, MeshService>): boolean {
  return vs.hosts.some(host => {
    const lower = host.toLowerCase();
    if (services.has(lower)) return true;
    const wild = isWildcard(lower);
    return [...services.keys()].some(s => (wild || isWildcard(s)) && overlaps(lower, s));
  });
}

/**
 * Splits a VirtualService's hosts into services and names that no service has. A wildcard means the services that it
 * covers and that no other VirtualService fits better.
 */
function splitHosts(
  vs: MeshVirtualService,
  services: ReadonlyMap<string, MeshService>,
  listener: EgressListener,
): { names: string[]; matched: MeshService[] } {
  const names: string[] = [];
  const matched: MeshService[] = [];
  for (const host of vs.hosts.filter(h => !isWildcard(h))) {
    const service = services.get(host.toLowerCase());
    if (service === undefined) names.push(host);
    else matched.push(service);
  }
  for (const host of vs.hosts.map(h => h.toLowerCase()).filter(isWildcard)) {
    const covered = [...services.values()].filter(s => overlaps(s.host, host));
    if (covered.length === 0) names.push(host);
    for (const service of covered) {
      const best = listener.bestVirtualService.get(service.host);
      if (best?.name === vs.name && best.namespace === vs.namespace) matched.push(service);
    }
  }
  return { names, matched };
}
