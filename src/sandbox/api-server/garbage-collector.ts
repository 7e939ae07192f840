/**
 * Deletes what belongs to nobody: objects whose owners are all missing. The store itself deletes an owner's dependents
 * along with it; this handles objects that name an owner which never existed. Source: pkg/controller/garbagecollector.
 */
import { goOn } from '../go-on.ts';
import { KINDS, kindOf, type ServedKind } from './kinds.ts';
import type { Store, StoredObject } from './store.ts';

interface Owner {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly uid?: string;
}

/** Returns a function that stops it. */
export function collectGarbage(store: Store): () => void {
  return store.subscribe(({ type, resource, object }) => {
    if (type === 'DELETED' || !isGarbage(store, object)) return;
    const { namespace = null, name, uid } = object.metadata;
    // After the writer has had its answer, as on a cluster.
    queueMicrotask(() =>
      goOn(`the collection of ${resource} ${namespace}/${name}`, () => {
        const live = store.get(resource, namespace, name);
        if (live?.metadata.uid === uid && isGarbage(store, live)) store.delete(resource, namespace, name);
      }),
    );
  });
}

function isGarbage(store: Store, { metadata }: StoredObject): boolean {
  const owners = (metadata.ownerReferences ?? []) as readonly Owner[];
  return owners.length > 0 && owners.every(owner => isAbsent(store, metadata.namespace ?? null, owner));
}

/** An owner of a kind that is not served here may still exist: it is not looked for. */
function isAbsent(
  store: Store,
  namespace: string | null,
  { apiVersion = '', kind, name, uid }: Owner,
): boolean {
  const found = kindNamed(apiVersion, kind);
  if (!found) return false;
  const there = store.get(found.resource, found.namespaced ? namespace : null, name ?? '');
  return there?.metadata.uid !== uid;
}

function kindNamed(apiVersion: string, kind = ''): ServedKind | undefined {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  const named = KINDS.find(each => each.kind === kind && each.group === group);
  return named && kindOf(group, version, named.plural);
}
