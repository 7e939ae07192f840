/**
 * istiod in miniature: the cluster's objects in, the configuration of one client's sidecar out. Outbound side only; in
 * the JSON that a real sidecar's config_dump prints. Pure. What is left out of Istio is listed in the header of the
 * file that would have it; above all: PeerAuthentication, EnvoyFilter, Telemetry, Gateway, several clusters or
 * networks, ambient mode, IPv6.
 * Source: pilot/pkg/networking/core, pilot/pkg/model.
 */
import type { EnvoyConfig } from '../../envoy/config.ts';
import { routeNames } from '../../envoy/route-names.ts';
import { buildClusters } from './clusters.ts';
import { ListenerBuilder } from './listeners.ts';
import { withTopology } from './mesh-service.ts';
import { localityOfLabels } from './pods.ts';
import { buildRegistry, type Registry } from './registry.ts';
import type { RouteCache } from './route-cache.ts';
import { buildSidecarScope } from './sidecar-scope.ts';
import { MESH, type MeshConfig, type ProxyIdentity, type Snapshot } from './snapshot.ts';
import { RouteBuilder } from './virtual-hosts.ts';

/**
 * What istiod would send to `proxy` at this moment. The snapshot's lists may come in any order. `cache` is what istiod
 * keeps between pushes; if left out, it has just started.
 */
export function translate(
  snapshot: Snapshot,
  proxy: ProxyIdentity,
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

/** All sidecars of a push share one snapshot, and so one registry: like istiod's PushContext, it is made once. */
const registries = new WeakMap<Snapshot, { readonly mesh: MeshConfig; readonly registry: Registry }>();

function registryOf(snapshot: Snapshot, mesh: MeshConfig): Registry {
  const known = registries.get(snapshot);
  if (known?.mesh === mesh) return known.registry;
  const registry = buildRegistry(snapshot, mesh);
  registries.set(snapshot, { mesh, registry });
  return registry;
}
