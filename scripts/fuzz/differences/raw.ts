/**
 * What of a configuration a call uses, as Envoy's own JSON: the filter chain, the route's action, the clusters and their
 * endpoints, with every name that is only a key replaced by what it stands for. It knows nothing of effect.ts: where two
 * such values differ, a field differs that Envoy reads for this call.
 */
import type { ProposedCall } from '../../../src/difference/types.ts';
import { isBound } from '../../../src/envoy/bound-listener.ts';
import type {
  ClusterWeight,
  FilterChain,
  HeaderMutations,
  HttpFault,
  MirrorPolicy,
  RetryPolicy,
  Route,
  TcpProxy,
  VirtualHost,
} from '../../../src/envoy/config.ts';
import { matchFilterChain, matchListener } from '../../../src/envoy/match.ts';
import { redirectLocation, rewrittenPath } from '../../../src/envoy/match-action.ts';
import { matchRoute, matchVirtualHost } from '../../../src/envoy/match-route.ts';
import { connectionOf, requestOf } from '../../../src/envoy/trace.ts';
import { httpManagerOf, tcpProxyOf } from '../../../src/envoy/trace-chain.ts';
import type { RawSide } from './pair.ts';
import { goesOnFrom, hasChoice, rawCluster } from './raw-cluster.ts';

/** What a connection meets before a request is read. */
export interface Way {
  /** Null: it is closed. */
  readonly chain: unknown;
  /** Of an HTTP chain that reads the call; null where no domain matches. */
  readonly host?: VirtualHost | null;
}

/** Null: the name does not resolve. */
export function wayOf(side: RawSide, call: ProposedCall): Way | null {
  const ip = side.address(call.at ?? call.host);
  if (ip === null) return null;
  if (ip.startsWith('127.') && !isBound(side.config, { ip, port: call.port })) return { chain: null };
  const listener = matchListener(side.config, { ip, port: call.port });
  const described = describedCall(call, ip);
  const chain = listener && matchFilterChain(listener, connectionOf(described));
  if (!chain) return { chain: null };
  const manager = httpManagerOf(chain);
  if (manager === null) {
    const goesOn = clusterNames(tcpProxyOf(chain) ?? {}).some(each => goesOnFrom(side, each));
    return { chain: kept(side, chain, goesOn ? call : null, () => rawTcp(side, chain, call)) };
  }
  // TLS where HTTP is read is answered 400 by whatever it is that reads.
  if (call.scheme === 'https') return { chain: 'not HTTP' };
  const { '@type': _, stat_prefix: __, rds, route_config, http_filters = [], ...rest } = manager;
  // It acts for clusters of its own kind alone.
  const filters = http_filters.filter(each => each.name !== 'envoy.filters.http.dynamic_forward_proxy');
  const http = { ...rest, filters };
  const routes = route_config ?? side.config.routes.find(one => one.name === rds?.route_config_name);
  const host = routes === undefined ? null : matchVirtualHost(routes, requestOf(described).authority);
  return { chain: kept(side, chain, null, () => ({ http })), host };
}

/** Null: nobody answers, and the connection ends. */
function rawTcp(side: RawSide, chain: FilterChain, call: ProposedCall): unknown {
  const proxy = tcpProxyOf(chain);
  if (proxy === null) return null;
  const { '@type': _, stat_prefix: __, cluster, weighted_clusters, ...rest } = proxy;
  const to = destinations(side, { cluster, weighted_clusters } as TcpProxy, {}, call, false);
  const ends = to.every(
    each => each.cluster === 'no such cluster' || JSON.stringify(each).includes('"endpoints":[]'),
  );
  const bySni = (chain.filters ?? []).some(each => each.name.endsWith('.sni_dynamic_forward_proxy'));
  return ends ? null : { ...rest, to, bySni };
}

const clusterNames = ({ cluster, weighted_clusters }: TcpProxy) =>
  weighted_clusters?.clusters.map(each => each.name) ?? [cluster ?? ''];

const chains = new WeakMap<FilterChain, Map<string, unknown>>();

/** A chain is asked for at many places; where it goes on to the one that was called, for each of them. */
function kept(side: RawSide, chain: FilterChain, call: ProposedCall | null, make: () => unknown): unknown {
  const mine = chains.get(chain) ?? new Map<string, unknown>();
  chains.set(chain, mine);
  const key = call === null ? '' : `${side.address(call.host)} ${call.port} ${call.host}`;
  if (!mine.has(key)) mine.set(key, make());
  return mine.get(key);
}

/** Which route the request takes; null: 404. */
export function routeOf(side: RawSide, host: VirtualHost, call: ProposedCall): Route | null {
  return matchRoute(host, requestOf(describedCall(call, side.address(call.at ?? call.host) ?? '')));
}

/** What such a route does to the call, spelt out. */
export function actionOf(side: RawSide, host: VirtualHost, route: Route | null, call: ProposedCall): unknown {
  if (route === null) return null;
  const head = requestOf(describedCall(call, side.address(call.at ?? call.host) ?? ''));
  const { include_request_attempt_count: counted } = host;
  const filters = plainFilters(route.typed_per_filter_config);
  const { redirect, direct_response: direct, route: action } = route;
  if (redirect !== undefined || direct !== undefined || action === undefined) {
    const location = redirect && redirectLocation(redirect, head, route.match);
    const headers = HEADERS.slice(2).map(key => sortedTexts(route[key] ?? []));
    return { filters, headers, direct, location, code: redirect?.response_code };
  }
  const { cluster, weighted_clusters, hash_policy, request_mirror_policies: mirrors = [], ...more } = action;
  const { retry_policy, max_grpc_timeout: _, prefix_rewrite: __, regex_rewrite: ___, ...rest } = more;
  const to = destinations(side, { cluster, weighted_clusters } as TcpProxy, route, call, true);
  const isHashed = /"lb_policy":"(RING_HASH|MAGLEV)"/.test(JSON.stringify(to));
  const names = clusterNames({ cluster, weighted_clusters } as TcpProxy);
  return {
    ...{ filters, counted, ...rest, to, path: rewrittenPath(action, route.match, head.path) ?? head.path },
    retries: plainRetries(
      retry_policy,
      action.timeout,
      names.some(each => hasChoice(side, each)),
    ),
    ...(isHashed ? { hash_policy } : {}),
    mirrors: mirrors.map(each => mirrored(side, each, call)),
  };
}

