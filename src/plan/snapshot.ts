/** A cluster's objects as istiod sees them, read and never written; and the same after an apply, on paper. */

import type { Resource } from '../istio/resource.ts';
import { checkSchema } from '../istio/schema/check.ts';
import { admissionOf } from '../istio/validation/validate.ts';
import { listObjects, readObject } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/client.ts';
import { isIstio, keyOf } from '../kube/kinds.ts';
import { MESH_CONFIG_MAP, meshConfigOf } from '../sandbox/istiod/mesh-config.ts';
import { MESH, type MeshConfig, type Snapshot } from '../sandbox/istiod/snapshot.ts';

const NETWORKING = 'networking.istio.io/v1';

/** The API's kinds of what a snapshot holds. */
const PARTS = {
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

export type Planned =
  | { readonly outcome: 'created' | 'configured' | 'unchanged' | 'not for routing' }
  /** In the API's words. */
  | { readonly outcome: 'refused'; readonly message: string };

/** The snapshot with an object applied, and what the API would say. An object that is new is the youngest. */
export function withApplied(
  snapshot: Snapshot,
  object: KubeObject,
  now: Date,
): { readonly snapshot: Snapshot; readonly planned: Planned } {
  const part = (Object.keys(PARTS) as (keyof Snapshot)[]).find(each => PARTS[each][1] === object.kind);
  if (part === undefined) return { snapshot, planned: { outcome: 'not for routing' } };
  const checked = isIstio(object) ? refusedOrPruned(object) : { object };
  if ('message' in checked) return { snapshot, planned: { outcome: 'refused', message: checked.message } };
  const list = (snapshot[part] ?? []) as readonly KubeObject[];
  const before = list.find(each => keyOf(refOf(each)) === keyOf(refOf(object)));
  const creationTimestamp = before?.metadata.creationTimestamp ?? now.toISOString().replace(/\.\d+Z$/, 'Z');
  const applied: KubeObject = {
    ...before,
    ...checked.object,
    metadata: { ...object.metadata, creationTimestamp },
  };
  const same = before !== undefined && JSON.stringify(before.spec) === JSON.stringify(applied.spec);
  const outcome = before === undefined ? 'created' : same ? 'unchanged' : 'configured';
  const others = list.filter(each => each !== before);
  return { snapshot: { ...snapshot, [part]: [...others, applied] }, planned: { outcome } };
}

function refusedOrPruned(object: KubeObject): { object: KubeObject } | { message: string } {
  const resource = object as unknown as Resource;
  const { causes, object: pruned } = checkSchema(resource);
  if (causes.length > 0) {
    return { message: causes.map(({ field, message }) => `${field}: ${message}`).join('; ') };
  }
  const { denied } = admissionOf(pruned);
  return denied ? { message: denied.message } : { object: pruned as unknown as KubeObject };
}

function refOf({ apiVersion, kind, metadata: { name, namespace } }: KubeObject) {
  return { apiVersion, kind, name, namespace };
}
