/**
 * Kubernetes Services and their EndpointSlices, as istiod registers them.
 * Source: pilot/pkg/serviceregistry/kube/conversion.go, kube/controller/endpointslice.go.
 */
import { createdAt, namespaceOf } from '../../istio/age.ts';
import { kubernetesProtocol } from '../../istio/protocol.ts';
import type { Service } from '../../istio/types.ts';
import { type Endpoint, type MeshService, UNSPECIFIED, withTopology } from './mesh-service.ts';
import type { PodIndex } from './pods.ts';
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

/** The endpoints in one slice. An address is left out if its slice assigns it to a pod that is gone. */
export function sliceEndpoints(slice: EndpointSlice, pods: PodIndex): Endpoint[] {
  const out: Endpoint[] = [];
  for (const entry of slice.endpoints ?? []) {
    const ref = entry.targetRef;
    const { ready = true, terminating = true } = entry.conditions ?? {};
    for (const address of entry.addresses) {
      const pod =
        ref?.kind === 'Pod'
          ? pods.get(ref.namespace ?? namespaceOf(slice), ref.name ?? '')
          : pods.get(namespaceOf(slice), address);
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
          mutualTls: pod?.mutualTls ?? false,
          account: pod?.account ?? '',
          health: ready ? 'ready' : terminating ? 'ending' : 'unready',
        });
      }
    }
  }
  return out;
}
