/**
 * What istiod sees at one moment: the cluster's objects, all of them, unfiltered. Immutable: a change makes a new
 * snapshot.
 */
import type { Resource } from '../../istio/resource.ts';
import type {
  DestinationRule,
  Service,
  ServiceEntry,
  Sidecar,
  VirtualService,
  WorkloadEntry,
} from '../../istio/types.ts';

/** discovery.k8s.io/v1 EndpointSlice, as far as it is used. */
export interface EndpointSlice extends Resource {
  addressType?: string;
  endpoints?: {
    addresses: string[];
    conditions?: { ready?: boolean; terminating?: boolean };
    targetRef?: { kind?: string; name?: string; namespace?: string };
  }[];
  ports?: { name?: string; port?: number; protocol?: string }[];
}

export interface Snapshot {
  readonly namespaces: readonly Resource[];
  readonly services: readonly Service[];
  readonly endpointSlices: readonly EndpointSlice[];
  readonly pods: readonly Resource[];
  readonly serviceEntries: readonly ServiceEntry[];
  readonly workloadEntries?: readonly WorkloadEntry[];
  readonly destinationRules: readonly DestinationRule[];
  readonly virtualServices: readonly VirtualService[];
  readonly sidecars: readonly Sidecar[];
}

/** The proxy that configuration is made for: a client's sidecar. */
export interface ProxyIdentity {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ip: string;
}

/** What `meshConfig` says; Istio's defaults, with the access log on. */
export interface MeshConfig {
  readonly rootNamespace: string;
  readonly domain: string;
  readonly outboundTrafficPolicy: 'ALLOW_ANY' | 'REGISTRY_ONLY';
}

export const MESH: MeshConfig = {
  rootNamespace: 'istio-system',
  domain: 'cluster.local',
  outboundTrafficPolicy: 'ALLOW_ANY',
};
