/** The order in which istiod takes objects: the oldest first; those of one second by name. Pure. */
import type { KubeObject } from '../kube/client.ts';
import { keyOf } from '../kube/kinds.ts';
import { refOf } from './fence.ts';

/** Source: pilot/pkg/model/config.go, configCompareByCreationTime. */
export function byAge(a: KubeObject, b: KubeObject): number {
  return compareText(made(a), made(b)) || byName(a, b);
}

/** As Go compares strings. */
const compareText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

const made = ({ metadata }: KubeObject) => String(metadata.creationTimestamp ?? '');

function byName(a: KubeObject, b: KubeObject): number {
  return (
    compareText(a.metadata.name, b.metadata.name) ||
    compareText(a.metadata.namespace ?? '', b.metadata.namespace ?? '')
  );
}

/**
 * Kinds whose objects are in another order by age than by name: only these, where age decides, must be made one after
 * the other, each a second after the one before.
 */
export function agedKinds(objects: readonly KubeObject[]): ReadonlySet<string> {
  const kinds = new Set<string>();
  const last = new Map<string, KubeObject>();
  for (const object of objects) {
    const before = last.get(object.kind);
    if (before !== undefined && byName(before, object) > 0) kinds.add(object.kind);
    last.set(object.kind, object);
  }
  return kinds;
}

/** The keys of each such kind's objects, in the order of `objects`, which are sorted by age: DesiredState.aged. */
export function agedChains(objects: readonly KubeObject[]): string[][] {
  return [...agedKinds(objects)].map(kind =>
    objects.filter(each => each.kind === kind).map(each => keyOf(refOf(each))),
  );
}
