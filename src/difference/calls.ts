/**
 * The calls at which two configurations may part: for each matcher of either one the path itself, one below it and one
 * beside it, each header with the value, with another and without, the methods, both schemes, every host and port. Pure, and in a
 * fixed order, the plainest first.
 */
import type { HeaderMatcher, QueryParameterMatcher, Route, StringMatcher } from '../envoy/config.ts';
import { type RouteOf, routesOf } from './effect.ts';
import { sampleOf } from './sample.ts';
import type { ProposedCall, Side } from './types.ts';

/** Hosts and paths that are asked for whatever the configurations say. */
export interface Surroundings {
  /** Names that resolve inside the pod. */
  readonly hosts: readonly string[];
  /** Where a call for any other name is sent. */
  readonly at: string;
  readonly paths: readonly string[];
  /** Where a host listens besides the usual ports of http and https. */
  ports?(host: string): readonly CalledPort[];
  /**
   * A name that no configuration is about. Where there is one, it is called at every port that a configuration listens
   * on, and so are addresses that have no name; the sides must then be of one cluster, where addresses mean the same.
   */
  readonly other?: string;
}

export type CalledPort = Pick<ProposedCall, 'scheme' | 'port'>;

export const USUAL: readonly CalledPort[] = [
  { scheme: 'http', port: 80 },
  { scheme: 'https', port: 443 },
];

/** No more than this many for one host: what is left out are combinations of several headers. */
const MOST_PER_HOST = 1500;

export function boundaryCalls(before: readonly Side[], after: Side, around: Surroundings): ProposedCall[] {
  const sides = [...before, after];
  const routes = sides.flatMap(side => routesOf(side.config));
  // A name that only the new configuration knows, and that resolves nowhere, is one that nobody calls.
  const isCalled = (host: string) => sides.every(side => side.address(host) !== null) || !named.has(host);
  const named = new Set(exactHosts([after]));
  for (const host of exactHosts(before)) named.delete(host);
  const hosts = new Set([...around.hosts, ...hostsOf(sides)].filter(isCalled));
  return [...hosts].flatMap(host => {
    const known = sides.every(side => side.address(host) !== null);
    return callsTo(
      host,
      known ? null : around.at,
      [...USUAL, ...(around.ports?.(host) ?? [])],
      routes,
      around,
    );
  });
}

/** Every kind of call to a host by HTTP, and one by HTTPS, at each of the ports. */
export function callsTo(
  host: string,
  at: string | null,
  ports: readonly CalledPort[],
  routes: readonly RouteOf[],
  around: Surroundings,
): ProposedCall[] {
  const base = { host, at, method: 'GET', path: '/', headers: {} };
  const here = routes.filter(({ domains }) => domains.some(domain => covers(domain, host)));
  const plain = requestsOf(
    here.map(each => each.route),
    around.paths,
  );
  return distinct(ports).flatMap(({ scheme, port }): ProposedCall[] =>
    scheme === 'https'
      ? [{ ...base, scheme, port }]
      : plain.slice(0, MOST_PER_HOST).map(each => ({ ...base, ...each, scheme, port })),
  );
}

export const distinct = <T>(values: readonly T[]): T[] => [
  ...new Map(values.map(each => [JSON.stringify(each), each])).values(),
];

/** Names that configurations are about: server names and domains, a wildcard with something in its place. */
function hostsOf(sides: readonly Side[]): string[] {
  return namesIn(sides).map(name => name.replace(/^\*/, 'any'));
}

function exactHosts(sides: readonly Side[]): string[] {
  return namesIn(sides).filter(name => !name.startsWith('*'));
}

