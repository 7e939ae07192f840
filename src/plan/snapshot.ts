/** A cluster's objects as istiod sees them, read and never written. */
import type { Resource } from '../istio/resource.ts';
import { listObjects, readObject } from '../kube/apply.ts';
import type { Kube } from '../kube/client.ts';
import { MESH_CONFIG_MAP, meshConfigOf } from '../sandbox/istiod/mesh-config.ts';
import { MESH, type MeshConfig, type Snapshot } from '../sandbox/istiod/snapshot.ts';

const NETWORKING = 'networking.istio.io/v1';

/** The API's kinds of what a snapshot holds. */
export const PARTS = {
  namespaces: ['v1', 'Namespace'],
  services: ['v1', 'Service'],
  endpointSlices: ['discovery.k8s.io/v1', 'EndpointSlice'],
  pods: ['v1', 'Pod'],
  serviceEntries: [NETWORKING, 'ServiceEntry'],
  workloadEntries: [NETWORKING, 'WorkloadEntry'],
  destinationRules: [NETWORKING, 'DestinationRule'],
  virtualServices: [NETWORKING, 'VirtualService'],
  sidecars: [NETWORKING, 'Sidecar'],
} as const satisfies Record<keyof Snapshot, readonly [string, string]>;

export interface Seen {
  readonly snapshot: Snapshot;
  readonly mesh: MeshConfig;
}

/** Throws a ToolError where a kind may not be listed in the whole cluster: whatever is hidden might matter. */
export async function readSnapshot(kube: Kube): Promise<Seen> {
  const lists = await Promise.all(
    Object.entries(PARTS).map(async ([part, [apiVersion, kind]]) => {
      return [part, await listObjects(kube, apiVersion, kind, null)] as const;
    }),
  );
  const configMap = await readObject(kube, { apiVersion: 'v1', kind: 'ConfigMap', ...MESH_CONFIG_MAP });
  return {
    snapshot: Object.fromEntries(lists) as unknown as Snapshot,
    mesh: meshConfigOf((configMap ?? undefined) as Resource | undefined, MESH),
  };
}
