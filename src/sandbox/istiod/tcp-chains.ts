/**
 * What a listener does with connections that it does not read as HTTP: the tls and tcp routes of VirtualServices, else
 * straight to the service's cluster.
 * Source: pilot/pkg/networking/core/tls.go (buildSidecarOutboundTLSFilterChainOpts,
 * buildSidecarOutboundTCPFilterChainOpts), networkfilter.go.
 */
import type { NetworkFilter, TcpProxy } from '../../envoy/config.ts';
import { addressText } from '../../envoy/endpoint-address.ts';
import { overlaps } from '../../istio/host.ts';
import { selects } from '../../istio/labels.ts';
import { isTls } from '../../istio/protocol.ts';
import type {
  DestinationRuleSpec,
  L4MatchAttributes,
  RouteDestination,
  TlsMatchAttributes,
  TrafficPolicy,
} from '../../istio/types.ts';
import { anyType, configPath, type Mutable, protoDuration } from './envoy-json.ts';
import { anyConnection, type ChainPlan } from './filter-chains.ts';
import {
  clusterName,
  dnsCache,
  isDynamicDns,
  type MeshService,
  type MeshServicePort,
  UNSPECIFIED,
} from './mesh-service.ts';
import { destinationCluster } from './route-action.ts';
import type { SidecarScope } from './sidecar-scope.ts';
import type { MeshConfig, ProxyIdentity } from './snapshot.ts';
import { alternatives } from './virtual-host-domains.ts';
import { MESH_GATEWAY, type MeshVirtualService } from './virtual-services.ts';

export interface TcpContext {
  readonly scope: SidecarScope;
  readonly proxy: ProxyIdentity;
  readonly mesh: MeshConfig;
  readonly service: MeshService;
  /** The listener's port: the service's, or the one in a Sidecar's egress listener. */
  readonly port: MeshServicePort;
  readonly bind: string;
  /** The service's addresses, if the listener is for all addresses. */
  readonly cidrs: readonly string[];
}

export function tcpChains(context: TcpContext, virtualServices: readonly MeshVirtualService[]): ChainPlan[] {
  const fitting = virtualServices.filter(vs => vs.hosts.some(h => overlaps(h, context.service.host)));
  return isTls(context.port.protocol) ? tlsRoutes(context, fitting) : tcpRoutes(context, fitting);
}

function fits(match: L4MatchAttributes, { proxy, port }: TcpContext): boolean {
  return (
    (!match.gateways?.length || match.gateways.includes(MESH_GATEWAY)) &&
    selects(match.sourceLabels, proxy.labels) &&
    (!match.port || match.port === port.port) &&
    (!match.sourceNamespace || match.sourceNamespace === proxy.namespace)
  );
}

function tlsRoutes(context: TcpContext, virtualServices: readonly MeshVirtualService[]): ChainPlan[] {
  const { port } = context;
  const out: ChainPlan[] = [];
  const handled = new Set<string>();
  let { cidrs } = context;
  for (const vs of virtualServices) {
    for (const { match = [], route = [] } of vs.spec.tls ?? []) {
      if (route.length === 0) continue;
      for (const m of match.filter(candidate => fits(candidate, context))) {
        if (m.destinationSubnets?.length && port.port > 0) cidrs = m.destinationSubnets;
        const key = conditions(m);
        if (handled.has(key)) continue;
        handled.add(key);
        out.push({
          ...anyConnection(routeFilters(route, context, vs)),
          ...source(vs),
          sni: m.sniHosts ?? [],
          cidrs,
        });
      }
    }
  }
  return out.length > 0 ? out : [{ ...toService(context, cidrs), sni: serviceSni(context, cidrs) }];
}

/** The conditions that Envoy can check; rules that differ only in other ways cannot be told apart. */
const conditions = (m: TlsMatchAttributes): string =>
  `${(m.sniHosts ?? []).join()}|${(m.destinationSubnets ?? []).join()}`;

/** SNI tells the services of one listener apart; a listener on the service's own address does not need it. */
function serviceSni({ service, bind, proxy, mesh }: TcpContext, cidrs: readonly string[]): string[] {
  const shared = service.address.includes('/') || (service.address === UNSPECIFIED && bind === UNSPECIFIED);
  if (cidrs.length === 0 && !shared && !isDynamicDns(service)) return [];
  return [
    service.host,
    ...service.aliases.flatMap(a => [a.host, ...alternatives(a.host, proxy.namespace, mesh)]),
  ];
}

