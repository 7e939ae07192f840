/** What stays the same of an object over its life: its key and some of its metadata. */
import { isDeepStrictEqual } from 'node:util';
import { deletionOf } from './finalizers.ts';
import type { StoredObject } from './store.ts';

/** The fields that an update cannot change. */
export function lifeOf(old: StoredObject) {
  const { uid, resourceVersion, creationTimestamp, generation } = old.metadata;
  const counted = generation === undefined ? {} : { generation };
  return { uid, resourceVersion, creationTimestamp, ...counted, ...deletionOf(old) };
}

export function sameApartFromStatus(a: StoredObject, b: StoredObject): boolean {
  const rest = ({ metadata: _, status: __, ...others }: StoredObject) => others;
  return isDeepStrictEqual(rest(a), rest(b));
}

/** Names contain no slash, so this is unique, and sorts as etcd's keys do. */
export function keyOf(namespace: string | null, name: string): string {
  return `${namespace ?? ''}/${name}`;
}
