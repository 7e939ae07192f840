/**
 * Whether Envoy accepts a route configuration: first what its protos demand, then, virtual host by virtual host, its
 * routes, and its domains, each of which may appear only once.
 * Left out: extensions that istiod does not send.
 * Source: envoyproxy/envoy source/common/router/{config_impl,header_parser}.cc.
 */
import type { HeaderMutations, Route, RouteConfiguration, StringMatcher, VirtualHost } from '../config.ts';
import { formatRefusal } from '../format-string.ts';
import { regexRefusal } from '../match-regex.ts';
import { constraintRefusal } from './constraints.ts';
import type { EnvoyRefusal } from './refusal.ts';
import { HTTP_FAULT, ROUTE_CONFIGURATION } from './route-constraints.ts';

export function routesRefusal(routes: RouteConfiguration): EnvoyRefusal | null {
  const broken = constraintRefusal(ROUTE_CONFIGURATION, routes);
  if (broken !== null) return { text: broken, wholeUpdate: true };
  const domains = new Set<string>();
  for (const host of routes.virtual_hosts ?? []) {
    const text = hostRefusal(host) ?? domainsRefusal(host, routes.name, domains);
    if (text !== null) return { text };
  }
  return null;
}

/** Adds the domains of this virtual host to `taken`. */
function domainsRefusal(host: VirtualHost, table: string, taken: Set<string>): string | null {
  for (const domain of host.domains.map(each => each.toLowerCase())) {
    if (taken.has(domain)) {
      return domain === '*'
        ? `Only a single wildcard domain is permitted in route ${table}`
        : `Only unique values for domains are permitted. Duplicate entry of domain ${domain} in route ${table}`;
    }
    taken.add(domain);
  }
  return null;
}

function hostRefusal(host: VirtualHost): string | null {
  return first(host.routes ?? [], routeRefusal);
}

const MAX_WEIGHTS = 4_294_967_295;

/** In the order in which Envoy finds the faults. */
function routeRefusal(route: Route): string | null {
  const { match, route: action } = route;
  return (
    cookieRefusal(route) ??
    first(match.headers ?? [], ({ string_match }) => stringRefusal(string_match)) ??
    first(corsOf(route)?.allow_origin_string_match ?? [], stringRefusal) ??
    faultRefusal(route) ??
    formatsRefusal(route) ??
    first(action?.weighted_clusters?.clusters ?? [], formatsRefusal) ??
    (match.safe_regex ? regexRefusal(match.safe_regex.regex) : null) ??
    first(match.query_parameters ?? [], ({ string_match }) => stringRefusal(string_match)) ??
    weightsRefusal(route) ??
    (action?.regex_rewrite ? regexRefusal(action.regex_rewrite.pattern.regex) : null)
  );
}

function weightsRefusal({ name = '', route }: Route): string | null {
  const sum = (route?.weighted_clusters?.clusters ?? []).reduce((all, { weight = 0 }) => all + weight, 0);
  return sum > MAX_WEIGHTS
    ? `The sum of weights of all weighted clusters of route ${name} exceeds ${MAX_WEIGHTS}`
    : null;
}

function cookieRefusal({ route }: Route): string | null {
  const below = route?.hash_policy?.some(({ cookie }) => cookie?.ttl?.startsWith('-'));
  return below ? 'Invalid duration: Expected positive duration' : null;
}

function formatsRefusal(at: HeaderMutations): string | null {
  const added = [...(at.request_headers_to_add ?? []), ...(at.response_headers_to_add ?? [])];
  return first(added, ({ header }) => formatRefusal(header.value ?? ''));
}

function stringRefusal(matcher: StringMatcher | undefined): string | null {
  return matcher?.safe_regex === undefined ? null : regexRefusal(matcher.safe_regex.regex);
}

function faultRefusal(route: Route): string | null {
  const fault = route.typed_per_filter_config?.['envoy.filters.http.fault'];
  return fault === undefined ? null : constraintRefusal(HTTP_FAULT, fault);
}

function corsOf(route: Route) {
  return route.typed_per_filter_config?.['envoy.filters.http.cors'];
}

/** The first refusal of all. */
function first<T>(values: readonly T[], refusal: (value: T) => string | null): string | null {
  for (const value of values) {
    const text = refusal(value);
    if (text !== null) return text;
  }
  return null;
}
