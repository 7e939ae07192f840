/** The end of a trace: a cluster, what a DestinationRule has changed in it, and its hosts. */
import type { Cluster, ClusterLoadAssignment, EnvoyConfig, LbEndpoint } from './config.ts';
import { addressText, hostAndPort } from './endpoint-address.ts';
import { seconds } from './match-action.ts';
import { percent } from './trace-action.ts';
import { objectOf } from './trace-origin.ts';
import { tlsFacts } from './trace-tls.ts';
import type { ClusterShare, DescribedCall, Fact, TraceStep } from './trace-types.ts';
import { unwrapped } from './transport-socket.ts';

export interface ClusterContext {
  readonly role: 'main' | 'mirror';
  readonly share: number;
  readonly call: DescribedCall;
  /** Whether the sidecar reads requests or only passes bytes on. */
  readonly as: 'http' | 'tcp';
}

export function clusterShare(config: EnvoyConfig, name: string, share: number): ClusterShare {
  const cluster = config.clusters.find(one => one.name === name);
  return {
    name,
    share,
    exists: cluster !== undefined,
    hosts: cluster !== undefined && hasHosts(config, cluster),
  };
}

/** The cluster, then its hosts. */
export function clusterSteps(config: EnvoyConfig, name: string, context: ClusterContext): TraceStep[] {
  const cluster = config.clusters.find(one => one.name === name);
  const part =
    context.role === 'mirror' ? 'the copy' : context.share < 1 ? percent(context.share) : undefined;
  const base = { kind: 'cluster', name, passedOver: [], part } as const;
  if (cluster === undefined) {
    const lost = { name: 'warning', value: 'the copies go nowhere, and nothing tells of it' };
    const facts = [...whyNone(config, name), ...(context.role === 'mirror' ? [lost] : [])];
    return [{ ...base, because: 'the sidecar has no cluster of this name', facts }];
  }
  const from = objectOf(cluster.metadata);
  const step: TraceStep = {
    ...base,
    because: typeWords(cluster),
    facts: [
      ...tlsFacts(cluster, context),
      ...clearTextFacts(config, cluster, context),
      ...limitFacts(cluster),
      ...outlierFacts(config, cluster),
    ],
    from,
  };
  return [step, ...endpointSteps(config, cluster, context)];
}

/** Plain HTTP to port 443 is nearly always a mistake: the far side expects TLS. */
function clearTextFacts(config: EnvoyConfig, cluster: Cluster, { as, call }: ClusterContext): Fact[] {
  const { socket } = unwrapped(cluster.transport_socket);
  if (as !== 'http' || socket?.name === 'envoy.transport_sockets.tls') return [];
  const ports =
    cluster.type === 'ORIGINAL_DST'
      ? [cluster.original_dst_lb_config?.upstream_port_override ?? call.to.port]
      : (assignmentOf(config, cluster)?.endpoints ?? [])
          .flatMap(one => one.lb_endpoints ?? [])
          .map(one => hostAndPort(one.endpoint.address).port);
  if (!ports.includes(443)) return [];
  return [{ name: 'warning', value: 'plain HTTP goes to port 443, where servers expect TLS' }];
}

/** A name that nearly matches says most: the subset is missing, or the port. */
function whyNone(config: EnvoyConfig, name: string): Fact[] {
  const [, port, subset, host] = name.split('|');
  if (host === undefined) return [];
  const same = config.clusters.map(one => one.name.split('|')).filter(parts => parts[3] === host);
  if (same.length === 0) return [{ name: 'why', value: `the mesh knows no host ${host}` }];
  const ports = [...new Set(same.map(parts => parts[1]))];
  if (!ports.includes(port))
    return [{ name: 'why', value: `${host} has no port ${port}, only ${ports.join(', ')}` }];
  const subsets = [...new Set(same.flatMap(parts => parts[2] || []))];
  const known = subsets.length === 0 ? 'it has none' : `it has ${subsets.join(', ')}`;
  return [{ name: 'why', value: `no DestinationRule in effect names subset ${subset} of ${host}; ${known}` }];
}

function typeWords(cluster: Cluster): string {
  switch (cluster.type) {
    case 'STRICT_DNS':
    case 'LOGICAL_DNS':
      return 'its servers are found by DNS';
    case 'STATIC':
      return cluster.name === 'BlackHoleCluster'
        ? 'it has no servers, by intention'
        : 'its addresses are fixed';
    case 'EDS':
      return 'istiod tells its servers';
    case 'ORIGINAL_DST':
      return cluster.original_dst_lb_config?.upstream_port_override === undefined
        ? 'it goes on to the address that the app called'
        : `it goes on to the address that the app called, port ${cluster.original_dst_lb_config.upstream_port_override}`;
    default:
      return 'looks up the name that the app sent';
  }
}

const BALANCERS: Readonly<Record<string, string>> = {
  ROUND_ROBIN: 'each request to the next of them',
  LEAST_REQUEST: 'each request to the less busy of two of them',
  RANDOM: 'each request to one by chance',
  RING_HASH: 'the same key to the same of them (ring hash)',
  MAGLEV: 'the same key to the same of them (Maglev)',
};

/** 2^32-1 is how Istio writes 'no limit'. */
const NO_LIMIT = 4_294_967_295;

