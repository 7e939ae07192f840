/**
 * Which pods a Service leads to: its EndpointSlice, and its Endpoints as older clients read them. A pod that is not
 * ready is listed as such and gets no calls. Source: pkg/controller/{endpointslice,endpoint}, k8s.io/endpointslice.
 * Kubernetes limits slices to 100 endpoints; here there is one slice per Service.
 */
import type { Resource } from '../../../istio/resource.ts';
import type { Store } from '../../api-server/store.ts';
import {
  ENDPOINT_SLICES,
  isReady,
  ownedBy,
  type Pod,
  type Service,
  type ServicePort,
  selectsLabels,
} from '../kube-types.ts';
import { NODE } from '../node.ts';
import { newSlice, slicesOfService } from './endpoint-slices.ts';
import { mirrorEndpoints } from './mirrored-endpoints.ts';
import { WorkQueue } from './work-queue.ts';

const MANAGER = 'endpointslice-controller.k8s.io';

export class EndpointsController {
  readonly #queue = new WorkQueue(key => this.#reconcile(key));
  readonly #stop: () => void;
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
    this.#stop = store.subscribe(({ resource, object, type }) => {
      const { namespace = '', name } = object.metadata;
      if (resource === 'endpoints') this.#queue.add(`${namespace}/${name}`);
      if (resource === 'services') {
        if (type === 'DELETED') store.delete('endpoints', namespace, name);
        else this.#queue.add(`${namespace}/${name}`);
      }
      // All Services in the namespace: labels may have changed too, and there are few.
      if (resource === 'pods') {
        for (const { metadata } of store.list('services', namespace))
          this.#queue.add(`${namespace}/${metadata.name}`);
      }
    });
  }

  close(): void {
    this.#stop();
    this.#queue.close();
  }

  #reconcile(key: string): void {
    const [namespace = '', name = ''] = key.split('/');
    const service = this.#store.get('services', namespace, name) as Service | undefined;
    const selector = service?.spec.selector;
    mirrorEndpoints(this.#store, namespace, name, service !== undefined && !selector);
    if (!service || !selector || service.spec.type === 'ExternalName') return;
    const pods = (this.#store.list('pods', namespace) as Resource[] as Pod[]).filter(
      pod => pod.status?.podIP && selectsLabels({ matchLabels: selector }, pod.metadata.labels ?? {}),
    );
    const all = service.spec.publishNotReadyAddresses === true;
    const members = pods.map(pod => ({ pod, ready: all || isReady(pod) }));
    const ports = service.spec.ports ?? [];
    // Pods may give a named port different numbers; here the first pod's number counts for all.
    const numbers = ports.flatMap(port => {
      const number = targetOf(port, pods[0]);
      return number === null ? [] : [{ ...port, port: number }];
    });
    this.#writeSlice(service, members, numbers);
    this.#writeEndpoints(service, members, numbers);
  }

  #writeSlice(service: Service, members: readonly Member[], ports: readonly ServicePort[]): void {
    const { name, namespace = '', labels } = service.metadata;
    const [found] = slicesOfService(this.#store, namespace, name, MANAGER);
    const content = {
      addressType: 'IPv4',
      endpoints: members.map(({ pod, ready }) => ({
        addresses: [pod.status?.podIP ?? ''],
        conditions: { ready, serving: ready, terminating: false },
        nodeName: NODE,
        targetRef: reference(pod),
      })),
      ports: members.length === 0 ? [] : ports.map(portOf),
    };
    if (found) return void this.#store.update(ENDPOINT_SLICES, { ...found, ...content });
    const metadata = { namespace, labels: labels ?? {}, ownerReferences: ownedBy(service) };
    this.#store.create(ENDPOINT_SLICES, newSlice(MANAGER, name, metadata, content));
  }

  #writeEndpoints(service: Service, members: readonly Member[], ports: readonly ServicePort[]): void {
    const { name, namespace = '', labels } = service.metadata;
    const addresses = (ready: boolean) =>
      members
        .filter(each => each.ready === ready)
        .map(({ pod }) => ({ ip: pod.status?.podIP ?? '', nodeName: NODE, targetRef: reference(pod) }));
    const [ready, others] = [addresses(true), addresses(false)];
    const object = {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: {
        name,
        namespace,
        labels: { ...labels, 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' },
      },
      ...(members.length === 0
        ? {}
        : {
            subsets: [
              {
                ...(ready.length > 0 ? { addresses: ready } : {}),
                ...(others.length > 0 ? { notReadyAddresses: others } : {}),
                ports: ports.map(portOf),
              },
            ],
          }),
    };
    if (this.#store.get('endpoints', namespace, name)) this.#store.update('endpoints', object);
    else this.#store.create('endpoints', object);
  }
}

interface Member {
  readonly pod: Pod;
  readonly ready: boolean;
}

function reference({ metadata: { name, namespace, uid } }: Pod) {
  return { kind: 'Pod', name, namespace, uid };
}

function portOf({ name, port, protocol = 'TCP' }: ServicePort) {
  return { ...(name ? { name } : {}), port, protocol };
}

/** The number of a port in the pods; a name is looked up among their containers' ports. Null: no container has it. */
function targetOf({ port, targetPort = port }: ServicePort, pod: Pod | undefined): number | null {
  if (typeof targetPort === 'number') return targetPort;
  const named = pod?.spec.containers.flatMap(each => each.ports ?? []).find(each => each.name === targetPort);
  return named?.containerPort ?? (/^\d+$/.test(targetPort) ? Number(targetPort) : null);
}
