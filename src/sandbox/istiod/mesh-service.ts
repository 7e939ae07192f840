/**
 * istiod's own picture of a service, the same for Kubernetes Services and ServiceEntries.
 * Source: pilot/pkg/model/service.go. Left out: several clusters and networks, IPv6 and dual stack, ambient mode,
 * persistent sessions, traffic distribution.
 */
import { isWildcard } from '../../istio/host.ts';
import type { Protocol } from '../../istio/protocol.ts';

export interface MeshServicePort {
  readonly name: string;
  readonly port: number;
  readonly protocol: Protocol;
}

/** How its endpoints are found. Passthrough: connections keep their original destination. Alias: an ExternalName. */
export type ServiceResolution =
  | 'ClientSideLB'
  | 'DNSLB'
  | 'DNSRoundRobinLB'
  | 'Passthrough'
  | 'DynamicDNS'
  | 'Alias';

export interface NamespacedHost {
  readonly host: string;
  readonly namespace: string;
}

export interface MeshService {
  readonly host: string;
  readonly namespace: string;
  /** A Kubernetes Service's name; the host itself for a ServiceEntry. */
  readonly name: string;
  readonly registry: 'Kubernetes' | 'External';
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly external: boolean;
  readonly resolution: ServiceResolution;
  /** A ClusterIP, an address or CIDR of a ServiceEntry, or UNSPECIFIED. */
  readonly address: string;
  readonly ports: readonly MeshServicePort[];
  /** Undefined: the mesh's default, everybody. */
  readonly exportTo: ReadonlySet<string> | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly selector: Readonly<Record<string, string>> | undefined;
  /** ServiceEntries of resolution NONE: ports that lead to another one. */
  readonly targetPorts: ReadonlyMap<number, number>;
  /** subjectAltNames of a ServiceEntry, service accounts named on a Service. */
  readonly accounts: readonly string[];
  readonly externalName: string;
  /** ExternalName Services that point to this one. */
  readonly aliases: readonly NamespacedHost[];
}

export const UNSPECIFIED = '0.0.0.0';

export interface Endpoint {
  /** An IP, or a name that Envoy is to resolve. */
  readonly address: string;
  readonly port: number;
  readonly portName: string;
  /** The service port that it belongs to, if the registry knows it by number (ServiceEntries). */
  readonly servicePort: number | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** 'region/zone/subzone', '' for none. */
  readonly locality: string;
  readonly weight: number;
  readonly mutualTls: boolean;
  /** SPIFFE identity; '' for none. */
  readonly account: string;
  /** For a pod: 'ending' ones are known but get no calls. */
  readonly health: 'ready' | 'unready' | 'ending';
}

export const portOf = (service: MeshService, port: number): MeshServicePort | undefined =>
  service.ports.find(p => p.port === port);

export const isDnsService = (service: MeshService): boolean =>
  service.resolution === 'DNSLB' || service.resolution === 'DNSRoundRobinLB';

/** A wildcard host that is resolved when it is called. */
export const isDynamicDns = (service: MeshService): boolean =>
  service.resolution === 'DynamicDNS' && isWildcard(service.host);

/** Where Envoy keeps the addresses of such a host; shared by its filters and its cluster. */
export const dnsCache = (service: MeshService) => ({
  dns_cache_config: { name: `${service.host}_dfp_dns_cache`, dns_lookup_family: 'V4_ONLY' },
});

/** 'outbound|443|v1|api.example.com' */
export const clusterName = (port: number, subset: string, host: string): string =>
  `outbound|${port}|${subset}|${host}`;

/** 'outbound_.443_.v1_.api.example.com': the SNI between sidecars. */
export const meshSni = (port: number, subset: string, host: string): string =>
  `outbound_.${port}_.${subset}_.${host}`;

/**
 * What istiod adds to an endpoint's or a proxy's own labels, for failoverPriority. Source: serviceregistry/util/label.
 */
export function withTopology(
  labels: Readonly<Record<string, string>> | undefined,
  locality: string,
  node = '',
): Readonly<Record<string, string>> {
  const [region = '', zone = '', subzone = ''] = locality.split('/');
  return {
    ...labels,
    ...(region && { 'topology.kubernetes.io/region': region }),
    ...(zone && { 'topology.kubernetes.io/zone': zone }),
    ...(subzone && { 'topology.istio.io/subzone': subzone }),
    'topology.istio.io/cluster': 'Kubernetes',
    ...(node && { 'kubernetes.io/hostname': node }),
  };
}