function namesIn(sides: readonly Side[]): string[] {
  const names = sides.flatMap(({ config }) => [
    ...config.listeners.flatMap(one =>
      (one.filter_chains ?? []).flatMap(chain => chain.filter_chain_match?.server_names ?? []),
    ),
    ...routesOf(config).flatMap(each => each.domains),
  ]);
  return names.filter(name => /^(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(name) && !isOfCluster(name));
}

/** Names of Services, for which the short ones among `Surroundings.hosts` stand. */
const isOfCluster = (name: string) => /\.(svc|local)$|\.svc\.|\.[^.]*[^a-z.][^.]*$/.test(name);

function covers(domain: string, host: string): boolean {
  const name = domain.toLowerCase();
  return name === '*' || name === host || (name.startsWith('*') && host.endsWith(name.slice(1)));
}

type Request = Pick<ProposedCall, 'method' | 'path' | 'headers'>;

function requestsOf(routes: readonly Route[], always: readonly string[]): Request[] {
  const paths = new Set(always);
  const methods = new Set(['GET', 'POST']);
  const headers = new Map<string, Set<string>>();
  const queries = new Set<string>();
  for (const { match, route: action } of routes) {
    for (const path of pathsOf(match)) paths.add(path);
    for (const path of sampledPaths(action?.regex_rewrite?.pattern.regex)) paths.add(path);
    for (const matcher of match.headers ?? []) {
      if (matcher.name === ':method')
        for (const method of valuesOf(matcher).filter(isMethod)) methods.add(method);
      if (matcher.name.startsWith(':')) continue;
      const values = headers.get(matcher.name.toLowerCase()) ?? new Set();
      for (const value of valuesOf(matcher)) values.add(value);
      headers.set(matcher.name.toLowerCase(), values);
    }
    for (const query of match.query_parameters ?? []) for (const text of queriesOf(query)) queries.add(text);
  }
  const withQueries = [...paths].flatMap(path => [path, ...[...queries].map(query => `${path}?${query}`)]);
  const single = [...headers].flatMap(([name, values]) => [...values].map(value => ({ [name]: value })));
  const first = [...headers].map(([name, values]) => ({ [name]: [...values][0] ?? '' }));
  const pairs = first.flatMap((one, at) => first.slice(at + 1).map(other => ({ ...one, ...other })));
  const found: Request[] = [];
  for (const set of [{}, ...single, ...pairs]) {
    for (const method of methods) for (const path of withQueries) found.push({ method, path, headers: set });
  }
  return found.sort((a, b) => weight(a) - weight(b));
}

/** Of two calls that show the same, the one that is easier to read is kept. */
export function weight({ method, path, headers }: Request): number {
  const others = Object.entries(headers).reduce(
    (sum, [name, value]) => sum + 40 + name.length + value.length,
    0,
  );
  return (
    (method === 'GET' ? 0 : method === 'POST' ? 20 : 30) + (path === '/data' ? 0 : 4 + path.length) + others
  );
}

/** Registered ones, and CONNECT and TRACE aside: nobody calls 'GETzz'. Source: RFC 9110, RFC 5789. */
const isMethod = (text: string) => /^(GET|HEAD|POST|PUT|DELETE|OPTIONS|PATCH)$/.test(text);

function pathsOf(match: Route['match']): string[] {
  const { prefix, path, path_separated_prefix, safe_regex } = match;
  const near = (text: string) => {
    const bare = text.replace(/\/+$/, '');
    return [text, bare, `${bare}/`, `${bare}/x`, `${bare}zz`, `${bare}/x/y`, text.toUpperCase()];
  };
  const named = [prefix, path, path_separated_prefix].filter(each => each !== undefined && each !== '/');
  return [
    ...named.flatMap(each => near(each ?? '')),
    ...sampledPaths(safe_regex?.regex).flatMap(near),
  ].filter(isPath);
}

const sampledPaths = (regex: string | undefined) =>
  (regex === undefined ? [] : sampleOf(regex)).filter(isPath);

const isPath = (text: string) => text.startsWith('/') && !/[\s?#]/.test(text);

function valuesOf(matcher: HeaderMatcher): string[] {
  return matcher.string_match === undefined ? ['yes', 'no'] : around(matcher.string_match);
}

function queriesOf({ name, string_match }: QueryParameterMatcher): string[] {
  const values = string_match === undefined ? ['1', ''] : around(string_match);
  return values.map(value => `${name}=${encodeURIComponent(value)}`);
}

/** A value that matches, if one can be found, one that only nearly does, and another. */
function around({ exact, prefix, suffix, contains, safe_regex }: StringMatcher): string[] {
  if (exact !== undefined) return [exact, `${exact}zz`, 'other'];
  if (prefix !== undefined) return [prefix, `${prefix}zz`, `zz${prefix}`];
  if (suffix !== undefined) return [suffix, `zz${suffix}`, `${suffix}zz`];
  if (contains !== undefined) return [contains, `zz${contains}zz`, 'other'];
  const samples = safe_regex === undefined ? [] : sampleOf(safe_regex.regex);
  return [...samples, ...samples.map(each => `${each}zz`), 'other'];
}
