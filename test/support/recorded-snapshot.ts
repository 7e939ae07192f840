/** A Snapshot from a list of objects as kubectl prints them, and the client's sidecar among them. */
import type { Resource } from '../../src/istio/resource.ts';
import type { ProxyIdentity as SidecarProxy, Snapshot } from '../../src/sandbox/istiod/snapshot.ts';

export function snapshotOf(objects: readonly Resource[]): Snapshot {
  const ofKind = <R extends Resource>(kind: string): R[] => objects.filter(o => o.kind === kind) as R[];
  return {
    namespaces: ofKind('Namespace'),
    services: ofKind('Service'),
    endpointSlices: ofKind('EndpointSlice'),
    pods: ofKind('Pod'),
    serviceEntries: ofKind('ServiceEntry'),
    workloadEntries: ofKind('WorkloadEntry'),
    destinationRules: ofKind('DestinationRule'),
    virtualServices: ofKind('VirtualService'),
    sidecars: ofKind('Sidecar'),
  };
}

/** The pod with the label app=client. */
export function clientOf(objects: readonly Resource[]): SidecarProxy {
  const pod = objects.find(o => o.kind === 'Pod' && o.metadata.labels?.app === 'client');
  if (pod === undefined) throw new Error('no pod with the label app=client');
  return {
    namespace: pod.metadata.namespace ?? '',
    labels: pod.metadata.labels ?? {},
    ip: (pod.status as { podIP?: string }).podIP ?? '',
  };
}
