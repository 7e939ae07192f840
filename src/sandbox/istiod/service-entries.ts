/**
 * ServiceEntries as istiod registers them: one service for each host and address.
 * Source: pilot/pkg/serviceregistry/serviceentry/conversion.go. Left out: WorkloadEntries; addresses from
 * 240.240.0.0/16, which sidecars use only with DNS capture.
 */
import { isIP } from 'node:net';
import type { Resolution, ServiceEntry, WorkloadEntrySpec } from '../../istio/types.ts';
import { createdAt, namespaceOf } from './age.ts';
import {
  type Endpoint,
  isDnsService,
  labelsFit,
  type MeshService,
  type ServiceResolution,
  UNSPECIFIED,
  withTopology,
} from './mesh-service.ts';
import type { PodIndex } from './pods.ts';
import { parseProtocol } from './protocol.ts';
import type { MeshConfig } from './snapshot.ts';

const RESOLUTIONS: Readonly<Record<Resolution, ServiceResolution>> = {
  NONE: 'Passthrough',
  STATIC: 'ClientSideLB',
  DNS: 'DNSLB',
  DNS_ROUND_ROBIN: 'DNSRoundRobinLB',
  DYNAMIC_DNS: 'DynamicDNS',
};

export function fromServiceEntry(entry: ServiceEntry): MeshService[] {
  const spec = entry.spec ?? {};
  const resolution = RESOLUTIONS[spec.resolution ?? 'NONE'];
  const targetPorts = new Map<number, number>();
  for (const port of spec.ports ?? []) {
    if (resolution === 'Passthrough' && port.targetPort) targetPorts.set(port.number ?? 0, port.targetPort);
  }
  const addresses = new Set(spec.addresses?.length ? spec.addresses.flatMap(listenAddress) : [UNSPECIFIED]);
  return [...new Set(spec.hosts)].flatMap(host =>
    [...addresses].map(
      (address): MeshService => ({
        host,
        namespace: namespaceOf(entry),
        name: host,
        registry: 'External',
        createdAt: createdAt(entry.metadata),
        external: spec.location !== 'MESH_INTERNAL',
        resolution,
        address,
        ports: (spec.ports ?? []).map(p => ({
          name: p.name ?? '',
          port: p.number ?? 0,
          protocol: parseProtocol(p.protocol ?? ''),
        })),
        exportTo: spec.exportTo?.length ? new Set(spec.exportTo) : undefined,
        labels: entry.metadata.labels ?? {},
        selector: spec.workloadSelector && (spec.workloadSelector.labels ?? {}),
        targetPorts,
        accounts: spec.subjectAltNames ?? [],
        externalName: '',
        aliases: [],
      }),
    ),
  );
}

/** An IP, a CIDR, or nothing for what is neither; a CIDR of one address is that address. */
function listenAddress(address: string): string[] {
  if (isIP(address) !== 0) return [address];
  const [ip = '', bits = ''] = address.split('/');
  if (isIP(ip) === 0 || bits === '') return [];
  return [(isIP(ip) === 4 ? '32' : '128') === bits ? ip : address];
}

/** Where an entry's ports are served: one of its endpoints, or a pod that it selects. */
interface Workload {
  readonly address: string;
  /** By the name of the entry's port. */
  readonly ports: Readonly<Record<string, number>>;
  readonly shared: Omit<Endpoint, 'address' | 'port' | 'portName' | 'servicePort'>;
}

/** The endpoints that an entry gives to one of its services. */
export function entryEndpoints(
  entry: ServiceEntry,
  service: MeshService,
  pods: PodIndex,
  mesh: MeshConfig,
): Endpoint[] {
  const spec = entry.spec ?? {};
  return workloads(entry, service, pods, mesh).flatMap(workload =>
    (spec.ports ?? []).map(({ name = '', number = 0, targetPort }) => ({
      ...workload.shared,
      address: workload.address,
      port: workload.ports[name] || targetPort || number,
      portName: name,
      servicePort: number,
    })),
  );
}

function workloads(entry: ServiceEntry, service: MeshService, pods: PodIndex, mesh: MeshConfig): Workload[] {
  const { workloadSelector, endpoints } = entry.spec ?? {};
  const namespace = namespaceOf(entry);
  if (workloadSelector !== undefined) {
    return pods.all
      .filter(p => p.namespace === namespace && p.ready && labelsFit(workloadSelector.labels, p.labels))
      .map(pod => ({
        address: pod.ip,
        ports: pod.ports,
        shared: {
          labels: withTopology(pod.labels, pod.locality, pod.node),
          locality: pod.locality,
          weight: 1,
          mutualTls: pod.mutualTls,
          account: pod.account,
          health: 'ready',
        },
      }));
  }
  if (!endpoints?.length) {
    // A DNS service without endpoints is its own endpoint: the host is what Envoy resolves.
    return isDnsService(service) ? [{ address: service.host, ports: {}, shared: ITSELF }] : [];
  }
  return endpoints.map(endpoint => {
    const locality = endpoint.locality ?? '';
    const { serviceAccount } = endpoint;
    return {
      address: endpoint.address ?? '',
      ports: endpoint.ports ?? {},
      shared: {
        labels: withTopology(endpoint.labels, locality),
        locality,
        weight: endpoint.weight || 1,
        mutualTls: speaksMutualTls(endpoint),
        account: serviceAccount ? `spiffe://${mesh.domain}/ns/${namespace}/sa/${serviceAccount}` : '',
        health: 'ready',
      },
    };
  });
}

const ITSELF: Workload['shared'] = {
  labels: {},
  locality: '',
  weight: 1,
  mutualTls: false,
  account: '',
  health: 'ready',
};

function speaksMutualTls(endpoint: WorkloadEntrySpec): boolean {
  const mode = endpoint.labels?.['security.istio.io/tlsMode'];
  return mode === undefined ? (endpoint.serviceAccount ?? '') !== '' : mode === 'istio';
}
