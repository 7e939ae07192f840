/**
 * How far a call comes before its request is read: the filter chain, and the virtual host that its name falls to. A
 * configuration is asked thousands of calls to a few places, so the answers are kept. Pure.
 */
import { isBound } from '../envoy/bound-listener.ts';
import type { FilterChain, Route, TcpProxy, VirtualHost } from '../envoy/config.ts';
import { matchFilterChain, matchListener } from '../envoy/match.ts';
import { matchVirtualHost } from '../envoy/match-route.ts';
import { connectionOf } from '../envoy/trace.ts';
import { httpManagerOf, tcpProxyOf } from '../envoy/trace-chain.ts';
import type { DescribedCall } from '../envoy/trace-types.ts';
import type { ProposedCall, Side } from './types.ts';

export type Way =
  /** Nothing takes the connection. */
  | { readonly kind: 'closed' }
  | { readonly kind: 'tcp'; readonly proxy: TcpProxy; readonly known: WeakMap<TcpProxy, object> }
  /** TLS where HTTP is read. */
  | { readonly kind: 'no-http' }
  /** No host: no domain is the call's. */
  | Reading;

export interface Reading {
  readonly kind: 'http';
  readonly chain: FilterChain;
  readonly host: VirtualHost | null;
  /** Effects of its routes, whichever request takes them. */
  readonly known: WeakMap<Route, object>;
}

const ways = new WeakMap<Side, Map<string, Way | null>>();

/** Null: the name does not resolve in the pod. The method, path and headers of the call play no part. */
export function wayOf(side: Side, call: ProposedCall): Way | null {
  const mine = ways.get(side) ?? new Map<string, Way | null>();
  ways.set(side, mine);
  const key = `${call.scheme} ${call.host} ${call.port} ${call.at}`;
  const known = mine.get(key);
  if (known !== undefined) return known;
  const way = found(side, call);
  mine.set(key, way);
  return way;
}

function found(side: Side, call: ProposedCall): Way | null {
  const described = describedCall(side, call);
  if (described === null) return null;
  const { to, host: authority } = described;
  // Istio takes no calls to the loopback into the sidecar; nobody else listens there.
  if (/^(127\.|::1$)/.test(to.ip) && !isBound(side.config, to)) return { kind: 'closed' };
  const listener = matchListener(side.config, to);
  const chain = listener && matchFilterChain(listener, connectionOf(described));
  if (chain === null) return { kind: 'closed' };
  const manager = httpManagerOf(chain);
  if (manager === null) {
    const proxy = tcpProxyOf(chain);
    return proxy === null ? { kind: 'closed' } : { kind: 'tcp', proxy, known: new WeakMap() };
  }
  if (call.scheme === 'https') return { kind: 'no-http' };
  const name = manager.rds?.route_config_name ?? manager.route_config?.name ?? '';
  const routes = manager.route_config ?? side.config.routes.find(one => one.name === name);
  const host = routes === undefined ? null : matchVirtualHost(routes, authority);
  return { kind: 'http', chain, host, known: new WeakMap() };
}

/** The same call as the sidecar of the pod sees it; null: the name does not resolve there. */
export function describedCall(side: Side, call: ProposedCall): DescribedCall | null {
  const { scheme, host, port, at, method, path, headers } = call;
  const ip = side.address(at ?? host);
  if (ip === null) return null;
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
