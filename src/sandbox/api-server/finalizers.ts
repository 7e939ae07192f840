/**
 * Objects that are deleted and stay until the last of their finalizers is taken away.
 * Source: apiserver/pkg/registry/rest/delete.go (BeforeDelete), .../update.go (BeforeUpdate)
 */
import type { ResourceName } from '../rooms.ts';
import { isoSeconds } from '../time.ts';
import { forbidden } from './built-in/causes.ts';
import { invalid } from './status.ts';
import type { StoredObject } from './store.ts';

/** Of pods they are not heeded: the kubelet here ends a pod when it is gone. */
export function hasFinalizers(resource: ResourceName, object: StoredObject): boolean {
  return resource !== 'pods' && finalizersOf(object).length > 0;
}

function finalizersOf({ metadata: { finalizers } }: StoredObject): readonly string[] {
  return Array.isArray(finalizers) ? finalizers : [];
}

/** Whether it was deleted, and waits. */
export function isGoing({ metadata }: StoredObject): boolean {
  return metadata.deletionTimestamp !== undefined;
}

/** `object` with the mark of its deletion; a namespace shows it in its phase too. `now`: milliseconds since the epoch. */
export function going(resource: ResourceName, object: StoredObject, now: number): StoredObject {
  const { generation } = object.metadata;
  const metadata = {
    ...object.metadata,
    deletionTimestamp: isoSeconds(now),
    ...(resource === 'namespaces' ? {} : { deletionGracePeriodSeconds: 0 }),
    ...(generation === undefined ? {} : { generation: generation + 1 }),
  };
  const status = resource === 'namespaces' ? { status: { phase: 'Terminating' } } : {};
  return { ...object, ...status, metadata };
}

/** Nobody but a deletion writes these. */
export function deletionOf({ metadata }: StoredObject): object {
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  return {
    ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    ...(deletionGracePeriodSeconds === undefined ? {} : { deletionGracePeriodSeconds }),
  };
}

/** Throws Invalid if something that was deleted is given finalizers that it does not have. */
export function checkNoNewFinalizers(
  kind: string,
  group: string,
  next: StoredObject,
  old: StoredObject,
): void {
  if (!isGoing(old)) return;
  const had = finalizersOf(old);
  const fresh = finalizersOf(next).filter(each => !had.includes(each));
  if (fresh.length === 0) return;
  const list = fresh.map(each => JSON.stringify(each)).join(', ');
  const why = `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
  throw invalid(kind, group, old.metadata.name, [forbidden('metadata.finalizers', why)]);
}
