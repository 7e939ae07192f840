/**
 * istiod in small: the cluster's objects in, the configuration of one client's sidecar out. Outbound side only; in
 * the JSON that a real sidecar's config_dump prints. Pure. It may import src/envoy and src/istio (types) and nothing of
 * the other rooms. What of Istio is left out stands at the head of the file that would have it; most of all:
 * PeerAuthentication, EnvoyFilter, Telemetry, Gateway, several clusters or networks, ambient mode, IPv6.
 * Source: pilot/pkg/networking/core, pilot/pkg/model.
 */
import type { EnvoyConfig, Listener } from '../../envoy/config.ts';
import { buildClusters } from './clusters.ts';
import { ListenerBuilder } from './listeners.ts';
import { withTopology } from './mesh-service.ts';
import { localityOfLabels } from './pods.ts';
import { buildRegistry, type Registry } from './registry.ts';
import type { RouteCache } from './route-cache.ts';
import { buildSidecarScope } from './sidecar-scope.ts';
import { MESH, type MeshConfig, type SidecarProxy, type Snapshot } from './snapshot.ts';
import { RouteBuilder } from './virtual-hosts.ts';

/**
 * What istiod would send to `proxy` at this moment. The snapshot's lists may come in any order. `cache`: what it kept of
 * earlier moments; left out: it has just started.
 */
export function translate(
  snapshot: Snapshot,
  proxy: SidecarProxy,
  mesh: MeshConfig = MESH,
  cache?: RouteCache,
): EnvoyConfig {
  const registry = registryOf(snapshot, mesh);
  const scope = buildSidecarScope(snapshot, registry, proxy, mesh);
  const locality = localityOfLabels(proxy.labels);
  const client = { locality, labels: withTopology(proxy.labels, locality) };
  const listeners = new ListenerBuilder(scope, registry, proxy, mesh).build();
  const routes = new RouteBuilder(scope, proxy, mesh, cache);
  return {
    listeners,
    routes: routeNames(listeners).map(name => routes.build(name)),
    ...buildClusters(scope, registry, client),
  };
}

/** All sidecars of a push look at one snapshot, and so at one registry: as istiod's PushContext, it is made once. */
const registries = new WeakMap<Snapshot, { readonly mesh: MeshConfig; readonly registry: Registry }>();

function registryOf(snapshot: Snapshot, mesh: MeshConfig): Registry {
  const known = registries.get(snapshot);
  if (known?.mesh === mesh) return known.registry;
  const registry = buildRegistry(snapshot, mesh);
  registries.set(snapshot, { mesh, registry });
  return registry;
}

/** Envoy asks for the route configurations that its listeners name. */
function routeNames(listeners: readonly Listener[]): string[] {
  const names = new Set<string>();
  for (const { filter_chains = [], default_filter_chain } of listeners) {
    for (const chain of [...filter_chains, ...(default_filter_chain ? [default_filter_chain] : [])]) {
      for (const filter of chain.filters ?? []) {
        if (filter.name !== 'envoy.filters.network.http_connection_manager') continue;
        const name = filter.typed_config.rds?.route_config_name;
        if (name !== undefined) names.add(name);
      }
    }
  }
  return [...names];
}
