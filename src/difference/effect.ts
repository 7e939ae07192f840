/**
 * A call's effect, read off a configuration by the matchers that the tracer and the sandbox's data plane use. Pure; a
 * dear regex may throw RegexPending (regex-work.ts), so callers wrap it in withRegexes().
 */
import type { EnvoyConfig, HeaderMutations, Route, RouteAction, TcpProxy } from '../envoy/config.ts';
import { matchFilterChain, matchListener } from '../envoy/match.ts';
import { fraction, redirectLocation, redirectStatus, rewrittenPath, seconds } from '../envoy/match-action.ts';
import { matchRoute, matchVirtualHost, type RequestHead } from '../envoy/match-route.ts';
import { connectionOf, requestOf } from '../envoy/trace.ts';
import { sharesOf } from '../envoy/trace-action.ts';
import { httpManagerOf, tcpProxyOf } from '../envoy/trace-chain.ts';
import { objectOf } from '../envoy/trace-origin.ts';
import type { DescribedCall } from '../envoy/trace-types.ts';
import type { Answer, Decider, Effect, Fault, Part, ProposedCall, Side, Tries } from './types.ts';
import {
  balanceOf,
  clusterNamed,
  ejectionOf,
  hostsOf,
  limitsOf,
  serversOf,
  tcpLimitsOf,
  tlsOf,
} from './upstream.ts';

export interface Effected {
  readonly effect: Effect;
  readonly decidedBy: readonly Decider[];
}

const CLOSED: Effected = { effect: { answer: { kind: 'closed' } }, decidedBy: [] };

/** Null: the name does not resolve in the pod, so no sidecar sees the call. */
export function effectOf(side: Side, call: ProposedCall): Effected | null {
  const ip = side.address(call.at ?? call.host);
  if (ip === null) return null;
  const listener = matchListener(side.config, { ip, port: call.port });
  if (listener === null) return CLOSED;
  const described = describedCall(call, ip);
  const chain = matchFilterChain(listener, connectionOf(described));
  if (chain === null) return CLOSED;
  const manager = httpManagerOf(chain);
  if (manager === null) {
    const proxy = tcpProxyOf(chain);
    return proxy === null ? CLOSED : ofTcp(side, proxy, call);
  }
  if (call.scheme === 'https') return status(400);
  const name = manager.rds?.route_config_name ?? manager.route_config?.name ?? '';
  const routes = manager.route_config ?? side.config.routes.find(one => one.name === name);
  const head = requestOf(described);
  const host = routes === undefined ? null : matchVirtualHost(routes, head.authority);
  const route = host === null ? null : matchRoute(host, head);
  return route === null ? status(404) : ofRoute(side, route, head, call);
}

/** The same call as the sidecar of the pod sees it, where the host has this address. */
function describedCall(call: ProposedCall, ip: string): DescribedCall {
  const { scheme, host, port, method, path, headers } = call;
  return {
    to: { ip, port },
    ...{ protocol: scheme, host: authorityOf(call), method, path, headers },
    sni: scheme === 'https' ? host : '',
  };
}

/** The Host header that curl sends. */
export function authorityOf({ host, port, scheme }: ProposedCall): string {
  return port === (scheme === 'https' ? 443 : 80) ? host : `${host}:${port}`;
}

function status(code: number): Effected {
  return { effect: { answer: { kind: 'status', status: code } }, decidedBy: [] };
}

function ofTcp(side: Side, proxy: TcpProxy, call: ProposedCall): Effected {
  const named = proxy.weighted_clusters?.clusters ?? [{ name: proxy.cluster ?? '', weight: 1 }];
  const { answer, ...upstream } = upstreams(side, sharesOf(named), call, null);
  const closed = answer.kind !== 'servers' || answer.to.every(part => part.servers.length === 0);
  if (closed) return { ...CLOSED, decidedBy: upstream.decidedBy };
  const request = { headers: [], host: null, path: null, read: false };
  return { effect: { answer, request, ...upstream.aspects }, decidedBy: upstream.decidedBy };
}

