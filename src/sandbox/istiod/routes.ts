/**
 * The routes of a virtual host: a VirtualService's, or the default of a service without one.
 * Source: pilot/pkg/networking/core/route/route.go (BuildHTTPRoutesForVirtualService, TranslateRoute,
 * BuildDefaultHTTPOutboundRoute).
 */
import type { Route } from '../../envoy/config.ts';
import type { HttpMatchRequest, HttpRoute } from '../../istio/types.ts';
import { configPath } from './envoy-json.ts';
import { type ConsistentHash, hashPolicy } from './hash-policy.ts';
import { clusterName, type MeshService } from './mesh-service.ts';
import { retryPolicy } from './retry-policy.ts';
import { type RouteContext, routeActing, timeouts } from './route-action.ts';
import { filterConfig } from './route-filters.ts';
import { appliesTo, isCatchAll, routeMatch } from './route-match.ts';
import type { ProxyIdentity } from './snapshot.ts';
import type { MeshVirtualService } from './virtual-services.ts';

/** In order, up to the first that matches everything; empty if no rule applies to this client and port. */
export function virtualServiceRoutes(
  vs: MeshVirtualService,
  proxy: ProxyIdentity,
  context: RouteContext,
): Route[] {
  const out: Route[] = [];
  for (const http of vs.spec.http ?? []) {
    const matches = http.match?.length ? http.match : [undefined];
    for (const match of matches) {
      if (!appliesTo(match, proxy, context.port)) continue;
      const route = translate(http, match, vs, context);
      out.push(route);
      if (match !== undefined && isCatchAll(route.match)) return out;
    }
    // Even if the rule itself was left out: without a match it applies to everything.
    if (!http.match?.length) return out;
  }
  return out;
}

function translate(
  http: HttpRoute,
  match: HttpMatchRequest | undefined,
  vs: MeshVirtualService,
  context: RouteContext,
): Route {
  const name = (http.name ?? '') + (match?.name ? `.${match.name}` : '');
  const filters = filterConfig(http);
  const route: Route = {
    ...(name && { name }),
    match: routeMatch(match),
    ...(match?.statPrefix && { stat_prefix: match.statPrefix }),
    ...routeActing(http, context),
    metadata: {
      filter_metadata: { istio: { config: configPath('virtual-service', vs.namespace, vs.name) } },
    },
    ...(filters && { typed_per_filter_config: filters }),
  };
  return { ...route, decorator: { operation: operation(route, vs.name, context.port) } };
}

/** The route's name in traces: 'host:port/path*' of its only cluster, else of the VirtualService. */
function operation(route: Route, vsName: string, port: number): string {
  const { prefix, path, safe_regex } = route.match;
  const where = path ?? safe_regex?.regex ?? `${prefix ?? '/'}*`;
  const [direction, clusterPort, , host] = route.route?.cluster?.split('|') ?? [];
  return direction === 'outbound' && host !== undefined
    ? `${host}:${clusterPort}${where}`
    : `${vsName}:${port}${where}`;
}

export function defaultRoute(service: MeshService, port: number, hash: ConsistentHash | undefined): Route {
  const retries = retryPolicy(undefined, false);
  const hashes = hashPolicy(hash);
  return {
    name: 'default',
    match: { prefix: '/' },
    route: {
      cluster: clusterName(port, '', service.host),
      ...timeouts(undefined),
      ...(retries && { retry_policy: retries }),
      ...(hashes.length > 0 && { hash_policy: hashes }),
    },
    decorator: { operation: `${service.host}:${port}/*` },
  };
}
