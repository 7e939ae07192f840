/**
 * What is asked of a config_dump besides all of it: `resource`, `mask` and `name_regex`.
 * Source: source/server/admin/config_dump_handler.cc of Envoy 1.39.
 */
import { searchRegex } from '../../../envoy/regex-work.ts';

export type Dump = Readonly<Record<string, unknown>> & { readonly '@type': string };

/** The repeated fields of the parts of a dump, each with the type of its elements. */
const LISTS: Readonly<Record<string, string>> = {
  static_clusters: 'ClustersConfigDump.StaticCluster',
  dynamic_active_clusters: 'ClustersConfigDump.DynamicCluster',
  dynamic_warming_clusters: 'ClustersConfigDump.DynamicCluster',
  static_listeners: 'ListenersConfigDump.StaticListener',
  dynamic_listeners: 'ListenersConfigDump.DynamicListener',
  static_route_configs: 'RoutesConfigDump.StaticRouteConfig',
  dynamic_route_configs: 'RoutesConfigDump.DynamicRouteConfig',
  static_endpoint_configs: 'EndpointsConfigDump.StaticEndpointConfig',
  dynamic_endpoint_configs: 'EndpointsConfigDump.DynamicEndpointConfig',
  static_secrets: 'SecretsConfigDump.StaticSecret',
  dynamic_active_secrets: 'SecretsConfigDump.DynamicSecret',
  dynamic_warming_secrets: 'SecretsConfigDump.DynamicSecret',
};

const RESOURCES = ['cluster', 'listener', 'route_config', 'endpoint_config', 'secret'];

/** A text instead of a list: what is wrong with the query. */
export function queried(
  dumps: readonly Dump[],
  query: URLSearchParams,
  prefix: string,
): readonly Dump[] | { readonly status: number; readonly text: string } {
  const [resource, mask, regex] = ['resource', 'mask', 'name_regex'].map(name => query.get(name) ?? '');
  const named = regex ? matching(dumps, regex) : dumps;
  if (named === null) return { status: 400, text: 'Error while parsing name_regex from /config_dump\n' };
  const fields = mask === '' || mask === undefined ? null : mask.split(',').map(path => path.split('.'));
  if (!resource) {
    if (fields === null) return named;
    return named
      .map(dump => ({ '@type': dump['@type'], ...masked(dump, fields) }))
      .filter(dump => Object.keys(dump).length > 1);
  }
  const found = named.find(dump => Array.isArray(dump[resource]));
  if (found === undefined || !Object.hasOwn(LISTS, resource)) {
    return { status: 404, text: `${resource} not found in config dump` };
  }
  return (found[resource] as object[]).map(each => ({
    '@type': `${prefix}${LISTS[resource]}`,
    ...(fields === null ? each : masked(each, fields)),
  }));
}

/** The fields that the paths name; a path ends at a list, as in a field mask. */
function masked(of: object, paths: readonly (readonly string[])[]): Record<string, unknown> {
  const kept: Record<string, unknown> = {};
  for (const [first = '', ...rest] of paths) {
    const value = (of as Record<string, unknown>)[first];
    if (value === undefined) continue;
    const inner = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (rest.length === 0) kept[first] = value;
    else if (inner) kept[first] = { ...(kept[first] as object), ...masked(value, [rest]) };
  }
  return kept;
}

/** Null: the expression cannot be read. */
function matching(dumps: readonly Dump[], regex: string): readonly Dump[] | null {
  if (searchRegex(regex, ['']) === null) return null;
  return dumps.map(dump => {
    const lists = Object.entries(dump).flatMap(([field, list]) => {
      if (!Array.isArray(list)) return [];
      const fits = searchRegex(regex, list.map(nameOf)) ?? [];
      return [[field, list.filter((_, index) => fits[index] === true)] as const];
    });
    return { ...dump, ...Object.fromEntries(lists) };
  });
}

function nameOf(element: Record<string, unknown>): string {
  const inner = RESOURCES.map(field => element[field] as Record<string, unknown> | undefined).find(Boolean);
  return String(element.name ?? inner?.name ?? inner?.cluster_name ?? '');
}
