/**
 * What ServiceEntries and Services select: pods and WorkloadEntries, and the endpoints listed in an entry itself.
 * Source: pilot/pkg/serviceregistry/serviceentry/conversion.go, kube/controller/controller.go
 * (serviceInstancesFromWorkloadInstances). Left out: networks; there is only one.
 */
import { isIP } from 'node:net';
import { isSocketPath } from '../../envoy/endpoint-address.ts';
import { compareText, namespaceOf } from '../../istio/age.ts';
import { selects } from '../../istio/labels.ts';
import type { Service, WorkloadEntry, WorkloadEntrySpec } from '../../istio/types.ts';
import { type Endpoint, withTopology } from './mesh-service.ts';
import { localityOfLabels, type PodIndex, type PodView } from './pods.ts';
import type { MeshConfig } from './snapshot.ts';

const UNIX = 'unix://';
const HEALTH_CHECKS = 'proxy.istio.io/health-checks-enabled';
/** What Go's strconv.ParseBool accepts as true. */
const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);

/** A place where ports are served. */
export interface WorkloadInstance {
  /** An address, a name, or the path of a socket. */
  readonly address: string;
  /** By the port's name in the object that selects it. */
  readonly ports: Readonly<Record<string, number>>;
  readonly shared: Omit<Endpoint, 'address' | 'port' | 'portName' | 'servicePort'>;
}

export class WorkloadInstances {
  readonly #pods: readonly { readonly namespace: string; readonly workload: WorkloadInstance }[];
  readonly #entries: readonly { readonly namespace: string; readonly workload: WorkloadInstance }[];

  constructor(pods: PodIndex, entries: readonly WorkloadEntry[], mesh: MeshConfig) {
    this.#pods = pods.all
      .filter(pod => pod.ready)
      .sort((a, b) => compareText(a.name, b.name))
      .map(pod => ({ namespace: pod.namespace, workload: ofPod(pod) }));
    this.#entries = entries
      .filter(isHealthy)
      .sort((a, b) => compareText(a.metadata.name, b.metadata.name))
      .map(entry => ({
        namespace: namespaceOf(entry),
        workload: ofEntry(withAllLabels(entry), namespaceOf(entry), mesh),
      }));
  }

  /** Pods first, then entries, both by name. Only a DNS service may include names (and sockets). */
  selected(namespace: string, labels: Readonly<Record<string, string>>, dns: boolean): WorkloadInstance[] {
    return [...this.#pods, ...this.#entries]
      .filter(each => each.namespace === namespace && selects(labels, each.workload.shared.labels))
      .map(({ workload }) => workload)
      .filter(({ address }) => dns || address === '' || isIP(address) !== 0);
  }

  /** The WorkloadEntries that a Service selects; the pods it selects are in its EndpointSlices. */
  endpointsOf(service: Service): Endpoint[] {
    const { selector, clusterIP, type, ports = [] } = service.spec ?? {};
    if (selector === undefined || clusterIP === 'None' || type === 'ExternalName') return [];
    const namespace = namespaceOf(service);
    const fitting = this.#entries
      .filter(each => each.namespace === namespace && selects(selector, each.workload.shared.labels))
      .map(({ workload }) => workload)
      .filter(({ address }) => address === '' || isIP(address) !== 0);
    return ports.flatMap(({ name = '', port, targetPort = port }) =>
      fitting.flatMap(({ address, ports: own, shared }) => {
        // A targetPort that is a name must be among the entry's ports; otherwise the entry may map the Service's port
        // name to another port.
        const at = typeof targetPort === 'string' ? own[targetPort] : own[name] || targetPort || port;
        return at ? [{ ...shared, address, port: at, portName: name, servicePort: undefined }] : [];
      }),
    );
  }
}

/** An endpoint listed in a ServiceEntry, or a WorkloadEntry's. */
export function ofEntry(spec: WorkloadEntrySpec, namespace: string, mesh: MeshConfig): WorkloadInstance {
  const { address = '', ports = {}, labels = {}, network, serviceAccount } = spec;
  const locality = spec.locality || localityOfLabels(labels);
  return {
    address: address.startsWith(UNIX) ? address.slice(UNIX.length) : address,
    ports,
    shared: {
      labels: {
        ...withTopology(labels, locality),
        ...(network && { 'topology.istio.io/network': network }),
      },
      locality,
      weight: spec.weight || 1,
      mutualTls: speaksMutualTls(spec),
      account: serviceAccount ? `spiffe://${mesh.domain}/ns/${namespace}/sa/${serviceAccount}` : '',
      health: 'ready',
    },
  };
}

/** A socket has no port; otherwise the workload's own, the port's target, or the port itself. */
export function portAt({ address, ports }: WorkloadInstance, name: string, targetPort: number): number {
  return isSocketPath(address) ? 0 : ports[name] || targetPort;
}

function ofPod(pod: PodView): WorkloadInstance {
  return {
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
  };
}

/** Labels in the metadata count too, and take precedence. */
const withAllLabels = ({ metadata, spec = {} }: WorkloadEntry): WorkloadEntrySpec => ({
  ...spec,
  labels: { ...spec.labels, ...metadata.labels },
});

/** An entry with a health check counts only once its proxy reports it healthy. */
function isHealthy({ metadata, status }: WorkloadEntry): boolean {
  if (!TRUE.has(metadata.annotations?.[HEALTH_CHECKS] ?? '')) return true;
  const { conditions = [] } = (status ?? {}) as { conditions?: { type?: string; status?: string }[] };
  return conditions.find(({ type }) => type === 'Healthy')?.status === 'True';
}

function speaksMutualTls({ labels, serviceAccount }: WorkloadEntrySpec): boolean {
  const mode = labels?.['security.istio.io/tlsMode'];
  return mode === undefined ? (serviceAccount ?? '') !== '' : mode === 'istio';
}
