/**
 * Strategic merge patch, the server's half: keyed lists are merged by their key; the directives $patch,
 * $retainKeys, $setElementOrder/x and $deleteFromPrimitiveList/x. Source: apimachinery/pkg/util/strategicpatch/patch.go
 */
import { canonicalText, isObject, type Json, type JsonObject, objectOf, places } from '../shared/json.ts';
import { strategicKey } from './list-keys.ts';

const PATCH = '$patch';
const RETAIN = '$retainKeys';
const ORDER = '$setElementOrder/';
const DELETE_FROM = '$deleteFromPrimitiveList/';

/** A patch that cannot be merged, in the API server's words. */
export class PatchError extends Error {}

/** Throws PatchError for an invalid directive, or an element without its key. */
export function strategicMerge(target: JsonObject, patch: JsonObject): JsonObject {
  return mergeMap(target, patch, []);
}

function mergeMap(target: JsonObject, patch: JsonObject, path: readonly string[]): JsonObject {
  const directive = patch[PATCH];
  if (directive !== undefined) return byDirective(directive, patch);
  const result = new Map<string, Json>(Object.entries(target));
  const retained = patch[RETAIN];
  if (Array.isArray(retained)) {
    const kept = new Set(retained);
    for (const key of result.keys()) if (!kept.has(key)) result.delete(key);
  }
  for (const [key, value] of Object.entries(patch)) {
    if (key.startsWith(ORDER)) {
      reorder(result, patch, key.slice(ORDER.length), value, path);
    } else if (key.startsWith(DELETE_FROM)) {
      const name = key.slice(DELETE_FROM.length);
      const list = result.get(name);
      if (!Array.isArray(list) || !Array.isArray(value)) continue;
      const gone = new Set(value.map(canonicalText));
      result.set(
        name,
        list.filter(each => !gone.has(canonicalText(each))),
      );
    } else if (key !== RETAIN && !Object.hasOwn(patch, ORDER + key)) {
      mergeField(result, key, value, path);
    }
  }
  return objectOf(result);
}

function byDirective(directive: Json, { [PATCH]: _, ...rest }: JsonObject): JsonObject {
  if (directive === 'replace') return rest;
  if (directive === 'delete') return {};
  throw new PatchError(`Unknown patch type: ${String(directive)}`);
}

function mergeField(result: Map<string, Json>, key: string, value: Json, path: readonly string[]): void {
  if (value === null) {
    result.delete(key);
    return;
  }
  const merged = mergeValue(result.get(key), value, [...path, key]);
  if (merged === undefined) result.delete(key);
  else result.set(key, merged);
}

/** Undefined: a directive removed the value. */
function mergeValue(target: Json | undefined, patch: Json, path: readonly string[]): Json | undefined {
  if (isObject(patch)) {
    if (patch[PATCH] === 'delete') return undefined;
    return isObject(target) ? mergeMap(target, patch, path) : mergeMap({}, patch, path);
  }
  if (!Array.isArray(patch)) return patch;
  return mergeList(Array.isArray(target) ? target : [], patch, path);
}

function mergeList(
  target: readonly Json[],
  patch: readonly Json[],
  path: readonly string[],
): readonly Json[] {
  const keys = strategicKey(path);
  if (keys === null) return patch.map(withoutDirectives);
  const [key] = keys;
  if (key === undefined) {
    const had = new Set(target.map(canonicalText));
    return [...target, ...patch.filter(each => !had.has(canonicalText(each)))];
  }
  const idOf = (each: Json) => (isObject(each) ? canonicalText(each[key] ?? null) : '');
  const wanted: JsonObject[] = [];
  const deleted = new Set<string>();
  let replace = false;
  for (const element of patch.filter(isObject)) {
    const directive = element[PATCH];
    if (directive === 'replace') replace = true;
    else if (directive === undefined) wanted.push(element);
    else if (directive !== 'delete') throw new PatchError(`Unknown patch type: ${String(directive)}`);
    if (directive !== 'replace' && element[key] === undefined) throw noMergeKey(element, key);
    if (directive === 'delete') deleted.add(idOf(element));
  }
  if (replace) return wanted;
  const kept = target.filter(isObject).filter(each => !deleted.has(idOf(each)));
  const merged: JsonObject[] = [...kept];
  const at = places(merged, idOf);
  for (const element of wanted) {
    const id = idOf(element);
    const index = at.get(id) ?? merged.length;
    at.set(id, index);
    merged[index] = mergeMap(merged[index] ?? {}, element, path);
  }
  return inOrder(merged, wanted, kept, key);
}

function noMergeKey(element: JsonObject, key: string) {
  return new PatchError(`map: ${JSON.stringify(element)} does not contain declared merge key: ${key}`);
}

/** A list that is replaced may still contain directives, which are never stored. */
function withoutDirectives(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutDirectives);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([key]) => !key.startsWith('$'));
  return objectOf(entries.map(([key, each]) => [key, withoutDirectives(each)]));
}

/** $setElementOrder/NAME: merges the list of that name, then puts it in the given order. */
function reorder(
  result: Map<string, Json>,
  patch: JsonObject,
  name: string,
  order: Json,
  path: readonly string[],
): void {
  const before = result.get(name);
  if (patch[name] !== undefined) mergeField(result, name, patch[name], path);
  const list = result.get(name);
  if (!Array.isArray(list) || !Array.isArray(order)) return;
  const [key = null] = strategicKey([...path, name]) ?? [];
  result.set(name, inOrder(list, order, Array.isArray(before) ? before : [], key));
}

/**
 * The elements named in `order`, in that order; the others, which only the server has, go before the first element that
 * they preceded in `live`.
 */
function inOrder(
  list: readonly Json[],
  order: readonly Json[],
  live: readonly Json[],
  key: string | null,
): Json[] {
  const idOf = (each: Json) => canonicalText(key !== null && isObject(each) ? (each[key] ?? null) : each);
  const [asked, before] = [places(order, idOf), places(live, idOf)];
  const place = (all: ReadonlyMap<string, number>, each: Json | undefined) =>
    each === undefined ? -1 : (all.get(idOf(each)) ?? -1);
  const by = (all: ReadonlyMap<string, number>, list: readonly Json[]) =>
    list
      .map(each => ({ each, at: place(all, each) }))
      .sort((a, b) => a.at - b.at)
      .map(({ each }) => each);
  const ordered = by(
    asked,
    list.filter(each => place(asked, each) >= 0),
  );
  const others = by(
    before,
    list.filter(each => place(asked, each) < 0),
  );
  const result: Json[] = [];
  let [o, n] = [0, 0];
  while (o < others.length && n < ordered.length) {
    const [other, next] = [place(before, others[o]), place(before, ordered[n])];
    const first = other >= 0 && next >= 0 && other < next ? others[o++] : ordered[n++];
    if (first !== undefined) result.push(first);
  }
  return [...result, ...others.slice(o), ...ordered.slice(n)];
}
