/**
 * A VirtualService's match in Envoy's form. What can be decided here (source labels, gateways, port) is not part of it.
 * Source: pilot/pkg/networking/core/route/route.go (TranslateRouteMatch, sourceMatchHTTP, IsCatchAllRoute).
 * Left out: headers of the form @request.auth.claims, as there is no JWT authentication here.
 */
import type { HeaderMatcher, QueryParameterMatcher, RouteMatch, StringMatcher } from '../../envoy/config.ts';
import { compareText } from '../../istio/age.ts';
import { selects } from '../../istio/labels.ts';
import type { HttpMatchRequest, StringMatch } from '../../istio/types.ts';
import type { Mutable } from './envoy-json.ts';
import type { ProxyIdentity } from './snapshot.ts';
import { MESH_GATEWAY } from './virtual-services.ts';

/** Undefined for an empty match, which only asks for presence. */
export function stringMatcher(match: StringMatch): StringMatcher | undefined {
  if (match.exact !== undefined) return { exact: match.exact };
  if (match.prefix !== undefined) return { prefix: match.prefix };
  if (match.regex !== undefined) return { safe_regex: { regex: match.regex } };
  return undefined;
}

/** Whether the rule applies to this client at all, on this port. With gateways, source labels do not count. */
export function appliesTo(match: HttpMatchRequest | undefined, proxy: ProxyIdentity, port: number): boolean {
  if (match === undefined) return true;
  if (match.port && match.port !== port) return false;
  if (match.gateways?.length) return match.gateways.includes(MESH_GATEWAY);
  return (
    selects(match.sourceLabels, proxy.labels) &&
    (!match.sourceNamespace || match.sourceNamespace === proxy.namespace)
  );
}

export function routeMatch(match: HttpMatchRequest | undefined): RouteMatch {
  if (match === undefined) return { prefix: '/' };
  const headers = [
    ...Object.entries(match.headers ?? {}).map(([name, m]) => headerMatcher(name, m)),
    ...Object.entries(match.withoutHeaders ?? {}).map(([name, m]) => withoutHeader(name, m)),
  ].sort((a, b) => compareText(a.name, b.name));
  for (const [name, m] of [
    [':method', match.method],
    [':authority', match.authority],
    [':scheme', match.scheme],
  ] as const) {
    if (m !== undefined) headers.push(headerMatcher(name, m));
  }
  const query = Object.entries(match.queryParams ?? {}).map(([name, m]) => queryMatcher(name, m));
  return {
    ...pathMatch(match.uri),
    case_sensitive: match.ignoreUriCase !== true,
    ...(headers.length > 0 && { headers }),
    ...(query.length > 0 && { query_parameters: query }),
  };
}

function pathMatch(uri: StringMatch | undefined): RouteMatch {
  if (uri?.exact !== undefined) return { path: uri.exact };
  if (uri?.prefix !== undefined) return { prefix: uri.prefix };
  if (uri?.regex !== undefined) return { safe_regex: { regex: uri.regex } };
  return { prefix: '/' };
}

/** An empty match, and the regex '*' (which is not a valid one), ask for presence. */
const isPresence = (match: StringMatch): boolean => match.regex === '*' || stringMatcher(match) === undefined;

function headerMatcher(name: string, match: StringMatch): Mutable<HeaderMatcher> {
  const string_match = stringMatcher(match);
  return isPresence(match) || string_match === undefined
    ? { name, present_match: true }
    : { name, string_match };
}

/** A missing header counts as '' here: it does not have the value. */
function withoutHeader(name: string, match: StringMatch): HeaderMatcher {
  return {
    ...headerMatcher(name, match),
    invert_match: true,
    ...(!isPresence(match) && { treat_missing_header_as_empty: true }),
  };
}

function queryMatcher(name: string, match: StringMatch): QueryParameterMatcher {
  const string_match = stringMatcher(match);
  return isPresence(match) || string_match === undefined
    ? { name, present_match: true }
    : { name, string_match };
}

/** A route that takes every request: nothing after it is even sent. */
export function isCatchAll(match: RouteMatch): boolean {
  return (
    (match.prefix === '/' || match.safe_regex?.regex === '.*') &&
    !match.headers?.length &&
    !match.query_parameters?.length
  );
}
