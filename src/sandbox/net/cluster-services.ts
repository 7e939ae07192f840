/**
 * What kube-proxy and CoreDNS know, taken from the store: Services and EndpointSlices, whoever made them. Rebuilt when
 * it is first needed after a change.
 */
import type { Resource } from '../../istio/resource.ts';
import type { Store } from '../api-server/store.ts';
import type { Address } from '../rooms.ts';
import type { ServiceTable } from './network.ts';
import type { NameTable } from './resolver.ts';

interface ServicePart extends Resource {
  spec: {
    type?: string;
    clusterIP?: string;
    externalName?: string;
    ports?: { name?: string; port: number; protocol?: string }[];
  };
}

interface SlicePart extends Resource {
  endpoints?: { addresses: string[]; conditions?: { ready?: boolean } }[];
  ports?: { name?: string; port?: number }[];
}

const SLICES = 'endpointslices.discovery.k8s.io';

export class ClusterServices implements ServiceTable, NameTable {
  #ports: Map<string, readonly Address[]> | null = null;
  /** All ClusterIPs, to tell a port that a Service lacks from an address that is not a Service's. */
  #addresses = new Set<string>();
  readonly #stop: () => void;
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
    this.#stop = store.subscribe(({ resource }) => {
      if (resource === 'services' || resource === SLICES) this.#ports = null;
    });
  }

  endpoints({ ip, port }: Address): readonly Address[] | null {
    const ports = this.#ports ?? this.#build();
    // For a port that the Service lacks kube-proxy has no rule, and a real node may lose the packet; here it is
    // refused.
    return ports.get(`${ip}:${port}`) ?? (this.#addresses.has(ip) ? [] : null);
  }

  addresses(namespace: string, name: string): readonly string[] | { alias: string } | null {
    const service = this.#store.get('services', namespace, name) as ServicePart | undefined;
    if (!service) return null;
    const { type, clusterIP, externalName } = service.spec;
    if (type === 'ExternalName') return { alias: externalName ?? '' };
    if (clusterIP && clusterIP !== 'None') return [clusterIP];
    return [...new Set(this.#slices(service).flatMap(readyAddresses))];
  }

  close(): void {
    this.#stop();
  }

  #build(): Map<string, readonly Address[]> {
    const ports = new Map<string, readonly Address[]>();
    this.#addresses = new Set();
    for (const service of this.#store.list('services') as Resource[] as ServicePart[]) {
      const { clusterIP, ports: own = [] } = service.spec;
      if (!clusterIP || clusterIP === 'None') continue;
      this.#addresses.add(clusterIP);
      const slices = this.#slices(service);
      for (const { name, port } of own) {
        const targets = slices.flatMap(slice => {
          const found = (slice.ports ?? []).find(each => (each.name ?? '') === (name ?? ''))?.port;
          return found === undefined ? [] : readyAddresses(slice).map(ip => ({ ip, port: found }));
        });
        ports.set(`${clusterIP}:${port}`, targets);
      }
    }
    this.#ports = ports;
    return ports;
  }

  #slices({ metadata: { namespace, name } }: ServicePart): SlicePart[] {
    return (this.#store.list(SLICES, namespace) as Resource[] as SlicePart[]).filter(
      each => each.metadata.labels?.['kubernetes.io/service-name'] === name,
    );
  }
}

function readyAddresses(slice: SlicePart): string[] {
  return (slice.endpoints ?? [])
    .filter(each => each.conditions?.ready !== false)
    .flatMap(each => each.addresses);
}
