/**
 * A call's effect, read off a configuration by the matchers that the tracer and the sandbox's data plane use. Pure; a
 * dear regex may throw RegexPending (regex-work.ts), so callers wrap it in withRegexes().
 */
import type {
  ClusterWeight,
  EnvoyConfig,
  HeaderMutations,
  HttpFault,
  MirrorPolicy,
  Route,
  RouteAction,
  TcpProxy,
} from '../envoy/config.ts';
import { fraction, redirectLocation, redirectStatus, rewrittenPath, seconds } from '../envoy/match-action.ts';
import { matchRoute, type RequestHead } from '../envoy/match-route.ts';
import { requestOf } from '../envoy/trace.ts';
import { sharesOf } from '../envoy/trace-action.ts';
import { httpManagerOf } from '../envoy/trace-chain.ts';
import {
  chainDetails,
  corsDetails,
  sendingDetails,
  tcpTimeDetails,
  triesDetails,
  tunnelDetails,
} from './details.ts';
import {
  aspectsOf,
  decider,
  decidersOf,
  type End,
  endsOf,
  mayRetryElsewhere,
  partsOf,
  timeDetailsOf,
} from './ends.ts';
import type { Answer, Decider, Effect, Fault, Mirror, ProposedCall, Side, Tries } from './types.ts';
import { clusterNamed, serversOf } from './upstream.ts';
import { describedCall, type Reading, wayOf } from './way.ts';

export interface Effected {
  readonly effect: Effect;
  readonly decidedBy: readonly Decider[];
}

const CLOSED: Effected = { effect: { answer: { kind: 'closed' } }, decidedBy: [] };

/** Null: the name does not resolve in the pod, so no sidecar sees the call. */
export function effectOf(side: Side, call: ProposedCall): Effected | null {
  const way = wayOf(side, call);
  switch (way?.kind) {
    case undefined:
      return null;
    case 'closed':
      return CLOSED;
    case 'tcp':
      return kept(way.known, way.proxy, () => ofTcp(side, way.proxy, call));
    case 'no-http':
      return status(400);
    case 'http': {
      const described = describedCall(side, call);
      if (described === null) return null;
      const head = requestOf(described);
      const route = way.host === null ? null : matchRoute(way.host, head);
      return route === null ? status(404) : ofRoute(side, way, route, head, call);
    }
  }
}

function kept<K extends object>(known: WeakMap<K, object>, key: K, make: () => Effected): Effected {
  const found = (known.get(key) as Effected | undefined) ?? make();
  known.set(key, found);
  return found;
}

function status(code: number): Effected {
  return { effect: { answer: { kind: 'status', status: code } }, decidedBy: [] };
}

function ofTcp(side: Side, proxy: TcpProxy, call: ProposedCall): Effected {
  const named = proxy.weighted_clusters?.clusters ?? [{ name: proxy.cluster ?? '', weight: 1 }];
  const ends = endsOf(
    side,
    sharesOf(named).map(each => ({ ...each, host: null })),
    call,
  );
  const decidedBy = decidersOf(ends);
  if (ends.every(end => end.servers.length === 0)) return { ...CLOSED, decidedBy };
  const also = [...tunnelDetails(proxy), ...sendingOf(ends)];
  const effect: Effect = {
    answer: { kind: 'servers', to: partsOf(ends) },
    request: { headers: [], host: null, path: null, read: false, also },
    time: { timeout: null, also: [...tcpTimeDetails(proxy), ...timeDetailsOf(ends)] },
    ...aspectsOf(side, ends, proxy.hash_policy),
  };
  return { effect, decidedBy };
}

function ofRoute(side: Side, way: Reading, route: Route, head: RequestHead, call: ProposedCall): Effected {
  const plain = kept(way.known, route, () => withoutPath(side, way, route, head, call));
  if (route.redirect !== undefined) {
    const location = redirectLocation(route.redirect, head, route.match);
    const answer: Answer = { kind: 'redirect', status: redirectStatus(route.redirect), location };
    return { ...plain, effect: { ...plain.effect, answer } };
  }
  const path = rewrittenPath(route.route ?? {}, route.match, head.path) ?? head.path;
  const { request } = plain.effect;
  if (path === head.path || request === undefined) return plain;
  return { ...plain, effect: { ...plain.effect, request: { ...request, path } } };
}

