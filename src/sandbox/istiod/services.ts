/**
 * Kubernetes Services and their EndpointSlices, as istiod registers them.
 * Source: pilot/pkg/serviceregistry/kube/conversion.go, kube/controller/endpointslice.go.
 */
import type { Resource } from '../../istio/resource.ts';
import type { Service } from '../../istio/types.ts';
import { createdAt, namespaceOf } from './age.ts';
import { type Endpoint, type MeshService, UNSPECIFIED, withTopology } from './mesh-service.ts';
import { kubernetesProtocol } from './protocol.ts';
import type { EndpointSlice, MeshConfig } from './snapshot.ts';

const EXPORT_TO = 'networking.istio.io/exportTo';

export const serviceHost = (name: string, namespace: string, mesh: MeshConfig): string =>
  `${name}.${namespace}.svc.${mesh.domain}`;

export function fromService(service: Service, mesh: MeshConfig): MeshService {
  const { metadata, spec = {} } = service;
  const namespace = namespaceOf(service);
  const headless = spec.clusterIP === 'None';
  const externalName = spec.type === 'ExternalName' ? (spec.externalName ?? '') : '';
  const exportTo = metadata.annotations?.[EXPORT_TO];
  return {
    host: serviceHost(metadata.name, namespace, mesh),
    namespace,
    name: metadata.name,
    registry: 'Kubernetes',
    createdAt: createdAt(metadata),
    external: externalName !== '',
    resolution: headless ? 'Passthrough' : externalName !== '' ? 'Alias' : 'ClientSideLB',
    address: headless || !spec.clusterIP ? UNSPECIFIED : spec.clusterIP,
    ports: (spec.ports ?? []).map(p => ({
      name: p.name ?? '',
      port: p.port,
      protocol: kubernetesProtocol(p),
    })),
    exportTo: exportTo ? new Set(exportTo.split(',').map(s => s.trim())) : undefined,
    labels: metadata.labels ?? {},
    selector: spec.selector,
    targetPorts: new Map(),
    accounts: [],
    externalName,
    aliases: [],
  };
}

interface PodView {
  readonly labels: Readonly<Record<string, string>>;
  readonly account: string;
  readonly locality: string;
  readonly node: string;
}

interface PodSpec {
  serviceAccountName?: string;
  nodeName?: string;
}

/** Pods by 'namespace/name' and 'namespace/IP': an endpoint's labels and identity are its pod's. */
export function podIndex(pods: readonly Resource[], mesh: MeshConfig): ReadonlyMap<string, PodView> {
  const index = new Map<string, PodView>();
  for (const pod of pods) {
    const spec = (pod.spec ?? {}) as PodSpec;
    const ip = (pod.status as { podIP?: string } | undefined)?.podIP;
    const namespace = namespaceOf(pod);
    const view: PodView = {
      labels: pod.metadata.labels ?? {},
      account: `spiffe://${mesh.domain}/ns/${namespace}/sa/${spec.serviceAccountName ?? 'default'}`,
      locality: localityOfPod(pod.metadata.labels ?? {}),
      node: spec.nodeName ?? '',
    };
    index.set(`${namespace}/${pod.metadata.name}`, view);
    if (ip !== undefined) index.set(`${namespace}/${ip}`, view);
  }
  return index;
}

/**
 * Istio takes a pod's locality from its label istio-locality, else from its node's labels; here nodes have none, as
 * the lab's have none.
 */
export function localityOfPod(labels: Readonly<Record<string, string>>): string {
  const label = labels['istio-locality'] ?? '';
  return label.includes('/') ? label : label.replaceAll('.', '/');
}

const TLS_MODE = 'security.istio.io/tlsMode';

/** The endpoints that one slice holds. An address that a slice ascribes to a pod which is gone is left out. */
export function sliceEndpoints(slice: EndpointSlice, pods: ReadonlyMap<string, PodView>): Endpoint[] {
  const out: Endpoint[] = [];
  for (const entry of slice.endpoints ?? []) {
    const ref = entry.targetRef;
    for (const address of entry.addresses) {
      const pod =
        ref?.kind === 'Pod'
          ? pods.get(`${ref.namespace}/${ref.name}`)
          : pods.get(`${namespaceOf(slice)}/${address}`);
      if (pod === undefined && ref?.kind === 'Pod') continue;
      for (const port of slice.ports ?? []) {
        out.push({
          address,
          port: port.port ?? 0,
          portName: port.name ?? '',
          servicePort: undefined,
          labels: withTopology(pod?.labels, pod?.locality ?? '', pod?.node),
          locality: pod?.locality ?? '',
          weight: 1,
          mutualTls: pod?.labels[TLS_MODE] === 'istio',
          account: pod?.account ?? '',
          healthy: entry.conditions?.ready !== false,
        });
      }
    }
  }
  return out;
}
