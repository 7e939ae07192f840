/** An apply on paper: kubectl's three-way merge into a snapshot, and what the API would say of the outcome. Pure. */
import { refusalOf } from '../istio/refusal.ts';
import type { Resource } from '../istio/resource.ts';
import { merged } from '../kube/apply.ts';
import type { KubeObject, ObjectRef } from '../kube/client.ts';
import { ISTIO_API_KINDS } from '../kube/kinds.ts';
import { noMatches } from '../kube/resources.ts';
import { PatchError } from '../kube/strategic-merge.ts';
import type { Snapshot } from '../sandbox/istiod/snapshot.ts';
import { PARTS } from './snapshot.ts';

export type Planned =
  | { readonly outcome: 'created' | 'configured' | 'unchanged' | 'left out' }
  /** In the API's words. */
  | { readonly outcome: 'refused'; readonly message: string };

interface Applied {
  readonly snapshot: Snapshot;
  readonly planned: Planned;
}

/**
 * The snapshot with an object applied, and what the API would say. `collection` is the API's path of its kind, null for
 * one that it does not know. An object that is new is the youngest. 'left out': it has no part in a snapshot.
 */
export function withApplied(
  snapshot: Snapshot,
  given: KubeObject,
  collection: string | null,
  now: Date,
): Applied {
  const refused = (message: string): Applied => ({ snapshot, planned: { outcome: 'refused', message } });
  if (collection === null) return refused(noMatches(given));
  const object = collection.includes('/namespaces/') ? given : withoutNamespace(given);
  const { namespace } = object.metadata;
  if (namespace !== undefined && !snapshot.namespaces.some(each => each.metadata.name === namespace)) {
    return refused(`namespaces "${namespace}" not found`);
  }
  const part = partOf(object);
  const list = part === undefined ? [] : ((snapshot[part] ?? []) as readonly KubeObject[]);
  const before = list.find(
    ({ metadata }) => metadata.name === object.metadata.name && metadata.namespace === namespace,
  );
  const after = before === undefined ? object : mergedOrNot(before, object);
  if (after instanceof PatchError) return refused(after.message);
  const message = isChecked(object) ? refusalOf((after ?? object) as Resource) : null;
  if (message !== null) return refused(message);
  if (part === undefined) return { snapshot, planned: { outcome: 'left out' } };
  if (after === null) return { snapshot, planned: { outcome: 'unchanged' } };
  const creationTimestamp = before?.metadata.creationTimestamp ?? now.toISOString().replace(/\.\d+Z$/, 'Z');
  const applied = { ...after, metadata: { ...after.metadata, creationTimestamp } };
  const others = list.filter(each => each !== before);
  return {
    snapshot: { ...snapshot, [part]: [...others, applied] },
    planned: { outcome: before === undefined ? 'created' : 'configured' },
  };
}

/** The snapshot without an object; as it is where that is not in it. */
export function withRemoved(snapshot: Snapshot, ref: ObjectRef): Snapshot {
  const part = partOf(ref);
  if (part === undefined) return snapshot;
  const left = ((snapshot[part] ?? []) as readonly KubeObject[]).filter(
    ({ metadata }) => metadata.name !== ref.name || metadata.namespace !== ref.namespace,
  );
  return { ...snapshot, [part]: left };
}

/** Where a snapshot holds objects of this kind; undefined: nowhere. */
const partOf = (kind: Kind) =>
  (Object.keys(PARTS) as (keyof Snapshot)[]).find(each => isOf(kind, PARTS[each]));

function mergedOrNot(live: KubeObject, object: KubeObject): KubeObject | PatchError | null {
  try {
    return merged(live, object);
  } catch (error) {
    if (error instanceof PatchError) return error;
    throw error;
  }
}

function withoutNamespace(object: KubeObject): KubeObject {
  const { namespace: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

type Kind = Pick<ObjectRef, 'apiVersion' | 'kind'>;

const groupOf = (apiVersion: string) => /^(.*)\//.exec(apiVersion)?.[1] ?? '';

/** A Service of Knative's is none of Kubernetes'. */
function isOf(object: Kind, [apiVersion, kind]: readonly [string, string]): boolean {
  return object.kind === kind && groupOf(object.apiVersion) === groupOf(apiVersion);
}

/** Whether it is of a kind whose schema is built in here. */
const isChecked = (object: KubeObject) =>
  ISTIO_API_KINDS.some(({ apiVersion, kind }) => isOf(object, [apiVersion, kind]));