/** What is the same for all requests to one place that take the route. */
function withoutPath(
  side: Side,
  way: Reading,
  route: Route,
  head: RequestHead,
  call: ProposedCall,
): Effected {
  const from = decider(route.metadata);
  const fault = faultOf(route);
  const cors = corsDetails(route.typed_per_filter_config?.['envoy.filters.http.cors']);
  const response = { headers: changes(route, 'response'), also: cors };
  const withFault = fault === null ? {} : { fault };
  if (route.redirect !== undefined) return { effect: { response, ...withFault }, decidedBy: from };
  if (route.direct_response !== undefined) {
    const answer: Answer = { kind: 'status', status: route.direct_response.status, text: textOf(route) };
    return { effect: { answer, response, ...withFault }, decidedBy: from };
  }
  if (fault?.abort?.share === 1 && fault.abort.grpc === undefined) {
    // Nothing that comes after is ever met. Source: envoy source/extensions/filters/http/fault/fault_filter.cc.
    return { effect: { answer: { kind: 'status', status: fault.abort.status }, fault }, decidedBy: from };
  }
  const action = route.route ?? {};
  const weighted = action.weighted_clusters?.clusters ?? [];
  const clusters: readonly ClusterWeight[] =
    weighted.length > 0 ? weighted : [{ name: action.cluster ?? '', weight: 1 }];
  const host = action.host_rewrite_literal ?? null;
  const shares = sharesOf(clusters).map((each, at) => ({
    ...each,
    host: host ?? clusters[at]?.host_rewrite_literal ?? head.authority,
  }));
  const ends = endsOf(side, shares, call);
  const timeout = action.timeout === undefined ? 15 : seconds(action.timeout);
  const nobody = ends.every(end => end.servers.length === 0);
  const own = (which: 'request' | 'response') => ownChanges(side, clusters, which, call);
  const effect: Effect = {
    answer: nobody ? { kind: 'status', status: 503 } : { kind: 'servers', to: partsOf(ends) },
    request: {
      headers: [...changes(route, 'request'), ...weighted.flatMap(one => changes(one, 'request'))].sort(),
      host: host ?? weighted.map(one => one.host_rewrite_literal).find(one => one !== undefined) ?? null,
      path: null,
      read: true,
      also: [...chainDetails(way.chain), ...sendingOf(ends), ...own('request')],
    },
    response: {
      headers: [...response.headers, ...weighted.flatMap(one => changes(one, 'response'))].sort(),
      also: [...cors, ...own('response')],
    },
    ...withFault,
    ...(nobody ? {} : aspectsOf(side, ends, action.hash_policy)),
    time: { timeout: timeout === 0 ? null : timeout, also: timeDetailsOf(ends) },
    tries: triesOf(action, mayRetryElsewhere(side.config, ends)),
    mirror: (action.request_mirror_policies ?? []).map(mirror =>
      mirrorOf(side, mirror, call, head.authority),
    ),
  };
  return { effect, decidedBy: [...new Set([...from, ...decidersOf(ends)])] };
}

/** A direct response's body. */
function textOf({ direct_response: response }: Route): string | undefined {
  const { inline_string: text, inline_bytes: bytes } = response?.body ?? {};
  return text ?? (bytes === undefined ? undefined : Buffer.from(bytes, 'base64').toString());
}

const sendingOf = (ends: readonly End[]) => [
  ...new Set(ends.flatMap(({ cluster, host }) => (cluster ? sendingDetails(cluster, host !== null) : []))),
];

/** What only some of the destinations change: which of them it is. */
function ownChanges(
  side: Side,
  clusters: readonly ClusterWeight[],
  which: 'request' | 'response',
  call: ProposedCall,
): string[] {
  const used = clusters.filter(one => (one.weight ?? 0) > 0);
  const of = used.map(one => [
    ...changes(one, which),
    ...(which === 'request' && one.host_rewrite_literal !== undefined
      ? [`host: ${one.host_rewrite_literal}`]
      : []),
  ]);
  if (of.every(each => each.join() === of[0]?.join())) return [];
  const words = used.map((one, at) => {
    const cluster = clusterNamed(side.config, one.name);
    const [first = []] = cluster === undefined ? [] : serversOf(side, cluster, call);
    return `to ${first.join(' or ') || 'nobody'}: ${of[at]?.join(', ') || 'nothing'}`;
  });
  return words.sort();
}