function limitFacts(cluster: Cluster): Fact[] {
  const threshold = cluster.circuit_breakers?.thresholds?.[0];
  const limits = [
    [threshold?.max_connections, 'connections'],
    [threshold?.max_pending_requests, 'requests waiting'],
    [threshold?.max_requests, 'requests at a time'],
    [threshold?.max_retries, 'retries at a time'],
  ] as const;
  const words = limits.flatMap(([limit, what]) =>
    limit === undefined || limit >= NO_LIMIT ? [] : [`${limit} ${what}`],
  );
  const options =
    cluster.typed_extension_protocol_options?.['envoy.extensions.upstreams.http.v3.HttpProtocolOptions'];
  const per = options?.common_http_protocol_options?.max_requests_per_connection;
  return [
    ...(words.length === 0
      ? []
      : [{ name: 'limits', value: `${words.join(', ')}; beyond them 503, flag UO` }]),
    ...(per === undefined
      ? []
      : [{ name: 'renews', value: `a connection after ${per === 1 ? 'each request' : `${per} requests`}` }]),
  ];
}

function outlierFacts(config: EnvoyConfig, cluster: Cluster): Fact[] {
  const outlier = cluster.outlier_detection;
  if (outlier === undefined) return [];
  const gateway = outlier.consecutive_gateway_failure;
  const errors = outlier.consecutive_5xx ?? 5;
  const after = [
    ...(outlier.enforcing_consecutive_5xx === 0 || errors === 0 ? [] : [`${errors} answers 5xx in a row`]),
    ...(gateway === undefined || outlier.enforcing_consecutive_gateway_failure === 0
      ? []
      : [`${gateway} answers 502, 503 or 504 in a row`]),
  ];
  if (after.length === 0) return [];
  const time = seconds(outlier.base_ejection_time ?? '30s');
  const most = outlier.max_ejection_percent ?? 10;
  const servers = serverCount(config, cluster);
  const never = servers > 0 && 100 / servers > most;
  return [
    {
      name: 'ejects',
      value: `a server after ${after.join(' or ')} for ${time} s and longer, at most ${most} % of them`,
    },
    ...(never
      ? [{ name: 'but', value: `none is ever ejected: one of ${servers} is more than ${most} %` }]
      : []),
  ];
}

/** As resolved, if the dump shows it: there may be many behind one DNS name. */
function serverCount(config: EnvoyConfig, cluster: Cluster): number {
  const told = config.endpoints.find(one => one.cluster_name === cluster.name);
  return lbEndpoints(told).length || endpointsOf(config, cluster).length;
}

/** The endpoints of a cluster, as istiod or the cluster itself names them. */
export function assignmentOf(config: EnvoyConfig, cluster: Cluster): ClusterLoadAssignment | undefined {
  const name =
    cluster.type === 'EDS' ? (cluster.eds_cluster_config?.service_name ?? cluster.name) : cluster.name;
  const told = config.endpoints.find(one => one.cluster_name === name || one.cluster_name === cluster.name);
  return cluster.type === 'EDS' ? told : (cluster.load_assignment ?? told);
}

/** The same, whichever locality they are in. */
export function endpointsOf(config: EnvoyConfig, cluster: Cluster): LbEndpoint[] {
  return lbEndpoints(assignmentOf(config, cluster));
}

function lbEndpoints(assignment: ClusterLoadAssignment | undefined): LbEndpoint[] {
  return (assignment?.endpoints ?? []).flatMap(each => each.lb_endpoints ?? []);
}

function hasHosts(config: EnvoyConfig, cluster: Cluster): boolean {
  if (cluster.type === 'ORIGINAL_DST' || cluster.type === undefined) return true;
  return endpointsOf(config, cluster).length > 0;
}

const SHOWN = 8;

function endpointSteps(config: EnvoyConfig, cluster: Cluster, { call }: ClusterContext): TraceStep[] {
  const base = { kind: 'endpoints', passedOver: [] } as const;
  if (cluster.name === 'BlackHoleCluster') return [];
  if (cluster.type === 'ORIGINAL_DST' || cluster.type === undefined) {
    const port = cluster.original_dst_lb_config?.upstream_port_override ?? call.to.port;
    return [{ ...base, name: `${call.to.ip}:${port}`, because: 'where the app wanted to go', facts: [] }];
  }
  const localities = assignmentOf(config, cluster)?.endpoints ?? [];
  const priorities = new Set(localities.map(one => one.priority ?? 0));
  const hosts = localities.flatMap(locality =>
    (locality.lb_endpoints ?? []).map(endpoint => ({
      address: addressOf(endpoint),
      words: [
        ...(priorities.size > 1 ? [`priority ${locality.priority ?? 0}`] : []),
        ...(locality.locality?.region === undefined ? [] : [localityWords(locality.locality)]),
        ...(endpoint.health_status === undefined || endpoint.health_status === 'HEALTHY'
          ? []
          : [endpoint.health_status.toLowerCase()]),
      ].join(', '),
    })),
  );
  if (hosts.length === 0) {
    return [{ ...base, name: '', because: 'there is no server to send it to (503, flag UH)', facts: [] }];
  }
  const facts = hosts.slice(0, SHOWN).map(({ address, words }) => ({
    name: 'server',
    value: words === '' ? address : `${address} (${words})`,
  }));
  const more = hosts.length > SHOWN ? [{ name: 'server', value: `and ${hosts.length - SHOWN} more` }] : [];
  const name = hosts.length === 1 ? (hosts[0]?.address ?? '') : `${hosts.length} servers`;
  return [
    {
      ...base,
      name,
      because: hosts.length === 1 ? '' : (BALANCERS[cluster.lb_policy ?? 'ROUND_ROBIN'] ?? ''),
      facts: hosts.length === 1 && facts[0]?.value === name ? [] : [...facts, ...more],
    },
  ];
}

function addressOf({ endpoint }: LbEndpoint): string {
  const { host, port } = hostAndPort(endpoint.address);
  return addressText(host, port);
}

function localityWords(locality: {
  readonly region?: string;
  readonly zone?: string;
  readonly sub_zone?: string;
}): string {
  return [locality.region, locality.zone, locality.sub_zone].filter(Boolean).join('/');
}
