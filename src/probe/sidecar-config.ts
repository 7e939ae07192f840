/**
 * Envoy's config_dump as a value: clusters, listeners, routes and endpoints as istiod sent them, what is still warming,
 * what was refused. Types name only what is read here (envoy/admin/v3/config_dump_shared.proto). Pure.
 */
import { createHash } from 'node:crypto';
import { isObject, type Json, type JsonObject } from '../shared/json.ts';

export interface SidecarConfig {
  readonly clusters: readonly JsonObject[];
  readonly listeners: readonly JsonObject[];
  readonly routes: readonly JsonObject[];
  readonly endpoints: readonly JsonObject[];
  /** Names of clusters and listeners that are accepted but not in use yet. */
  readonly warming: readonly string[];
  /** What the sidecar refused and still holds against istiod, in its own words. */
  readonly refused: readonly string[];
  /**
   * The versions of what was pushed: they change with every push that concerns this sidecar, even without new content.
   */
  readonly version: string;
  /**
   * The configuration is made in step with the API: what the API has accepted by now is in it, and nothing is still
   * on its way. A sandbox says so with its version, 'in-step/RESOURCEVERSION'; istiod's pushes come when they come.
   */
  readonly inStep: boolean;
}

/** Never throws: a section that is missing is empty. */
export function readConfigDump(dump: unknown): SidecarConfig {
  const sections = list(object(dump as Json)?.configs);
  const section = (name: string) =>
    sections.find(one => String(one['@type']).endsWith(`.${name}ConfigDump`)) ?? {};
  const [clusters, listeners, routes, endpoints] = ['Clusters', 'Listeners', 'Routes', 'Endpoints'].map(
    section,
  ) as [JsonObject, JsonObject, JsonObject, JsonObject];
  const active = objects(list(clusters.dynamic_active_clusters).map(one => one.cluster));
  const dynamicListeners = list(listeners.dynamic_listeners);
  // The endpoints of other types are in the cluster itself, or what DNS says: no push changes them.
  const byEds = new Set(active.filter(one => one.type === 'EDS').map(one => one.name));
  return {
    clusters: active,
    listeners: objects(dynamicListeners.map(one => object(one.active_state)?.listener)),
    routes: objects(list(routes.dynamic_route_configs).map(one => one.route_config)),
    endpoints: objects(list(endpoints.dynamic_endpoint_configs).map(one => one.endpoint_config)).filter(one =>
      byEds.has(one.cluster_name ?? ''),
    ),
    warming: [
      ...list(clusters.dynamic_warming_clusters).map(one => String(object(one.cluster)?.name)),
      ...dynamicListeners.filter(one => one.warming_state !== undefined).map(one => String(one.name)),
    ],
    refused: [
      ...list(clusters.dynamic_active_clusters),
      ...dynamicListeners,
      ...list(routes.dynamic_route_configs),
    ].flatMap(one => object(one.error_state)?.details ?? []) as string[],
    inStep: String(clusters.version_info ?? '').startsWith('in-step/'),
    version: [
      clusters,
      listeners,
      ...list(routes.dynamic_route_configs),
      ...list(endpoints.dynamic_endpoint_configs),
    ]
      .map(one => String(one.version_info ?? ''))
      .join(' '),
  };
}

/** A hash of the content alone: the order of names, health and update times do not count. */
export function contentHash(config: SidecarConfig): string {
  const hash = createHash('sha256');
  for (const part of [config.clusters, config.listeners, config.routes, config.endpoints]) {
    const texts = part.map(one => JSON.stringify(canonical(one))).sort();
    hash.update(texts.join('\n')).update('\n\n');
  }
  return hash.digest('hex');
}

/** Set by the sidecar's health checks and ejections, not by istiod. */
const VOLATILE = new Set(['health_status', 'last_updated', 'version_info']);

/** Keys sorted: Envoy writes the keys of a map in no particular order. */
function canonical(value: Json): Json {
  if (Array.isArray(value)) return value.map(canonical);
  if (!isObject(value)) return value;
  const keys = Object.keys(value).filter(key => !VOLATILE.has(key));
  return Object.fromEntries(keys.sort().map(key => [key, canonical(value[key] ?? null)]));
}

export function object(value: Json | undefined): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}

export function list(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? objects(value) : [];
}

function objects(values: readonly (Json | undefined)[]): JsonObject[] {
  return values.map(object).filter(one => one !== undefined);
}