/** Which other server is asked matters where there is one; a try that may take as long as the call has no bound. */
function plainRetries(policy: RetryPolicy | undefined, timeout = '15s', choice: boolean): unknown {
  if (policy === undefined || policy.num_retries === 0) return null;
  const { retry_host_predicate, retry_priority, per_try_timeout: each, retry_on = '', ...rest } = policy;
  const seconds = Number.parseFloat;
  const bounded =
    each !== undefined && seconds(each) > 0 && (seconds(timeout) === 0 || seconds(each) < seconds(timeout));
  return {
    ...rest,
    retry_on: [
      ...new Set(
        retry_on
          .split(',')
          .map(one => one.trim())
          .filter(Boolean),
      ),
    ].sort(),
    ...(bounded ? { per_try_timeout: each } : {}),
    ...(choice ? { ...(retry_host_predicate === undefined ? { again: true } : {}), retry_priority } : {}),
  };
}

function mirrored(
  side: RawSide,
  { cluster, runtime_fraction, ...rest }: MirrorPolicy,
  call: ProposedCall,
): unknown {
  return { ...rest, share: runtime_fraction?.default_value, cluster: rawCluster(side, cluster, call, true) };
}

/** Clusters by their share, with all header changes that requests to them meet; in no order. */
function destinations(
  side: RawSide,
  { cluster, weighted_clusters }: Pick<TcpProxy, 'cluster' | 'weighted_clusters'>,
  route: HeaderMutations,
  call: ProposedCall,
  read: boolean,
): Record<string, unknown>[] {
  const all: readonly ClusterWeight[] = weighted_clusters?.clusters ?? [{ name: cluster ?? '', weight: 1 }];
  const total = all.reduce((sum, each) => sum + (each.weight ?? 0), 0);
  const shares = new Map<string, number>();
  for (const each of all.filter(one => (one.weight ?? 0) > 0)) {
    const { name, weight = 0, ...own } = each;
    const headers = Object.fromEntries(
      HEADERS.map(key => [key, sortedTexts([...(route[key] ?? []), ...(own[key] ?? [])])]),
    );
    const value = JSON.stringify({
      cluster: rawCluster(side, name, call, read),
      headers,
      host: own.host_rewrite_literal,
    });
    shares.set(value, (shares.get(value) ?? 0) + weight / total);
  }
  return [...shares]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([text, share]) => ({ ...JSON.parse(text), share: share.toFixed(6) }));
}

const HEADERS = [
  ...(['request_headers_to_add', 'request_headers_to_remove'] as const),
  ...(['response_headers_to_add', 'response_headers_to_remove'] as const),
];

const sortedTexts = (values: readonly unknown[]) => values.map(each => JSON.stringify(each)).sort();

/** Without faults that never happen, and a CORS policy that allows nobody and answers nothing. */
function plainFilters(filters: Route['typed_per_filter_config'] = {}): unknown {
  const { 'envoy.filters.http.fault': fault, 'envoy.filters.http.cors': policy, ...rest } = filters;
  const allows =
    policy?.allow_origin_string_match !== undefined || policy?.forward_not_matching_preflights === false;
  const happens = (part: HttpFault['delay'] | HttpFault['abort']) => (part?.percentage?.numerator ?? 0) > 0;
  const { delay, abort } = fault ?? {};
  const cors = allows ? { cors: policy } : {};
  return { ...rest, ...cors, ...(happens(delay) ? { delay } : {}), ...(happens(abort) ? { abort } : {}) };
}

function describedCall(call: ProposedCall, ip: string) {
  const { scheme, host, port, method, path, headers } = call;
  const usual = port === (scheme === 'https' ? 443 : 80);
  return {
    ...{ to: { ip, port }, protocol: scheme, host: usual ? host : `${host}:${port}`, method, path, headers },
    sni: scheme === 'https' ? host : '',
  };
}

/** The paths at which two values differ, '[]' for any item: 'route.timeout', 'route.to[].cluster.limits'. */
export function differingPaths(a: unknown, b: unknown, at: string): string[] {
  if (a === b) return [];
  if (JSON.stringify(a) === JSON.stringify(b)) return [];
  const isObject = (each: unknown) => typeof each === 'object' && each !== null;
  if (!isObject(a) || !isObject(b) || Array.isArray(a) !== Array.isArray(b)) return [at];
  const [x, y] = [a, b] as Record<string, unknown>[];
  if (Array.isArray(a) && Array.isArray(b) && a.length !== b.length) return [`${at}[]`];
  const keys = [...new Set([...Object.keys(x ?? {}), ...Object.keys(y ?? {})])];
  const found = keys.flatMap(key =>
    differingPaths(x?.[key], y?.[key], Array.isArray(a) ? `${at}[]` : `${at}.${key}`),
  );
  return [...new Set(found)];
}
