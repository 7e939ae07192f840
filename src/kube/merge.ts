/**
 * kubectl's three-way merges, as pure functions: what must be sent so that the live object becomes what
 * the manifest says, fields that only others set are kept, and fields that the last apply set and this one
 * does not are removed. Sources: apimachinery's jsonmergepatch and strategicpatch packages.
 */
import { isObject, type Json, type JsonObject, sameJson } from '../shared/json.ts';
import { strategicKey } from './list-keys.ts';

/** Only the object's own field: a label may be called constructor or __proto__, which every object inherits. */
function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** How a list is merged: `null` as a whole, else by this key of its elements. */
type ListKey = (path: readonly string[]) => string | null;

/** For custom resources: JSON merge patch (RFC 7386), in which every list is replaced as a whole. */
export function jsonMergePatch(original: JsonObject, modified: JsonObject, live: JsonObject): JsonObject {
  return patchMap(original, modified, live, [], () => null);
}

/** For built-in kinds: strategic merge patch, in which the server merges keyed lists by their key. */
export function strategicMergePatch(
  original: JsonObject,
  modified: JsonObject,
  live: JsonObject,
): JsonObject {
  return patchMap(original, modified, live, [], listKey);
}

function patchMap(
  original: JsonObject,
  modified: JsonObject,
  live: JsonObject,
  path: readonly string[],
  keyOf: ListKey,
): JsonObject {
  const patch = new Map<string, Json>();
  for (const [name, wanted] of Object.entries(modified)) {
    const has = own(live, name);
    const was = own(original, name);
    const here = [...path, name];
    const key = keyOf(here);
    if (wanted === null) {
      if (has !== undefined && has !== null) patch.set(name, null);
    } else if (isObject(wanted) && isObject(has)) {
      const inner = patchMap(isObject(was) ? was : {}, wanted, has, here, keyOf);
      if (Object.keys(inner).length === 0) continue;
      patch.set(name, RETAIN.has(here.join('.')) && keyOf === listKey ? retaining(inner, wanted) : inner);
    } else if (key !== null && Array.isArray(wanted) && Array.isArray(has)) {
      const inner = patchKeyedList(Array.isArray(was) ? was : [], wanted, has, here, key);
      if (inner.length > 0) patch.set(name, inner);
    } else if (!sameJson(wanted, has)) {
      patch.set(name, wanted);
    }
  }
  for (const name of Object.keys(original)) {
    if (!Object.hasOwn(modified, name) && Object.hasOwn(live, name)) patch.set(name, null);
  }
  return Object.fromEntries(patch);
}

/** Elements to merge, and `$patch: delete` for those that the last apply had and this one has not. */
function patchKeyedList(
  original: Json[],
  modified: Json[],
  live: Json[],
  path: readonly string[],
  key: string,
): Json[] {
  const find = (list: Json[], value: Json | undefined) =>
    list.filter(isObject).find(each => value !== undefined && sameJson(each[key], value));
  const patch: Json[] = [];
  for (const wanted of modified) {
    if (!isObject(wanted)) continue;
    const has = find(live, wanted[key]);
    if (!has) {
      patch.push(wanted);
      continue;
    }
    const inner = patchMap(find(original, wanted[key]) ?? {}, wanted, has, path, listKey);
    if (Object.keys(inner).length === 0) continue;
    const keyed: JsonObject = { ...inner, [key]: wanted[key] ?? null };
    patch.push(path.at(-1) === 'volumes' ? retaining(keyed, wanted) : keyed);
  }
  for (const was of original.filter(isObject)) {
    const value = was[key];
    if (value === undefined || find(modified, value) || !find(live, value)) continue;
    patch.push({ $patch: 'delete', [key]: value });
  }
  return patch;
}

/** Maps in which one member excludes the others (a volume's source, a strategy's type): the rest is dropped. */
const RETAIN: ReadonlySet<string> = new Set(['spec.strategy']);

function retaining(patch: JsonObject, wanted: JsonObject): JsonObject {
  return { ...patch, $retainKeys: Object.keys(wanted).sort() };
}

/** A set of plain values has no key: it is sent as a whole. */
function listKey(path: readonly string[]): string | null {
  return strategicKey(path)?.[0] ?? null;
}
