/**
 * A real sidecar's config_dump and our configuration, brought to one form: outbound only, by name, without what is
 * no matter here (times, versions, access logs, tracing, statistics' names, secrets' transport, Istio's own filters).
 */
import type { EnvoyConfig } from '../../src/envoy/config.ts';

type Json = unknown;
type Fields = Record<string, Json>;

export interface Canonical {
  readonly listeners: Fields;
  readonly routes: Fields;
  readonly clusters: Fields;
  readonly endpoints: Fields;
}

const IGNORED = new Set([
  '@type',
  'access_log',
  'tracing',
  'stat_prefix',
  'sds_config',
  'health_check_config',
  'last_updated',
  'version_info',
]);

/** Lists whose order says nothing: istiod makes them from maps. */
const UNORDERED = new Set(['filter_chains', 'query_parameters', 'lb_endpoints']);

function clean(value: Json, key = ''): Json {
  if (Array.isArray(value)) {
    const list = value.map(v => clean(v));
    if (key === 'http_filters') return list.map(f => (f as { name: string }).name);
    return UNORDERED.has(key) ? list.sort((a, b) => (stable(a) < stable(b) ? -1 : 1)) : list;
  }
  if (typeof value !== 'object' || value === null) return value;
  const out: Fields = {};
  for (const name of Object.keys(value).sort()) {
    if (!IGNORED.has(name)) out[name] = clean((value as Fields)[name], name);
  }
  return out;
}

const stable = (value: Json): string => JSON.stringify(value);

function byName(items: readonly Json[], name: 'name' | 'cluster_name'): Fields {
  const out: Fields = {};
  for (const item of items) out[String((item as Fields)[name])] = clean(item);
  return out;
}

export function canonicalOurs(config: EnvoyConfig): Canonical {
  return {
    listeners: byName(config.listeners, 'name'),
    routes: byName(config.routes, 'name'),
    clusters: byName(config.clusters, 'name'),
    endpoints: byName(config.endpoints, 'cluster_name'),
  };
}

export function canonicalDump(dump: { configs: readonly Fields[] }): Canonical {
  const sections = dump.configs.flatMap(section => Object.entries(section));
  const list = (key: string): Fields[] =>
    sections.filter(([name]) => name === key).flatMap(([, value]) => value as Fields[]);
  const clusters = list('dynamic_active_clusters')
    .map(c => c.cluster as Fields)
    .filter(c => !String(c.name).startsWith('inbound|'));
  const eds = new Set(clusters.filter(c => c.type === 'EDS').map(c => c.name));
  const listeners = list('dynamic_listeners')
    .map(l => (l.active_state as Fields | undefined)?.listener as Fields)
    .filter(l => l !== undefined && l.name !== 'virtualInbound');
  // Listeners that are draining keep their routes in the dump for a while.
  const wanted = new Set([...stable(listeners).matchAll(/"route_config_name":"([^"]+)"/g)].map(m => m[1]));
  return {
    listeners: byName(listeners, 'name'),
    routes: byName(
      list('dynamic_route_configs')
        .map(r => r.route_config as Fields)
        .filter(r => wanted.has(String(r.name))),
      'name',
    ),
    clusters: byName(clusters, 'name'),
    endpoints: byName(
      [...list('dynamic_endpoint_configs'), ...list('static_endpoint_configs')]
        .map(e => e.endpoint_config as Fields)
        .filter(e => eds.has(e.cluster_name)),
      'cluster_name',
    ),
  };
}

/** Lines 'path: value', '-' for what only `real` has and '+' for what only `ours` has. */
export function differences(real: Json, ours: Json, path = ''): string[] {
  if (stable(real) === stable(ours)) return [];
  const both = isFields(real) && isFields(ours);
  if (!both && !(Array.isArray(real) && Array.isArray(ours))) {
    return [
      ...(real === undefined ? [] : [`- ${path}: ${shorten(stable(real))}`]),
      ...(ours === undefined ? [] : [`+ ${path}: ${shorten(stable(ours))}`]),
    ];
  }
  const a = real as Fields;
  const b = ours as Fields;
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.flatMap(key => differences(a[key], b[key], path ? `${path}.${key}` : key));
}

const isFields = (value: Json): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const shorten = (text: string): string => (text.length > 400 ? `${text.slice(0, 400)}...` : text);

type Changes = { readonly [K in keyof Canonical]?: Fields };

/** What `to` has otherwise than `from`, by name; null for what it has not. */
export function changes(from: Canonical, to: Canonical): Changes {
  const out: { -readonly [K in keyof Canonical]?: Fields } = {};
  for (const kind of ['listeners', 'routes', 'clusters', 'endpoints'] as const) {
    const changed: Fields = {};
    for (const name of new Set([...Object.keys(from[kind]), ...Object.keys(to[kind])])) {
      if (stable(from[kind][name]) !== stable(to[kind][name])) changed[name] = to[kind][name] ?? null;
    }
    if (Object.keys(changed).length > 0) out[kind] = changed;
  }
  return out;
}

export function withChanges(from: Canonical, delta: Changes): Canonical {
  const apply = (kind: keyof Canonical): Fields =>
    Object.fromEntries(
      Object.entries({ ...from[kind], ...delta[kind] }).filter(([, value]) => value !== null),
    );
  return {
    listeners: apply('listeners'),
    routes: apply('routes'),
    clusters: apply('clusters'),
    endpoints: apply('endpoints'),
  };
}