function mirrorOf(side: Side, mirror: MirrorPolicy, call: ProposedCall, host: string): Mirror {
  const ends = endsOf(side, [{ name: mirror.cluster, share: 1, host }], call);
  const { runtime_fraction } = mirror;
  return {
    servers: ends[0]?.servers[0] ?? [],
    share: runtime_fraction === undefined ? 1 : fraction(runtime_fraction.default_value),
    ...aspectsOf(side, ends, []),
    also: [...sendingOf(ends), ...timeDetailsOf(ends)],
  };
}

function changes(from: HeaderMutations, which: 'request' | 'response'): string[] {
  const added = from[`${which}_headers_to_add`] ?? [];
  const removed = from[`${which}_headers_to_remove`] ?? [];
  return [
    ...added.map(({ header, append_action }) => {
      const sign = append_action === 'OVERWRITE_IF_EXISTS_OR_ADD' ? ':' : '+:';
      return `${header.key.toLowerCase()}${sign} ${header.value ?? ''}`;
    }),
    ...removed.map(name => `- ${name.toLowerCase()}`),
  ].sort();
}

/** Null: none that ever happens. */
function faultOf(route: Route): Fault | null {
  const fault = route.typed_per_filter_config?.['envoy.filters.http.fault'];
  const shareOf = (percentage: Parameters<typeof fraction>[0] | undefined) =>
    percentage === undefined ? 0 : fraction(percentage);
  const delay = shareOf(fault?.delay?.percentage);
  const abort = shareOf(fault?.abort?.percentage);
  if (delay === 0 && abort === 0) return null;
  return {
    ...(delay > 0 ? { delay: { seconds: seconds(fault?.delay?.fixed_delay ?? '0s'), share: delay } } : {}),
    ...(abort > 0 ? { abort: { ...statusOf(fault?.abort), share: abort } } : {}),
  };
}

const statusOf = ({ http_status: status = 200, grpc_status: grpc }: NonNullable<HttpFault['abort']> = {}) =>
  grpc === undefined ? { status } : { status, grpc };

/** Conditions that Envoy makes one of: 5xx includes a reset and a refused connection, as its documentation says. */
function triesOf({ retry_policy, timeout }: RouteAction, elsewhere: boolean): Tries {
  const retries = retry_policy === undefined ? 0 : (retry_policy.num_retries ?? 1);
  if (retry_policy === undefined || retries === 0) return { retries: 0, on: [], each: null, also: [] };
  const codes = retry_policy.retriable_status_codes ?? [];
  const words = (retry_policy.retry_on ?? '').split(',').map(one => one.trim());
  const on = words.flatMap(one => {
    if (one !== 'retriable-status-codes') return one === '' ? [] : [one];
    return codes.map(String);
  });
  const each = retry_policy.per_try_timeout === undefined ? 0 : seconds(retry_policy.per_try_timeout);
  const whole = timeout === undefined ? 15 : seconds(timeout);
  // A try that may take as long as the whole call is cut by nothing of its own.
  const own = each === 0 || (whole > 0 && each >= whole) ? null : each;
  return { retries, on: [...new Set(on)].sort(), each: own, also: triesDetails(retry_policy, elsewhere) };
}

export interface RouteOf {
  readonly domains: readonly string[];
  readonly route: Route;
}

/** Every route that a configuration has, with the domains of its virtual host. */
export function routesOf(config: EnvoyConfig): RouteOf[] {
  const inline = config.listeners
    .flatMap(one => [
      ...(one.filter_chains ?? []),
      ...(one.default_filter_chain ? [one.default_filter_chain] : []),
    ])
    .flatMap(chain => httpManagerOf(chain)?.route_config ?? []);
  return [...config.routes, ...inline]
    .flatMap(one => one.virtual_hosts ?? [])
    .flatMap(({ domains, routes = [] }) => routes.map(route => ({ domains, route })));
}
