/**
 * Envoy's config_dump, from the sidecar's configuration: what `pilot-agent request GET config_dump` prints and
 * `istioctl proxy-config --file` reads. Source: envoyproxy/envoy api/envoy/admin/v3/config_dump_shared.proto.
 * Left out: what the bootstrap and the inbound side contain; static clusters and listeners; secrets.
 */
import type { Pushed, SidecarPod } from '../surroundings.ts';

const TYPE = 'type.googleapis.com/envoy.admin.v3.';

export function configDump(given: Pushed, pod: SidecarPod, withEndpoints: boolean): object {
  const { config, version, at } = given;
  const last_updated = new Date(at).toISOString();
  const pushed = { version_info: version, last_updated };
  return {
    configs: [
      { '@type': `${TYPE}BootstrapConfigDump`, bootstrap: { node: nodeOf(pod) }, last_updated },
      {
        '@type': `${TYPE}ClustersConfigDump`,
        version_info: version,
        dynamic_active_clusters: config.clusters.map(cluster => ({
          version_info: version,
          cluster: typed('cluster.v3.Cluster', cluster),
          last_updated,
        })),
      },
      ...(withEndpoints
        ? [
            {
              '@type': `${TYPE}EndpointsConfigDump`,
              dynamic_endpoint_configs: config.endpoints.map(each => ({
                endpoint_config: typed('endpoint.v3.ClusterLoadAssignment', each),
              })),
            },
          ]
        : []),
      {
        '@type': `${TYPE}ListenersConfigDump`,
        version_info: version,
        dynamic_listeners: dynamicListeners(given, pushed),
      },
      { '@type': `${TYPE}ScopedRoutesConfigDump` },
      {
        '@type': `${TYPE}RoutesConfigDump`,
        dynamic_route_configs: config.routes.map(route => ({
          ...pushed,
          route_config: typed('route.v3.RouteConfiguration', route),
        })),
      },
    ],
  };
}

/** A listener that was refused appears with its error beside the one in use, or alone. */
function dynamicListeners(
  { config, refusedListeners = [] }: Pushed,
  pushed: { last_updated: string },
): object[] {
  const errors = new Map(
    refusedListeners.map(({ name, details, failed }) => [
      name,
      {
        ...(failed && { failed_configuration: typed('listener.v3.Listener', failed) }),
        last_update_attempt: pushed.last_updated,
        details,
      },
    ]),
  );
  const active = config.listeners.map(listener => ({
    name: listener.name,
    active_state: { ...pushed, listener: typed('listener.v3.Listener', listener) },
    ...(errors.has(listener.name) && { error_state: errors.get(listener.name) }),
  }));
  const names = new Set(config.listeners.map(({ name }) => name));
  const alone = [...errors].filter(([name]) => !names.has(name));
  return [...active, ...alone.map(([name, error_state]) => ({ name, error_state }))];
}

/** In a dump every resource carries its type. */
function typed(type: string, resource: object): object {
  return { '@type': `type.googleapis.com/envoy.config.${type}`, ...resource };
}

/** Source: pkg/model/proxy.go (ServiceNode). */
export function nodeOf({ ip, name, namespace, labels }: SidecarPod): object {
  return {
    id: `sidecar~${ip}~${name}.${namespace}~${namespace}.svc.cluster.local`,
    cluster: `${labels.app ?? name}.${namespace}`,
    metadata: { NAME: name, NAMESPACE: namespace, LABELS: labels, INSTANCE_IPS: ip },
  };
}
