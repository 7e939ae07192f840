/**
 * Clusters: one per port of each service in scope and one more per subset, then those for unknown traffic.
 * Source: pilot/pkg/networking/core/cluster.go (buildOutboundClusters), cluster_builder.go.
 * Left out: inbound clusters, telemetry metadata (the lab's istiod sends none), SNI-DNAT, happy eyeballs.
 */
import type { Cluster, ClusterLoadAssignment, ClusterType } from '../../envoy/config.ts';
import type { Subset } from '../../istio/types.ts';
import { CATCH_ALL_CLUSTERS } from './catch-all-clusters.ts';
import { dnsAssignment, edsAssignment } from './cluster-endpoints.ts';
import { HTTP_OPTIONS, httpOptions, upstreamHttp } from './cluster-http.ts';
import {
  CONNECT_TIMEOUT,
  circuitBreakers,
  keepalive,
  loadBalancer,
  outlierDetection,
} from './cluster-policy.ts';
import { planTls, withProxyProtocol } from './cluster-tls.ts';
import type { MergedRule } from './destination-rules.ts';
import { anyType, configPath, type Mutable, protoDuration } from './envoy-json.ts';
import { type Client, localitySetting, zoneAwareConfig } from './locality-lb.ts';
import {
  clusterName,
  dnsCache,
  isDynamicDns,
  type MeshService,
  type MeshServicePort,
  meshSni,
} from './mesh-service.ts';
import { endpointsOnPort, type Registry } from './registry.ts';
import type { SidecarScope } from './sidecar-scope.ts';
import { type PlainPolicy, portPolicy, subsetPolicy } from './traffic-policy.ts';

export interface ClusterSet {
  readonly clusters: readonly Cluster[];
  /** For clusters of type EDS. */
  readonly endpoints: readonly ClusterLoadAssignment[];
}

interface ClusterContext {
  readonly registry: Registry;
  readonly client: Client;
  readonly service: MeshService;
  readonly port: MeshServicePort;
  readonly rule: MergedRule | undefined;
  readonly policy: PlainPolicy | undefined;
  /** Undefined for the service's own cluster. */
  readonly subset: Subset | undefined;
}

export function buildClusters(scope: SidecarScope, registry: Registry, client: Client): ClusterSet {
  const clusters: Cluster[] = [];
  const endpoints: ClusterLoadAssignment[] = [];
  const keep = (context: ClusterContext): boolean => {
    const built = buildCluster(context);
    if (built === undefined) return false;
    clusters.push(built.cluster);
    if (built.endpoints !== undefined) endpoints.push(built.endpoints);
    return true;
  };
  for (const service of scope.services) {
    if (service.resolution === 'Alias') continue;
    const rule = scope.destinationRule(service.host);
    for (const port of service.ports) {
      if (port.protocol === 'UDP') continue;
      const { policy } = portPolicy(rule?.spec.trafficPolicy, port.port);
      const shared = { registry, client, service, port, rule };
      // Without the service's own cluster (a DNS service without endpoints) its subsets have no clusters either.
      if (!keep({ ...shared, policy, subset: undefined }) || isDynamicDns(service)) continue;
      for (const subset of rule?.spec.subsets ?? []) {
        const merged = subsetPolicy(rule?.spec.trafficPolicy, subset.trafficPolicy, port.port);
        keep({ ...shared, policy: merged, subset });
      }
    }
  }
  return { clusters: [...clusters, ...CATCH_ALL_CLUSTERS], endpoints };
}

interface BuiltCluster {
  readonly cluster: Cluster;
  readonly endpoints: ClusterLoadAssignment | undefined;
}

function buildCluster(context: ClusterContext): BuiltCluster | undefined {
  const { service, port, rule, policy, subset } = context;
  const name = clusterName(port.port, subset?.name ?? '', service.host);
  const query = { ...context, cluster: name, port: port.port, rule: rule?.spec, subset: subset?.name ?? '' };
  const pool = policy?.connectionPool;
  const dynamic = isDynamicDns(service);
  if (dynamic && !['HTTP', 'TLS', 'GRPC', 'HTTP2'].includes(port.protocol)) return undefined;

  const cluster: Mutable<Cluster> = {
    ...anyType('envoy.config.cluster.v3.Cluster'),
    name,
    connect_timeout: pool?.tcp?.connectTimeout ? protoDuration(pool.tcp.connectTimeout) : CONNECT_TIMEOUT,
    circuit_breakers: circuitBreakers(pool, policy?.retryBudget),
    alt_stat_name: `${name};`,
  };
  const alive = keepalive(pool);
  if (alive !== undefined) Object.assign(cluster, { upstream_connection_options: alive });

  let type = firstType(context);
  if (type === 'STRICT_DNS' || type === 'LOGICAL_DNS') {
    const assigned = dnsAssignment(query);
    if (assigned === undefined) return undefined;
    Object.assign(cluster, DNS_FIELDS, { load_assignment: assigned });
  }
  if (type === 'ORIGINAL_DST') {
    const override = service.targetPorts.get(port.port);
    if (override !== undefined) cluster.original_dst_lb_config = { upstream_port_override: override };
  }
  if (!dynamic && policy?.loadBalancer?.simple === 'PASSTHROUGH' && type !== 'ORIGINAL_DST') {
    type = 'ORIGINAL_DST';
    delete cluster.load_assignment;
  }
  if (!dynamic) cluster.type = type;
  if (dynamic) cluster.lb_policy = 'CLUSTER_PROVIDED';
  else applyBalancing(cluster, policy, type === 'ORIGINAL_DST');

  const upstream = upstreamHttp(port.protocol, pool);
  let tls = planTls({
    settings: policy?.tls,
    service,
    accounts: dynamic ? [] : context.registry.accounts(service),
    meshSni: dynamic ? '' : meshSni(port.port, subset?.name ?? '', service.host),
    http2: upstream === 'http2',
    originalDst: type === 'ORIGINAL_DST',
    dynamic,
    autoMutualTls: mayUseMutualTls(context),
  });
  if (dynamic) Object.assign(cluster, forwardProxy(service, tls.allowInsecure));
  const proxyProtocol = policy?.proxyProtocol;
  if (proxyProtocol !== undefined) tls = withProxyProtocol(tls, proxyProtocol.version);
  if (tls.socket !== undefined) cluster.transport_socket = tls.socket;
  if (tls.matches !== undefined) cluster.transport_socket_matches = tls.matches;
  const options = httpOptions(upstream, pool, { sni: tls.autoSni, sanValidation: tls.autoSanValidation });
  if (options !== undefined) cluster.typed_extension_protocol_options = { [HTTP_OPTIONS]: options };
  const metadata = istioMetadata(context);
  if (metadata !== undefined) cluster.metadata = { filter_metadata: { istio: metadata } };
  if (dynamic || type !== 'EDS') return { cluster, endpoints: undefined };
  cluster.eds_cluster_config = {
    eds_config: { ads: {}, initial_fetch_timeout: '0s', resource_api_version: 'V3' },
    service_name: name,
  };
  return { cluster, endpoints: edsAssignment(query) };
}

