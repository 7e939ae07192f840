/**
 * ServiceEntries as istiod registers them: one service per host and address.
 * Source: pilot/pkg/serviceregistry/serviceentry/conversion.go. Left out: addresses from 240.240.0.0/16, which sidecars
 * use only with DNS capture.
 */
import { isIP } from 'node:net';
import { createdAt, namespaceOf } from '../../istio/age.ts';
import { parseProtocol } from '../../istio/protocol.ts';
import type { Resolution, ServiceEntry } from '../../istio/types.ts';
import {
  type Endpoint,
  isDnsService,
  type MeshService,
  type ServiceResolution,
  UNSPECIFIED,
} from './mesh-service.ts';
import type { MeshConfig } from './snapshot.ts';
import { ofEntry, portAt, type WorkloadInstance, type WorkloadInstances } from './workloads.ts';

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

/** An IP, a CIDR, or nothing if it is neither; a CIDR of one address becomes that address. */
function listenAddress(address: string): string[] {
  if (isIP(address) !== 0) return [address];
  const [ip = '', bits = ''] = address.split('/');
  if (isIP(ip) === 0 || bits === '') return [];
  return [(isIP(ip) === 4 ? '32' : '128') === bits ? ip : address];
}

/** The endpoints that an entry gives to one of its services. */
export function entryEndpoints(
  entry: ServiceEntry,
  service: MeshService,
  workloads: WorkloadInstances,
  mesh: MeshConfig,
): Endpoint[] {
  return served(entry, service, workloads, mesh).flatMap(workload =>
    (entry.spec?.ports ?? []).map(({ name = '', number = 0, targetPort }) => ({
      ...workload.shared,
      address: workload.address,
      port: portAt(workload, name, targetPort || number),
      portName: name,
      servicePort: number,
    })),
  );
}

/** Where an entry's ports are served: by the workloads it selects, at the endpoints it names, or by its host. */
function served(
  entry: ServiceEntry,
  service: MeshService,
  workloads: WorkloadInstances,
  mesh: MeshConfig,
): readonly WorkloadInstance[] {
  const { workloadSelector, endpoints } = entry.spec ?? {};
  const namespace = namespaceOf(entry);
  const dns = isDnsService(service);
  if (workloadSelector !== undefined) {
    return workloads.selected(namespace, workloadSelector.labels ?? {}, dns);
  }
  if (endpoints?.length) return endpoints.map(endpoint => ofEntry(endpoint, namespace, mesh));
  // A DNS service without endpoints is its own endpoint: the host is what Envoy resolves.
  return dns ? [{ address: service.host, ports: {}, shared: ITSELF }] : [];
}

const ITSELF: WorkloadInstance['shared'] = {
  labels: {},
  locality: '',
  weight: 1,
  mutualTls: false,
  account: '',
  health: 'ready',
};