function tcpRoutes(context: TcpContext, virtualServices: readonly MeshVirtualService[]): ChainPlan[] {
  const { port, cidrs } = context;
  const out: ChainPlan[] = [];
  for (const vs of virtualServices) {
    for (const { match, route = [] } of vs.spec.tcp ?? []) {
      if (route.length === 0) continue;
      const chain = (ranges: readonly string[]): ChainPlan => ({
        ...anyConnection(routeFilters(route, context, vs)),
        cidrs: ranges,
      });
      const applying = match?.length ? match.filter(m => fits(m, context)) : [{}];
      // A match without subnets is for all connections: nothing after it can be reached.
      const forAll = applying.some(m => !m.destinationSubnets?.length || port.port === 0);
      if (forAll) return [...out, { ...chain(cidrs), ...source(vs) }];
      const subnets = applying.flatMap(m => m.destinationSubnets ?? []);
      if (subnets.length === 0) continue;
      out.push(chain(subnets));
      if ([...subnets].sort().join() === [...cidrs].sort().join()) return out;
    }
  }
  return [...out, toService(context, cidrs)];
}

const source = (vs: MeshVirtualService): Pick<ChainPlan, 'metadata'> => ({
  metadata: { filter_metadata: { istio: { config: configPath('virtual-service', vs.namespace, vs.name) } } },
});

function toService({ service, port, scope }: TcpContext, cidrs: readonly string[]): ChainPlan {
  const only = service.ports.length === 1 ? service.ports[0]?.port : undefined;
  const cluster = clusterName(only ?? port.port, '', service.host);
  const rule = scope.destinationRule(service.host)?.spec;
  const proxy = tcpProxy({ stat_prefix: cluster, cluster }, rule, '');
  const filters = isDynamicDns(service) ? [forwardBySni(service, port), proxy] : [proxy];
  return { ...anyConnection(filters), cidrs };
}

/** Resolves the name in the client's SNI and sends the connection there. */
const forwardBySni = (service: MeshService, { port }: MeshServicePort): NetworkFilter => ({
  name: 'envoy.extensions.filters.network.sni_dynamic_forward_proxy',
  typed_config: {
    ...anyType('envoy.extensions.filters.network.sni_dynamic_forward_proxy.v3.FilterConfig'),
    ...dnsCache(service),
    port_value: port,
  },
});

function routeFilters(
  routes: readonly RouteDestination[],
  { scope, port }: TcpContext,
  vs: MeshVirtualService,
): NetworkFilter[] {
  const cluster = ({ destination = {} }: RouteDestination): string =>
    destinationCluster(destination, scope.service(destination.host ?? ''), port.port);
  const [first] = routes;
  const rule = scope.destinationRule(first?.destination?.host ?? '')?.spec;
  if (first !== undefined && routes.length === 1) {
    const name = cluster(first);
    return [tcpProxy({ stat_prefix: name, cluster: name }, rule, first.destination?.subset ?? '')];
  }
  const weighted = routes.filter(r => r.weight).map(r => ({ name: cluster(r), weight: r.weight ?? 0 }));
  return [
    tcpProxy(
      { stat_prefix: `${vs.name}.${vs.namespace}`, weighted_clusters: { clusters: weighted } },
      rule,
      '',
    ),
  ];
}

/** The TCP proxy filter, with what a DestinationRule says about connections on this side. */
export function tcpProxy(
  where: TcpProxy,
  rule: DestinationRuleSpec | undefined,
  subset: string,
): NetworkFilter {
  const proxy: Mutable<TcpProxy> = {
    ...anyType('envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy'),
    ...where,
  };
  const tcp = rule?.trafficPolicy?.connectionPool?.tcp;
  if (tcp?.idleTimeout !== undefined) proxy.idle_timeout = protoDuration(tcp.idleTimeout);
  if (tcp?.maxConnectionDuration !== undefined) {
    Object.assign(proxy, { max_downstream_connection_duration: protoDuration(tcp.maxConnectionDuration) });
  }
  const own = rule?.subsets?.find(s => (s.name ?? '') === subset)?.trafficPolicy;
  const balancer = own?.loadBalancer ?? rule?.trafficPolicy?.loadBalancer;
  if (balancer?.consistentHash?.useSourceIp) Object.assign(proxy, { hash_policy: [{ source_ip: {} }] });
  // A subset has its own tunnel, or none.
  const tunnel = subset === '' ? rule?.trafficPolicy?.tunnel : own?.tunnel;
  if (tunnel !== undefined) proxy.tunneling_config = tunneling(tunnel);
  return { name: 'envoy.filters.network.tcp_proxy', typed_config: proxy };
}

function tunneling({
  protocol,
  targetHost = '',
  targetPort = 0,
}: NonNullable<TrafficPolicy['tunnel']>): NonNullable<TcpProxy['tunneling_config']> {
  return {
    hostname: addressText(targetHost, targetPort),
    ...(protocol === 'POST' && { use_post: true }),
  };
}