function ofRoute(side: Side, route: Route, head: RequestHead, call: ProposedCall): Effected {
  const from = decider(route.metadata);
  const fault = faultOf(route);
  const response = { headers: changes(route, 'response') };
  const withFault = fault === null ? {} : { fault };
  if (route.direct_response !== undefined) {
    const { status: code, body } = route.direct_response;
    const answer: Answer = { kind: 'status', status: code, text: body?.inline_string };
    return { effect: { answer, response, ...withFault }, decidedBy: from };
  }
  if (route.redirect !== undefined) {
    const location = redirectLocation(route.redirect, head, route.match);
    const answer: Answer = { kind: 'redirect', status: redirectStatus(route.redirect), location };
    return { effect: { answer, response, ...withFault }, decidedBy: from };
  }
  if (fault?.abort?.share === 1) {
    // Nothing that comes after is ever met. Source: envoy source/extensions/filters/http/fault/fault_filter.cc.
    return { effect: { answer: { kind: 'status', status: fault.abort.status }, fault }, decidedBy: from };
  }
  const action = route.route ?? {};
  const named = action.weighted_clusters?.clusters ?? [{ name: action.cluster ?? '', weight: 1 }];
  const host = action.host_rewrite_literal ?? null;
  const { answer, aspects, decidedBy } = upstreams(side, sharesOf(named), call, host ?? head.authority);
  const path = rewrittenPath(action, route.match, head.path);
  const timeout = action.timeout === undefined ? 15 : seconds(action.timeout);
  const weighted = action.weighted_clusters?.clusters ?? [];
  const effect: Effect = {
    answer,
    request: {
      headers: [...changes(route, 'request'), ...weighted.flatMap(one => changes(one, 'request'))].sort(),
      host: host ?? weighted.map(one => one.host_rewrite_literal).find(one => one !== undefined) ?? null,
      path: path === head.path ? null : path,
      read: true,
    },
    response: {
      headers: [...response.headers, ...weighted.flatMap(one => changes(one, 'response'))].sort(),
    },
    ...withFault,
    ...aspects,
    time: { timeout: timeout === 0 ? null : timeout },
    tries: triesOf(action),
    mirror: (action.request_mirror_policies ?? []).map(mirror => {
      const cluster = clusterNamed(side.config, mirror.cluster);
      const [servers = []] = cluster === undefined ? [] : serversOf(side, cluster, call);
      const { runtime_fraction } = mirror;
      return {
        servers,
        share: runtime_fraction === undefined ? 1 : fraction(runtime_fraction.default_value),
      };
    }),
  };
  return { effect, decidedBy: [...new Set([...from, ...decidedBy])] };
}

/** The clusters at a call's end, together; `host` is the Host header by then, null if the bytes are not read. */
function upstreams(
  side: Side,
  named: readonly { readonly name: string; readonly share: number }[],
  call: ProposedCall,
  host: string | null,
) {
  const used = named
    .filter(one => one.share > 0)
    .map(one => ({ ...one, cluster: clusterNamed(side.config, one.name) }));
  const parts = new Map<string, Part>();
  for (const { share, cluster } of used) {
    const servers = cluster === undefined ? [] : serversOf(side, cluster, call);
    const key = JSON.stringify(servers);
    parts.set(key, { servers, share: round((parts.get(key)?.share ?? 0) + share) });
  }
  const to = [...parts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part);
  const clusters = used.flatMap(({ cluster }) => cluster ?? []);
  const distinct = <T>(values: readonly T[]) =>
    [...new Map(values.map(value => [JSON.stringify(value), value])).entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, value]) => value);
  const nobody = to.every(part => part.servers.length === 0);
  const answer: Answer = nobody && host !== null ? { kind: 'status', status: 503 } : { kind: 'servers', to };
  return {
    answer,
    aspects: nobody
      ? {}
      : {
          tls: distinct(clusters.map(each => tlsOf(each, host))),
          limits: distinct(clusters.map(each => (host === null ? tcpLimitsOf(each) : limitsOf(each)))),
          ejection: distinct(clusters.map(each => ejectionOf(each, hostsOf(side.config, each)))),
          balance: distinct(clusters.map(balanceOf)),
        },
    decidedBy: [...new Set(clusters.flatMap(each => decider(each.metadata)))],
  };
}

const round = (share: number) => Math.round(share * 10_000) / 10_000;

function decider(metadata: Route['metadata']): Decider[] {
  const from = objectOf(metadata);
  return from === undefined ? [] : [`${from.kind} ${from.namespace}/${from.name}`];
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
    ...(abort > 0 ? { abort: { status: fault?.abort?.http_status ?? 200, share: abort } } : {}),
  };
}

/** Conditions that Envoy makes one of: 5xx includes a reset and a refused connection, as its documentation says. */
function triesOf({ retry_policy, timeout }: RouteAction): Tries {
  const retries = retry_policy === undefined ? 0 : (retry_policy.num_retries ?? 1);
  if (retry_policy === undefined || retries === 0) return { retries: 0, on: [], each: null };
  const codes = retry_policy.retriable_status_codes ?? [];
  const on = (retry_policy.retry_on ?? '').split(',').flatMap(one => {
    if (one !== 'retriable-status-codes') return one === '' ? [] : [one];
    return codes.map(String);
  });
  const each = retry_policy.per_try_timeout === undefined ? 0 : seconds(retry_policy.per_try_timeout);
  const whole = timeout === undefined ? 15 : seconds(timeout);
  // A try that may take as long as the whole call is cut by nothing of its own.
  const own = each === 0 || (whole > 0 && each >= whole) ? null : each;
  return { retries, on: [...new Set(on)].sort(), each: own };
}

/** Every route that a configuration has, with the domains of its virtual host. */
export function routesOf(config: EnvoyConfig): { domains: readonly string[]; route: Route }[] {
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
