/**
 * Pods as istiod sees them: labels, identity and locality for endpoints of Services, and whole endpoints for
 * ServiceEntries that select them.
 * Source: pilot/pkg/serviceregistry/kube/controller/pod.go, kube/conversion.go.
 */
import { namespaceOf } from '../../istio/age.ts';
import type { Resource } from '../../istio/resource.ts';
import type { MeshConfig } from './snapshot.ts';

export interface PodView {
  readonly namespace: string;
  readonly name: string;
  readonly ip: string;
  readonly labels: Readonly<Record<string, string>>;
  /** SPIFFE identity of its service account. */
  readonly account: string;
  /** 'region/zone/subzone', '' for none. */
  readonly locality: string;
  readonly node: string;
  readonly mutualTls: boolean;
  readonly ready: boolean;
  /** Named TCP ports of its containers. */
  readonly ports: Readonly<Record<string, number>>;
}

interface PodSpec {
  serviceAccountName?: string;
  nodeName?: string;
  containers?: { ports?: { name?: string; containerPort?: number; protocol?: string }[] }[];
}

interface PodStatus {
  podIP?: string;
  conditions?: { type?: string; status?: string }[];
}

function podView(pod: Resource, mesh: MeshConfig): PodView {
  const spec = (pod.spec ?? {}) as PodSpec;
  const status = (pod.status ?? {}) as PodStatus;
  const labels = pod.metadata.labels ?? {};
  const namespace = namespaceOf(pod);
  const ports: Record<string, number> = {};
  for (const { name, containerPort = 0, protocol = 'TCP' } of spec.containers?.flatMap(c => c.ports ?? []) ??
    []) {
    if (name && protocol === 'TCP') ports[name] ??= containerPort;
  }
  return {
    namespace,
    name: pod.metadata.name,
    ip: status.podIP ?? '',
    labels,
    account: `spiffe://${mesh.domain}/ns/${namespace}/sa/${spec.serviceAccountName ?? 'default'}`,
    locality: localityOfLabels(labels),
    node: spec.nodeName ?? '',
    mutualTls: labels['security.istio.io/tlsMode'] === 'istio',
    ready: status.conditions?.some(c => c.type === 'Ready' && c.status === 'True') ?? false,
    ports,
  };
}

/**
 * Istio takes a workload's locality from its label istio-locality, else a pod's from its node's labels; here, as in the
 * lab, nodes have none.
 */
export function localityOfLabels(labels: Readonly<Record<string, string>>): string {
  const label = labels['istio-locality'] ?? '';
  return label.includes('/') ? label : label.replaceAll('.', '/');
}

/** Finds the pod of an endpoint, by name or by its address within a namespace. */
export class PodIndex {
  readonly all: readonly PodView[];
  readonly #byKey = new Map<string, PodView>();

  constructor(pods: readonly Resource[], mesh: MeshConfig) {
    this.all = pods.map(pod => podView(pod, mesh));
    for (const pod of this.all) {
      this.#byKey.set(`${pod.namespace}/${pod.name}`, pod);
      const address = `${pod.namespace}/${pod.ip}`;
      if (pod.ip !== '' && !this.#byKey.has(address)) this.#byKey.set(address, pod);
    }
  }

  get(namespace: string, nameOrAddress: string): PodView | undefined {
    return this.#byKey.get(`${namespace}/${nameOrAddress}`);
  }
}
