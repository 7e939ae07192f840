/**
 * ServiceEntries as istiod registers them: one service for each host and address.
 * Source: pilot/pkg/serviceregistry/serviceentry/conversion.go. Left out: WorkloadEntries and pods that a
 * workloadSelector picks (such an entry has no endpoints here); addresses from 240.240.0.0/16, which sidecars
 * use only with DNS capture.
 */
import { isIP } from 'node:net';
import type { Resolution, ServiceEntry, WorkloadEntrySpec } from '../../istio/types.ts';
import { createdAt, namespaceOf } from './age.ts';
import {
  type Endpoint,
  isDnsService,
  type MeshService,
  type ServiceResolution,
  UNSPECIFIED,
  withTopology,
} from './mesh-service.ts';
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
  const addresses = spec.addresses?.length ? spec.addresses.flatMap(listenAddress) : [UNSPECIFIED];
  return (spec.hosts ?? []).flatMap(host =>
    addresses.map(
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

/** The endpoints that an entry gives to one of its services. */
export function entryEndpoints(entry: ServiceEntry, service: MeshService, mesh: MeshConfig): Endpoint[] {
  const spec = entry.spec ?? {};
  if (spec.workloadSelector) return [];
  const ports = (spec.ports ?? []).map(p => ({
    portName: p.name ?? '',
    servicePort: p.number ?? 0,
    target: p.targetPort || (p.number ?? 0),
  }));
  if (!spec.endpoints?.length) {
    if (!isDnsService(service)) return [];
    // A DNS service without endpoints is its own endpoint: the host is what Envoy resolves.
    return ports.map(({ portName, servicePort, target }) => ({
      address: service.host,
      port: target,
      portName,
      servicePort,
      labels: {},
      locality: '',
      weight: 1,
      mutualTls: false,
      account: '',
      healthy: true,
    }));
  }
  return spec.endpoints.flatMap(endpoint => {
    const locality = endpoint.locality ?? '';
    const shared = {
      address: endpoint.address ?? '',
      labels: withTopology(endpoint.labels, locality),
      locality,
      weight: endpoint.weight || 1,
      mutualTls: speaksMutualTls(endpoint),
      account: endpoint.serviceAccount
        ? `spiffe://${mesh.domain}/ns/${namespaceOf(entry)}/sa/${endpoint.serviceAccount}`
        : '',
      healthy: true,
    };
    return ports.map(({ portName, servicePort, target }) => ({
      ...shared,
      port: endpoint.ports?.[portName] || target,
      portName,
      servicePort,
    }));
  });
}

function speaksMutualTls(endpoint: WorkloadEntrySpec): boolean {
  const mode = endpoint.labels?.['security.istio.io/tlsMode'];
  return mode === undefined ? (endpoint.serviceAccount ?? '') !== '' : mode === 'istio';
}
