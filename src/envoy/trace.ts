/**
 * Walks an Envoy configuration for a described call and records each decision: listener, filter chain, route, cluster,
 * and why the others were not taken. It uses the same matchers as the sandbox's live proxy. Pure.
 * The trace says what the configuration does with a call, not what happens then: whether the API answers, a host is
 * ejected or a limit is reached, only a probe can show. Chance (weights, percentages) is given as shares. Modelled on
 * Istio's pilot/pkg/simulation/traffic.go.
 */
import { isBound } from './bound-listener.ts';
import type { EnvoyConfig, HttpConnectionManager, TcpProxy } from './config.ts';
import { type ConnectionCall, matchFilterChain, matchListener } from './match.ts';
import { redirectLocation, redirectStatus } from './match-action.ts';
import { matchRoute, matchVirtualHost, type RequestHead } from './match-route.ts';
import { actionStep, certainAbort, sharesOf } from './trace-action.ts';
import { filterChainStep, httpManagerOf, listenerStep, tcpProxyOf } from './trace-chain.ts';
import { clusterShare, clusterSteps } from './trace-cluster.ts';
import { routeConfigurationStep, routeStep, virtualHostStep } from './trace-route.ts';
import type { ClusterShare, DescribedCall, Trace, TraceOutcome, TraceStep } from './trace-types.ts';

/** All steps up to the outcome. Never throws. */
export function trace(config: EnvoyConfig, call: DescribedCall): Trace {
  const steps: TraceStep[] = [];
  const outcome = walk(config, call, step => steps.push(step));
  return { call, steps, outcome };
}

type Tell = (step: TraceStep) => void;

function walk(config: EnvoyConfig, call: DescribedCall, tell: Tell): TraceOutcome {
  if (isOwnLoopback(config, call)) return { kind: 'loopback' };
  const listener = matchListener(config, call.to);
  tell(listenerStep(config, call, listener));
  if (listener === null) return { kind: 'no-chain' };
  const connection = connectionOf(call);
  const chain = matchFilterChain(listener, connection);
  tell(filterChainStep(listener, connection, chain));
  if (chain === null) return { kind: 'no-chain' };
  const manager = httpManagerOf(chain);
  if (manager !== null) return walkHttp(config, manager, call, tell);
  const proxy = tcpProxyOf(chain);
  return proxy === null ? { kind: 'no-chain' } : walkTcp(config, proxy, call, tell);
}

/**
 * Istio does not redirect calls to the loopback into the sidecar; such a call can only reach a listener that a Sidecar
 * bound there.
 * Source: istio tools/istio-iptables/pkg/capture/run.go.
 */
function isOwnLoopback(config: EnvoyConfig, { to }: DescribedCall): boolean {
  return /^(127\.|::1$)/.test(to.ip) && !isBound(config, to);
}

/** What the inspectors would find in the connection's first bytes. */
export function connectionOf(call: DescribedCall): ConnectionCall {
  const protocols = { http: ['http/1.1'], https: ['h2', 'http/1.1'], tcp: [] }[call.protocol];
  return {
    ...call.to,
    sni: call.protocol === 'https' ? call.sni : '',
    transport: call.protocol === 'https' ? 'tls' : 'raw_buffer',
    applicationProtocols: call.applicationProtocols ?? protocols,
  };
}

function walkTcp(config: EnvoyConfig, proxy: TcpProxy, call: DescribedCall, tell: Tell): TraceOutcome {
  const named = proxy.weighted_clusters?.clusters ?? [{ name: proxy.cluster ?? '', weight: 1 }];
  return end(config, sharesOf(named), [], call, 'tcp', tell);
}

function walkHttp(
  config: EnvoyConfig,
  manager: HttpConnectionManager,
  call: DescribedCall,
  tell: Tell,
): TraceOutcome {
  if (call.protocol !== 'http') return { kind: 'not-http' };
  const request = requestOf(call);
  const name = manager.rds?.route_config_name ?? manager.route_config?.name ?? '';
  const routes = manager.route_config ?? config.routes.find(one => one.name === name) ?? null;
  tell(routeConfigurationStep(name, routes));
  if (routes === null) return { kind: 'no-route' };
  const host = matchVirtualHost(routes, call.host);
  tell(virtualHostStep(routes, host, call.host));
  if (host === null) return { kind: 'no-route' };
  const route = matchRoute(host, request);
  tell(routeStep(host, route, request));
  if (route === null) return { kind: 'no-route' };
  tell(actionStep(route, request));
  if (route.direct_response !== undefined) return { kind: 'direct', status: route.direct_response.status };
  if (route.redirect !== undefined) {
    const location = redirectLocation(route.redirect, request, route.match);
    return { kind: 'redirect', status: redirectStatus(route.redirect), location };
  }
  const action = route.route ?? {};
  const named = action.weighted_clusters?.clusters ?? [{ name: action.cluster ?? '', weight: 1 }];
  const mirrors = (action.request_mirror_policies ?? []).map(mirror => mirror.cluster);
  const outcome = end(config, sharesOf(named), mirrors, call, 'http', tell);
  const abort = certainAbort(route);
  const clusters = 'clusters' in outcome ? outcome.clusters : [];
  return abort === null ? outcome : { kind: 'fault', status: abort, clusters };
}

/** What the connection manager looks for a route with. */
export function requestOf(call: DescribedCall): RequestHead {
  return {
    method: call.method,
    path: call.path,
    authority: call.host,
    scheme: call.protocol === 'https' ? 'https' : 'http',
    // Envoy's connection manager sets it before it looks for a route.
    headers: new Map(Object.entries({ 'x-forwarded-proto': call.protocol, ...call.headers })),
  };
}

/** The clusters at the end of the path, each with its hosts, and the outcome. */
function end(
  config: EnvoyConfig,
  named: readonly { readonly name: string; readonly share: number }[],
  mirrors: readonly string[],
  call: DescribedCall,
  as: 'http' | 'tcp',
  tell: Tell,
): TraceOutcome {
  const clusters: ClusterShare[] = named
    .filter(one => one.share > 0)
    .map(one => clusterShare(config, one.name, one.share));
  for (const one of clusters) {
    for (const step of clusterSteps(config, one.name, { role: 'main', share: one.share, call, as }))
      tell(step);
  }
  for (const name of mirrors) {
    for (const step of clusterSteps(config, name, { role: 'mirror', share: 1, call, as })) tell(step);
  }
  const [first] = clusters;
  if (clusters.length === 1 && first !== undefined) {
    if (!first.exists) return { kind: 'no-cluster', name: first.name };
    if (first.name === 'PassthroughCluster') return { kind: 'passthrough' };
    if (first.name === 'BlackHoleCluster') return { kind: 'blackhole' };
  }
  if (clusters.length > 0 && clusters.every(one => !one.exists)) {
    return { kind: 'no-cluster', name: clusters.map(one => one.name).join(', ') };
  }
  return { kind: clusters.some(one => one.hosts) ? 'cluster' : 'no-endpoints', clusters };
}
