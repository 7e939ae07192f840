/**
 * Where a request goes: the route in the current configuration, and the cluster it names.
 * Source: envoyproxy/envoy source/common/router/config_impl.cc.
 */
import type {
  ClusterWeight,
  EnvoyConfig,
  HeaderMutations,
  HttpConnectionManager,
  Route,
  RouteConfiguration,
  VirtualHost,
} from '../../../envoy/config.ts';
import { redirectLocation, rewrittenPath } from '../../../envoy/match-action.ts';
import { matchRoute, matchVirtualHost, type RequestHead } from '../../../envoy/match-route.ts';
import { isAllowed } from './cors.ts';

export interface RouteChoice {
  readonly configuration: RouteConfiguration;
  readonly virtualHost: VirtualHost;
  readonly route: Route;
  /** '' for a redirect or direct response. */
  readonly cluster: string;
  /** The weighted cluster's own entry, if there is one. */
  readonly weight: ClusterWeight | undefined;
}

const byName = new WeakMap<EnvoyConfig, Map<string, RouteConfiguration>>();

/** Null: no route configuration (not there yet), no virtual host or no route; all are 404 NR. */
export function chooseRoute(
  config: EnvoyConfig,
  manager: HttpConnectionManager,
  request: RequestHead,
  random: () => number,
): RouteChoice | null {
  const configuration =
    manager.route_config ?? configurations(config).get(manager.rds?.route_config_name ?? '');
  const virtualHost = configuration && matchVirtualHost(configuration, request.authority);
  const route = virtualHost && matchRoute(virtualHost, request);
  if (!configuration || !virtualHost || !route) return null;
  const weight = pickWeight(route.route?.weighted_clusters?.clusters, random);
  return { configuration, virtualHost, route, cluster: weight?.name ?? route.route?.cluster ?? '', weight };
}

/**
 * Starts the regex matches of a request that its filters and the router will need, once its route is known: see
 * regex-work.ts.
 */
export function askAhead({ route }: RouteChoice, request: RequestHead, origin: string | undefined): void {
  const cors = route.typed_per_filter_config?.['envoy.filters.http.cors'];
  if (cors !== undefined && origin) isAllowed(cors, origin);
  if (route.redirect !== undefined) redirectLocation(route.redirect, request, route.match);
  if (route.route !== undefined) rewrittenPath(route.route, route.match, request.path);
}

/** Returns the entry, not only its cluster: one cluster may be listed twice, with different headers. */
function pickWeight(
  clusters: readonly ClusterWeight[] | undefined,
  random: () => number,
): ClusterWeight | undefined {
  if (clusters === undefined) return undefined;
  const total = clusters.reduce((sum, { weight }) => sum + (weight ?? 0), 0);
  let point = Math.floor(random() * total);
  return clusters.find(({ weight }) => {
    point -= weight ?? 0;
    return point < 0;
  });
}

/** The levels of header operations, in the order in which Envoy applies them. */
export function mutationLevels(choice: RouteChoice): readonly (HeaderMutations | undefined)[] {
  return [
    choice.weight,
    choice.route,
    choice.virtualHost as HeaderMutations,
    choice.configuration as HeaderMutations,
  ];
}

function configurations(config: EnvoyConfig): Map<string, RouteConfiguration> {
  let known = byName.get(config);
  if (known === undefined) {
    known = new Map(config.routes.map(route => [route.name, route]));
    byName.set(config, known);
  }
  return known;
}