/**
 * A subset starts from what its service's cluster has become, which PASSTHROUGH changes; its own PASSTHROUGH counts
 * from the start.
 */
function firstType({ service, port, rule, subset }: ClusterContext): ClusterType {
  const top = portPolicy(rule?.spec.trafficPolicy, port.port).policy;
  const passthrough = [top, subset?.trafficPolicy].some(p => p?.loadBalancer?.simple === 'PASSTHROUGH');
  return subset !== undefined && passthrough ? 'ORIGINAL_DST' : discoveryType(service);
}

function discoveryType(service: MeshService): ClusterType {
  switch (service.resolution) {
    case 'DNSLB':
      return 'STRICT_DNS';
    case 'DNSRoundRobinLB':
      return 'LOGICAL_DNS';
    case 'Passthrough':
      return 'ORIGINAL_DST';
    default:
      return 'EDS';
  }
}

const DNS_FIELDS = {
  dns_refresh_rate: '60s',
  dns_lookup_family: 'V4_ONLY',
  respect_dns_ttl: true,
  typed_dns_resolver_config: {
    name: 'envoy.network.dns_resolver.cares',
    typed_config: {
      ...anyType('envoy.extensions.network.dns_resolver.cares.v3.CaresDnsResolverConfig'),
      udp_max_queries: 100,
    },
  },
  dns_jitter: '0.100s',
};

function forwardProxy(service: MeshService, allowInsecure = false): Pick<Cluster, 'cluster_type'> {
  return {
    cluster_type: {
      name: 'envoy.clusters.dynamic_forward_proxy',
      typed_config: {
        ...anyType('envoy.extensions.clusters.dynamic_forward_proxy.v3.ClusterConfig'),
        ...dnsCache(service),
        ...(allowInsecure && { allow_insecure_cluster_options: true }),
      },
    },
  };
}

/** Outlier detection, panic threshold, load balancer; a cluster of type ORIGINAL_DST has no balancer. */
function applyBalancing(cluster: Mutable<Cluster>, policy: PlainPolicy | undefined, provided: boolean): void {
  const outlier = policy?.outlierDetection;
  if (outlier !== undefined) cluster.outlier_detection = outlierDetection(outlier);
  if (!provided) Object.assign(cluster, loadBalancer(policy?.loadBalancer));
  else cluster.lb_policy = 'CLUSTER_PROVIDED';
  // Panic mode is off unless minHealthPercent asks for it: ejecting a few pods must not bring the bad ones back.
  const panic = outlier?.minHealthPercent ?? 0;
  const setting = localitySetting(policy?.loadBalancer);
  const zones = policy?.loadBalancer?.zoneAwareLbSetting;
  const weighted =
    setting?.distribute !== undefined ||
    (outlier !== undefined && (setting?.failover !== undefined || setting?.failoverPriority !== undefined));
  cluster.common_lb_config = {
    healthy_panic_threshold: panic > 0 ? { value: panic } : {},
    ...(weighted && { locality_weighted_lb_config: {} }),
    ...(zones && { zone_aware_lb_config: zoneAwareConfig(zones) }),
  };
}

/**
 * Whether mutual TLS may be tried if the rule says nothing. When connections go to their original destination it cannot
 * be chosen per endpoint: all endpoints must have a sidecar. Source: push_context.go (BestEffortInferServiceMTLSMode).
 */
function mayUseMutualTls({ registry, service, port, rule, subset }: ClusterContext): boolean {
  const policy = subset === undefined ? rule?.spec.trafficPolicy : subset.trafficPolicy;
  if (service.resolution !== 'Passthrough' && policy?.loadBalancer?.simple !== 'PASSTHROUGH') return true;
  const endpoints = endpointsOnPort(registry, service, port.port);
  return endpoints.length > 0 && endpoints.every(e => e.mutualTls);
}

function istioMetadata({
  service,
  rule,
  policy,
  subset,
}: ClusterContext): Record<string, unknown> | undefined {
  const mode = policy?.tls?.mode;
  const metadata = {
    ...(service.external && subset === undefined && { external: true }),
    ...(rule && { config: configPath('destination-rule', rule.namespace, rule.name) }),
    ...(rule && (mode === 'SIMPLE' || mode === 'MUTUAL') && { alpn_override: 'false' }),
    ...(subset && { subset: subset.name ?? '' }),
  };
  return Object.keys(metadata).length > 0 ? metadata : undefined;
}
