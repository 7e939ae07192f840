/**
 * FieldsV1: which fields of an object a manager owns, as a tree. 'f:spec' is a field, 'k:{"name":"http"}' an element of
 * a keyed list, 'v:"x"' one of a set, '.' an element itself; whatever has nothing below it is a leaf.
 * Source: sigs.k8s.io/structured-merge-diff/v6/fieldpath.
 */
import type { ListKeys } from '../../../kube/list-keys.ts';
import { isObject, type Json, type JsonObject, objectOf, sameJson } from '../../../shared/json.ts';

export type KeysOf = (path: readonly string[]) => ListKeys;

/** Every object has them, and no manager owns them. */
const UNOWNED = new Set(['apiVersion', 'kind']);
const UNOWNED_METADATA = new Set([
  ...['name', 'namespace', 'managedFields', 'uid', 'resourceVersion', 'generation', 'creationTimestamp'],
]);

/** An element's name in a keyed list or a set. */
export function idBy(keys: readonly string[]): (value: Json) => string {
  return value => {
    if (!isObject(value)) return `v:${JSON.stringify(value)}`;
    const found = keys.map(key => [key, value[key] ?? (key === 'protocol' ? 'TCP' : null)] as const);
    return `k:${JSON.stringify(objectOf(found))}`;
  };
}

/** All fields of a value. */
export function fieldsOf(value: JsonObject, path: readonly string[], keysOf: KeysOf): JsonObject {
  const result: [string, Json][] = [];
  for (const [key, each] of Object.entries(value)) {
    if (path.length === 0 && UNOWNED.has(key)) continue;
    if (path.join('.') === 'metadata' && UNOWNED_METADATA.has(key)) continue;
    const here = [...path, key];
    const keys = Array.isArray(each) ? keysOf(here) : null;
    if (isObject(each)) {
      const below = fieldsOf(each, here, keysOf);
      // Of metadata with nothing but a name there is nothing to be owned.
      if (isLeaf(below) && here.join('.') === 'metadata') continue;
      result.push([`f:${key}`, below]);
    } else if (Array.isArray(each) && keys !== null) {
      const id = idBy(keys);
      const elements = each.map(
        one => [id(one), isObject(one) ? { '.': {}, ...fieldsOf(one, here, keysOf) } : {}] as const,
      );
      result.push([`f:${key}`, objectOf(elements)]);
    } else result.push([`f:${key}`, {}]);
  }
  return objectOf(result);
}

export function union(a: JsonObject, b: JsonObject): JsonObject {
  const result = new Map<string, Json>(Object.entries(a));
  for (const [key, value] of Object.entries(b)) {
    const had = result.get(key);
    result.set(key, isObject(had) && isObject(value) ? union(had, value) : value);
  }
  return objectOf(result);
}

function isLeaf(tree: JsonObject): boolean {
  return Object.keys(tree).length === 0;
}

/** The leaves of `tree` whose values differ between `before` and `after`. */
export function changedFields(
  tree: JsonObject,
  before: Json | undefined,
  after: Json | undefined,
  keysOf: KeysOf,
  path: readonly string[] = [],
): JsonObject {
  const result: [string, Json][] = [];
  const [oldAt, nowAt] = [valuesOf(before, path, keysOf), valuesOf(after, path, keysOf)];
  for (const [key, below] of Object.entries(tree)) {
    if (key === '.' || !isObject(below)) continue;
    const here = key.startsWith('f:') ? [...path, key.slice(2)] : path;
    const [old, now] = [oldAt(key), nowAt(key)];
    if (isLeaf(below)) {
      if (!sameValue(old, now)) result.push([key, {}]);
      continue;
    }
    const inner = changedFields(below, old, now, keysOf, here);
    if (!isLeaf(inner)) result.push([key, inner]);
  }
  return objectOf(result);
}

function sameValue(a: Json | undefined, b: Json | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameJson(a, b);
}

/** The values under a key of a tree, in an object or a keyed list. */
function valuesOf(
  value: Json | undefined,
  path: readonly string[],
  keysOf: KeysOf,
): (key: string) => Json | undefined {
  if (isObject(value)) return key => (key.startsWith('f:') ? value[key.slice(2)] : undefined);
  const keys = Array.isArray(value) ? keysOf(path) : null;
  if (!Array.isArray(value) || keys === null) return () => undefined;
  const id = idBy(keys);
  const elements = new Map(value.map(each => [id(each), each]));
  return key => elements.get(key);
}

/** The leaves in both. */
export function intersection(a: JsonObject, b: JsonObject): JsonObject {
  const result: [string, Json][] = [];
  for (const [key, below] of Object.entries(a)) {
    const other = b[key];
    if (!isObject(below) || !isObject(other)) continue;
    const inner = isLeaf(below) || isLeaf(other) ? {} : intersection(below, other);
    if (isLeaf(below) || isLeaf(other) || !isLeaf(inner)) result.push([key, inner]);
  }
  return objectOf(result);
}

/** `a` without the leaves of `b`. */
export function difference(a: JsonObject, b: JsonObject): JsonObject {
  const result: [string, Json][] = [];
  for (const [key, below] of Object.entries(a)) {
    const gone = b[key];
    if (!isObject(below) || !isObject(gone)) result.push([key, below]);
    else if (!isLeaf(gone) && !isLeaf(below)) {
      const inner = difference(below, gone);
      if (!isLeaf(inner)) result.push([key, inner]);
    }
  }
  return objectOf(result);
}

/** The leaves as paths: '.spec.ports[name="http"].number'. */
export function pathsOf(tree: JsonObject, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([key, below]) => {
    const here = `${prefix}${step(key)}`;
    return isObject(below) && !isLeaf(below) ? pathsOf(below, here) : [here];
  });
}

function step(key: string): string {
  if (key.startsWith('f:')) return `.${key.slice(2)}`;
  if (key.startsWith('v:')) return `[=${key.slice(2)}]`;
  if (!key.startsWith('k:')) return '';
  const pairs = Object.entries(JSON.parse(key.slice(2)) as JsonObject);
  return `[${pairs.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(',')}]`;
}
