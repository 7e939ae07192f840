/** The end of a trace: a cluster, what a DestinationRule has made of it, and its hosts. */
import type { Cluster, ClusterLoadAssignment, EnvoyConfig, LbEndpoint } from './config.ts';
import { seconds } from './match-action.ts';
import { percent } from './trace-action.ts';
import { objectOf } from './trace-origin.ts';
import type { ClusterShare, DescribedCall, Fact, Step } from './trace-types.ts';

export interface ClusterContext {
  readonly role: 'main' | 'mirror';
  readonly share: number;
  readonly call: DescribedCall;
  /** Whether the sidecar reads requests or passes bytes on. */
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
export function clusterSteps(config: EnvoyConfig, name: string, context: ClusterContext): Step[] {
  const cluster = config.clusters.find(one => one.name === name);
  const role =
    context.role === 'mirror'
      ? 'for the copy'
      : context.share < 1
        ? `for ${percent(context.share)} of the calls`
        : '';
  if (cluster === undefined) {
    const because = 'the sidecar has no cluster of this name';
    return [
      {
        kind: 'cluster',
        name,
        because: [because, role].filter(Boolean).join(', '),
        passedOver: [],
        facts: whyNone(config, name),
      },
    ];
  }
  const from = objectOf(cluster.metadata);
  const step: Step = {
    kind: 'cluster',
    name,
    because: [typeWords(cluster), role].filter(Boolean).join(', '),
    passedOver: [],
    facts: [
      ...tlsFacts(cluster, context),
      ...balancerFacts(cluster),
      ...limitFacts(cluster),
      ...outlierFacts(cluster),
    ],
    ...(from === undefined ? {} : { from }),
  };
  return [step, ...endpointSteps(config, cluster, context)];
}

/** A name that is nearly there tells most: the subset is missing, or the port. */
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
      return 'it finds its hosts by DNS';
    case 'STATIC':
      return cluster.name === 'BlackHoleCluster'
        ? 'it has no hosts, by intention'
        : 'its addresses are fixed';
    case 'EDS':
      return 'istiod tells its hosts';
    case 'ORIGINAL_DST':
      return cluster.original_dst_lb_config?.upstream_port_override === undefined
        ? 'it goes on to the address that the app called'
        : `it goes on to the address that the app called, port ${cluster.original_dst_lb_config.upstream_port_override}`;
    default:
      return 'it looks up the name that the app sent';
  }
}

function tlsFacts(cluster: Cluster, { call, as }: ClusterContext): Fact[] {
  const auto = (cluster.transport_socket_matches ?? []).length > 0;
  if (cluster.transport_socket?.name !== 'envoy.transport_sockets.tls') {
    if (auto) return [{ name: 'TLS', value: "to sidecars the mesh's own (mTLS), to others none" }];
    if (call.protocol === 'https')
      return [{ name: 'TLS', value: "none of its own: the app's TLS goes through untouched" }];
    return [{ name: 'TLS', value: 'none: it goes out in clear' }];
  }
  const context = cluster.transport_socket.typed_config ?? {};
  const common = context.common_tls_context ?? {};
  const secrets = common.tls_certificate_sds_secret_configs ?? [];
  const mode = secrets.length === 0 ? 'SIMPLE' : secrets[0]?.name === 'default' ? 'ISTIO_MUTUAL' : 'MUTUAL';
  const protocol = Object.values(cluster.typed_extension_protocol_options ?? {})[0];
  const autoSni = protocol?.upstream_http_protocol_options?.auto_sni === true;
  const sni = context.sni ?? (autoSni ? (as === 'http' ? 'as the Host header' : 'none') : 'none');
  const validation = common.combined_validation_context;
  const roots =
    validation?.validation_context_sds_secret_config?.name ??
    common.validation_context_sds_secret_config?.name;
  const names = (validation?.default_validation_context?.match_typed_subject_alt_names ?? []).map(
    one => one.matcher.exact ?? one.matcher.prefix ?? one.matcher.suffix ?? '',
  );
  const check =
    roots === undefined
      ? 'is not checked'
      : `must come from ${roots === 'file-root:system' ? 'a public CA' : roots.replace(/^file-root:/, '')}` +
        (names.length > 0
          ? ` and name ${names.join(' or ')}`
          : autoSni && as === 'http'
            ? ' and name the host'
            : '');
  const twice: Fact[] =
    call.protocol === 'https'
      ? [{ name: 'warning', value: "the app's bytes are TLS already: this wraps TLS in TLS" }]
      : [];
  return [
    { name: 'TLS', value: `the sidecar opens it (mode ${mode}), server name (SNI) ${sni}` },
    { name: 'certificate', value: `the server's ${check}` },
    ...twice,
  ];
}

