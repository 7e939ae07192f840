/**
 * Envoy's config_dump, from the sidecar's configuration: what `pilot-agent request GET config_dump` prints and
 * `istioctl proxy-config` reads. Source: envoyproxy/envoy api/envoy/admin/v3/config_dump_shared.proto.
 */
import type { Pushed, SidecarPod, WorkloadCertificates } from '../surroundings.ts';
import { bootstrapOf } from './bootstrap.ts';
import type { Dump } from './dump-query.ts';
import { secretsDump } from './secrets.ts';
import {
  INBOUND_CLUSTER,
  INBOUND_LISTENER,
  STATIC_CLUSTERS,
  STATIC_ENDPOINTS,
  STATIC_LISTENERS,
  STATIC_ROUTES,
} from './static-config.ts';

export const DUMP_TYPE = 'type.googleapis.com/envoy.admin.v3.';

export interface DumpOf {
  readonly pushed: Pushed;
  readonly pod: SidecarPod;
  /** Milliseconds since the epoch. */
  readonly started: number;
  /** Null: not known yet, and left out. */
  readonly certificates: WorkloadCertificates | null;
  readonly withEndpoints: boolean;
}

export function configDump({ pushed: given, pod, started, certificates, withEndpoints }: DumpOf): Dump[] {
  const { config, version, at } = given;
  const last_updated = new Date(at).toISOString();
  const begun = { last_updated: new Date(started).toISOString() };
  const pushed = { version_info: version, last_updated };
  const part = (name: string, content: object): Dump => ({
    '@type': `${DUMP_TYPE}${name}ConfigDump`,
    ...content,
  });
  const clusters = withOwn<object>(config.clusters, INBOUND_CLUSTER);
  const listeners = withOwn<object>(config.listeners, INBOUND_LISTENER);
  return [
    part('Bootstrap', { bootstrap: bootstrapOf(pod), ...begun }),
    part('Clusters', {
      version_info: version,
      static_clusters: STATIC_CLUSTERS.map(each => ({
        cluster: typed('cluster.v3.Cluster', each),
        ...begun,
      })),
      dynamic_active_clusters: clusters.map(each => ({
        ...{ version_info: version, cluster: typed('cluster.v3.Cluster', each), last_updated },
      })),
    }),
    ...(withEndpoints ? [part('Endpoints', endpoints(given))] : []),
    part('Listeners', {
      version_info: version,
      static_listeners: STATIC_LISTENERS.map(each => ({
        ...{ listener: typed('listener.v3.Listener', each), ...begun },
      })),
      dynamic_listeners: dynamicListeners(given, listeners, pushed),
    }),
    part('ScopedRoutes', {}),
    part('Routes', {
      static_route_configs: STATIC_ROUTES.map(each => ({
        ...{ route_config: typed('route.v3.RouteConfiguration', each), ...begun },
      })),
      dynamic_route_configs: config.routes.map(route => ({
        ...{ ...pushed, route_config: typed('route.v3.RouteConfiguration', route) },
      })),
    }),
    ...(certificates
      ? [part('Secrets', { dynamic_active_secrets: secretsDump(certificates, begun.last_updated) })]
      : []),
  ];
}

/** With what every sidecar has of its own, unless it was given one. */
function withOwn<T extends object>(given: readonly T[], own: T): readonly T[] {
  const nameOf = (each: object) => (each as { name?: string }).name;
  return given.some(each => nameOf(each) === nameOf(own)) ? given : [...given, own];
}

function endpoints({ config }: Pushed): object {
  const assigned = (each: object) => ({
    endpoint_config: typed('endpoint.v3.ClusterLoadAssignment', each),
  });
  return {
    static_endpoint_configs: STATIC_ENDPOINTS.map(assigned),
    dynamic_endpoint_configs: config.endpoints.map(assigned),
  };
}

/** A listener that was refused appears with its error beside the one in use, or alone. */
function dynamicListeners(
  { refusedListeners = [] }: Pushed,
  listeners: readonly object[],
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
  const named = listeners as readonly { name: string }[];
  const active = named.map(listener => ({
    name: listener.name,
    active_state: { ...pushed, listener: typed('listener.v3.Listener', listener) },
    ...(errors.has(listener.name) && { error_state: errors.get(listener.name) }),
  }));
  const names = new Set(named.map(({ name }) => name));
  const alone = [...errors].filter(([name]) => !names.has(name));
  return [...active, ...alone.map(([name, error_state]) => ({ name, error_state }))];
}

/** In a dump every resource carries its type. */
function typed(type: string, resource: object): object {
  return { '@type': `type.googleapis.com/envoy.config.${type}`, ...resource };
}
