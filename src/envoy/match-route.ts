/**
 * Which virtual host and which route take a request. The first route that matches wins; routes are not ranked. Left
 * out: runtime fractions, gRPC and dynamic metadata conditions of a route (istiod sends none).
 * Source: envoyproxy/envoy source/common/router/config_impl.cc, source/common/http/header_utility.cc.
 */
import type {
  HeaderMatcher,
  QueryParameterMatcher,
  Route,
  RouteConfiguration,
  RouteMatch,
  StringMatcher,
  VirtualHost,
} from './config.ts';
import { matchesRegex } from './regex-work.ts';

export interface RequestHead {
  readonly method: string;
  /** Including its query. */
  readonly path: string;
  readonly authority: string;
  readonly scheme: string;
  /** By name in lower case. A header that occurs several times has several values, which are matched one by one. */
  readonly headers: ReadonlyMap<string, string> | ((name: string) => readonly string[]);
}

interface Hosts {
  readonly exact: Map<string, VirtualHost>;
  /** '.example.com' of '*.example.com', longest first. */
  readonly suffixes: (readonly [string, VirtualHost])[];
  readonly prefixes: (readonly [string, VirtualHost])[];
  readonly any: VirtualHost | null;
}

const compiledRoutes = new WeakMap<RouteConfiguration, Hosts>();

/**
 * Exact names, then '*.suffix', then 'prefix.*', each by length, then '*'. A wildcard stands for at least one
 * character.
 */
export function matchVirtualHost(route: RouteConfiguration, authority: string): VirtualHost | null {
  const hosts = compiledHosts(route);
  const name = virtualHostName(route, authority);
  const longer = ([pattern]: readonly [string, VirtualHost]) => name.length > pattern.length;
  return (
    hosts.exact.get(name) ??
    hosts.suffixes.find(entry => longer(entry) && name.endsWith(entry[0]))?.[1] ??
    hosts.prefixes.find(entry => longer(entry) && name.startsWith(entry[0]))?.[1] ??
    hosts.any
  );
}

/** The name that is looked up for an authority: in lower case, and without its port if the port is ignored. */
export function virtualHostName(route: RouteConfiguration, authority: string): string {
  const name = authority.toLowerCase();
  return route.ignore_port_in_host_matching === true ? name.replace(/:\d+$/, '') : name;
}

function compiledHosts(route: RouteConfiguration): Hosts {
  const known = compiledRoutes.get(route);
  if (known !== undefined) return known;
  const exact = new Map<string, VirtualHost>();
  const suffixes: [string, VirtualHost][] = [];
  const prefixes: [string, VirtualHost][] = [];
  let any: VirtualHost | null = null;
  for (const host of route.virtual_hosts ?? []) {
    for (const domain of host.domains.map(name => name.toLowerCase())) {
      if (domain === '*') any ??= host;
      else if (domain.startsWith('*')) suffixes.push([domain.slice(1), host]);
      else if (domain.endsWith('*')) prefixes.push([domain.slice(0, -1), host]);
      else if (!exact.has(domain)) exact.set(domain, host);
    }
  }
  const longestFirst = (a: readonly [string, unknown], b: readonly [string, unknown]) =>
    b[0].length - a[0].length;
  const hosts = { exact, suffixes: suffixes.sort(longestFirst), prefixes: prefixes.sort(longestFirst), any };
  compiledRoutes.set(route, hosts);
  return hosts;
}

/** The first route that takes the request; null: 404 with flag NR. */
export function matchRoute(virtualHost: VirtualHost, request: RequestHead): Route | null {
  return virtualHost.routes?.find(route => routeMatches(route.match, request)) ?? null;
}

export function routeMatches(match: RouteMatch, request: RequestHead): boolean {
  return (
    pathMatches(match, request.path) &&
    (match.headers ?? []).every(matcher => headerMatches(matcher, request)) &&
    (match.query_parameters ?? []).every(matcher => queryParameterMatches(matcher, request.path))
  );
}

/** Query and fragment play no part in matching a path. */
export function pathOnly(path: string): string {
  return path.replace(/[?#].*$/s, '');
}

export function pathMatches(match: RouteMatch, requestPath: string): boolean {
  const path = pathOnly(requestPath);
  if (match.safe_regex !== undefined) return matchesRegex(match.safe_regex.regex, path);
  const fold = (text: string) => (match.case_sensitive === false ? text.toLowerCase() : text);
  if (match.prefix !== undefined) return fold(path).startsWith(fold(match.prefix));
  if (match.path !== undefined) return fold(path) === fold(match.path);
  if (match.path_separated_prefix !== undefined) {
    const prefix = fold(match.path_separated_prefix);
    return fold(path) === prefix || fold(path).startsWith(`${prefix}/`);
  }
  return false;
}

export function headerMatches(matcher: HeaderMatcher, request: RequestHead): boolean {
  const values = headerValues(request, matcher.name);
  const inverted = matcher.invert_match === true;
  const { string_match } = matcher;
  if (string_match === undefined) {
    return (values.length > 0 === (matcher.present_match ?? true)) !== inverted;
  }
  if (values.length === 0 && matcher.treat_missing_header_as_empty !== true) return false;
  // One matching value is enough; for an inverted match, one that does not match.
  return (values.length === 0 ? [''] : values).some(value => stringMatches(string_match, value)) !== inverted;
}

/**
 * A header's values, or the value of a pseudo header (':method', ':path', ':authority', ':scheme'; 'host' is
 * ':authority').
 */
export function headerValues(request: RequestHead, name: string): readonly string[] {
  const key = name.toLowerCase();
  if (key === ':method') return [request.method];
  if (key === ':path') return [request.path];
  if (key === ':authority' || key === 'host') return [request.authority];
  if (key === ':scheme') return [request.scheme];
  if (typeof request.headers === 'function') return request.headers(key);
  const value = request.headers.get(key);
  return value === undefined ? [] : [value];
}

export function stringMatches(matcher: StringMatcher, value: string): boolean {
  if (matcher.safe_regex !== undefined) return matchesRegex(matcher.safe_regex.regex, value);
  const fold = (text: string) => (matcher.ignore_case === true ? text.toLowerCase() : text);
  if (matcher.exact !== undefined) return fold(value) === fold(matcher.exact);
  if (matcher.prefix !== undefined) return fold(value).startsWith(fold(matcher.prefix));
  if (matcher.suffix !== undefined) return fold(value).endsWith(fold(matcher.suffix));
  if (matcher.contains !== undefined) return fold(value).includes(fold(matcher.contains));
  // An exact match of '' is printed without any field.
  return value === '';
}

function queryParameterMatches(matcher: QueryParameterMatcher, path: string): boolean {
  const value = queryParameter(path, matcher.name);
  if (matcher.string_match === undefined) return (value !== undefined) === (matcher.present_match ?? true);
  return value !== undefined && stringMatches(matcher.string_match, value);
}

/** The first value of a parameter, as it is in the path: Envoy does not decode it. '' for one without '='. */
export function queryParameter(path: string, name: string): string | undefined {
  const start = path.indexOf('?');
  if (start === -1) return undefined;
  for (const part of path.slice(start + 1).split('&')) {
    const equals = part.indexOf('=');
    if ((equals === -1 ? part : part.slice(0, equals)) === name)
      return equals === -1 ? '' : part.slice(equals + 1);
  }
  return undefined;
}