const BALANCERS: Readonly<Record<string, string>> = {
  ROUND_ROBIN: 'one host after the other',
  LEAST_REQUEST: 'of two hosts, the one with less to do',
  RANDOM: 'a host by chance',
  RING_HASH: 'the same host for the same key (ring hash)',
  MAGLEV: 'the same host for the same key (Maglev)',
};

function balancerFacts(cluster: Cluster): Fact[] {
  const words = BALANCERS[cluster.lb_policy ?? 'ROUND_ROBIN'];
  return words === undefined || cluster.name === 'BlackHoleCluster' ? [] : [{ name: 'picks', value: words }];
}

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
  if (per !== undefined) words.push(`${per} requests a connection`);
  return words.length === 0 ? [] : [{ name: 'limits', value: `${words.join(', ')} (else 503, flag UO)` }];
}

function outlierFacts(cluster: Cluster): Fact[] {
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
  return [
    {
      name: 'ejects',
      value: `a host after ${after.join(' or ')} for ${time} s and longer, at most ${most} % of them`,
    },
  ];
}

function assignmentOf(config: EnvoyConfig, cluster: Cluster): ClusterLoadAssignment | undefined {
  const name =
    cluster.type === 'EDS' ? (cluster.eds_cluster_config?.service_name ?? cluster.name) : cluster.name;
  const told = config.endpoints.find(one => one.cluster_name === name || one.cluster_name === cluster.name);
  return cluster.type === 'EDS' ? told : (cluster.load_assignment ?? told);
}

function hasHosts(config: EnvoyConfig, cluster: Cluster): boolean {
  if (cluster.type === 'ORIGINAL_DST' || cluster.type === undefined) return true;
  return (assignmentOf(config, cluster)?.endpoints ?? []).some(one => (one.lb_endpoints ?? []).length > 0);
}

const SHOWN = 8;

function endpointSteps(config: EnvoyConfig, cluster: Cluster, { call }: ClusterContext): Step[] {
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
    return [{ ...base, name: '', because: 'there is no host to send it to (503, flag UH)', facts: [] }];
  }
  const facts = hosts
    .slice(0, SHOWN)
    .map(({ address, words }) => ({ name: 'host', value: words === '' ? address : `${address} (${words})` }));
  const more = hosts.length > SHOWN ? [{ name: 'host', value: `and ${hosts.length - SHOWN} more` }] : [];
  const name = hosts.length === 1 ? (hosts[0]?.address ?? '') : `${hosts.length} hosts`;
  return [
    {
      ...base,
      name,
      because: '',
      facts: hosts.length === 1 && facts[0]?.value === name ? [] : [...facts, ...more],
    },
  ];
}

function addressOf({ endpoint }: LbEndpoint): string {
  const { address, port_value } = endpoint.address.socket_address;
  return `${address}:${port_value}`;
}

function localityWords(locality: {
  readonly region?: string;
  readonly zone?: string;
  readonly sub_zone?: string;
}): string {
  return [locality.region, locality.zone, locality.sub_zone].filter(Boolean).join('/');
}
