/**
 * A sidecar's config_dump (`?include_eds`) as the configuration that the matchers and the tracer read: what is active,
 * not what is warming. Static and dynamic parts are merged. The resolved addresses of DNS clusters are among the
 * endpoints, where Envoy prints them. Never throws: missing parts are empty.
 * Source: envoyproxy/envoy api/envoy/admin/v3/config_dump_shared.proto.
 */
import type { Cluster, ClusterLoadAssignment, EnvoyConfig, Listener, RouteConfiguration } from './config.ts';

export function readDump(dump: unknown): EnvoyConfig {
  const all = partsOf(dump);
  const { listeners, clusters } = readBootstrap(dump);
  return {
    listeners: [
      ...(all('Listeners', ['dynamic_listeners'], ['active_state', 'listener']) as Listener[]),
      ...listeners,
    ],
    routes: all('Routes', ['dynamic_route_configs', 'static_route_configs'], ['route_config']).filter(
      route => field(route, 'name') !== undefined,
    ) as RouteConfiguration[],
    clusters: [...(all('Clusters', ['dynamic_active_clusters'], ['cluster']) as Cluster[]), ...clusters],
    endpoints: all(
      'Endpoints',
      ['dynamic_endpoint_configs', 'static_endpoint_configs'],
      ['endpoint_config'],
    ) as ClusterLoadAssignment[],
  };
}

/** What a sidecar has from its start and not from istiod: the ports for probes and statistics, and what is behind them. */
export function readBootstrap(dump: unknown): Pick<EnvoyConfig, 'listeners' | 'clusters'> {
  const all = partsOf(dump);
  return {
    listeners: all('Listeners', ['static_listeners'], ['listener']) as Listener[],
    clusters: all('Clusters', ['static_clusters'], ['cluster']) as Cluster[],
  };
}

function partsOf(dump: unknown) {
  const sections = objects(field(dump, 'configs'));
  return (kind: string, keys: readonly string[], inner: readonly string[]): unknown[] =>
    sections
      .filter(section => String(section['@type']).endsWith(`.${kind}ConfigDump`))
      .flatMap(section => keys.flatMap(key => objects(section[key])))
      .map(entry => inner.reduce<unknown>((value, key) => field(value, key), entry))
      .filter(value => typeof value === 'object' && value !== null);
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

function objects(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value)
    ? value.filter((one): one is Record<string, unknown> => typeof one === 'object' && one !== null)
    : [];
}
