/**
 * Server-side apply: what a manager applies is merged, and what the same manager applied before and now leaves out
 * is taken away. Kubernetes also refuses what another manager owns unless it is forced (409); here the last writer
 * wins. Only managers that apply are remembered, in managedFields of Kubernetes' own form.
 * Source: sigs.k8s.io/structured-merge-diff/v6; apimachinery/pkg/util/managedfields.
 */
import { isObject, type Json, type JsonObject, objectOf, places, sameJson } from './json.ts';
import type { ListKeys } from './list-keys.ts';

export interface ApplyOptions {
  readonly manager: string;
  /** As managedFields has it: '2026-11-24T19:00:16Z'. */
  readonly time: string;
  readonly keysOf: (path: readonly string[]) => ListKeys;
}

/** Of every object, and no manager's. */
const UNOWNED = new Set(['apiVersion', 'kind']);
const UNOWNED_METADATA = new Set(['name', 'namespace', 'managedFields']);

/** `live` is {} when the object is to be made. */
export function serverSideApply(live: JsonObject, config: JsonObject, options: ApplyOptions): JsonObject {
  const { manager, time, keysOf } = options;
  const owned = fieldsOf(config, [], keysOf);
  const entries = managedFields(live);
  const before = entries.find(each => each.manager === manager && each.operation === 'Apply')?.fieldsV1;
  const others = entries.filter(each => each.manager !== manager || each.operation !== 'Apply');
  const stillOwned = others
    .map(each => each.fieldsV1)
    .reduce<JsonObject>((all, each) => (isObject(each) ? union(all, each) : all), owned);
  const left = isObject(before) ? without(live, before, stillOwned, [], keysOf) : live;
  const merged = merge(left, config, [], keysOf);
  const same = isObject(before) && sameJson(before, owned);
  const entry: JsonObject = {
    apiVersion: config.apiVersion ?? '',
    fieldsType: 'FieldsV1',
    fieldsV1: owned,
    manager,
    operation: 'Apply',
    // An apply that changes nothing must not be a change.
    time: same ? (entries.find(each => each.manager === manager)?.time ?? time) : time,
  };
  const metadata = isObject(merged.metadata) ? merged.metadata : {};
  return { ...merged, metadata: { ...metadata, managedFields: [entry, ...others] } };
}

function managedFields({ metadata }: JsonObject): JsonObject[] {
  const fields = isObject(metadata) ? metadata.managedFields : undefined;
  return Array.isArray(fields) ? fields.filter(isObject) : [];
}

function merge(
  live: JsonObject,
  config: JsonObject,
  path: readonly string[],
  keysOf: ApplyOptions['keysOf'],
): JsonObject {
  const result = new Map<string, Json>(Object.entries(live));
  for (const [key, value] of Object.entries(config)) {
    const here = [...path, key];
    const had = result.get(key);
    if (value === null) continue;
    if (isObject(value)) result.set(key, merge(isObject(had) ? had : {}, value, here, keysOf));
    else if (Array.isArray(value))
      result.set(key, mergeList(Array.isArray(had) ? had : [], value, here, keysOf));
    else result.set(key, value);
  }
  return objectOf(result);
}

function mergeList(
  live: readonly Json[],
  config: readonly Json[],
  path: readonly string[],
  keysOf: ApplyOptions['keysOf'],
): Json[] {
  const keys = keysOf(path);
  if (keys === null) return [...config];
  const id = idBy(keys);
  const at = places(live, id);
  const applied = config.map(each => {
    const had = live[at.get(id(each)) ?? -1];
    return isObject(each) ? merge(isObject(had) ? had : {}, each, path, keysOf) : each;
  });
  const named = new Set(applied.map(id));
  return [...live.filter(each => !named.has(id(each))), ...applied]
    .map(each => ({ each, place: at.get(id(each)) ?? live.length }))
    .sort((a, b) => a.place - b.place)
    .map(({ each }) => each);
}

/** An element's name in FieldsV1: 'k:{"name":"http"}' in a keyed list, 'v:"x"' in a set. */
function idBy(keys: readonly string[]): (value: Json) => string {
  return value => {
    if (!isObject(value)) return `v:${JSON.stringify(value)}`;
    const found = keys.map(key => [key, value[key] ?? (key === 'protocol' ? 'TCP' : null)] as const);
    return `k:${JSON.stringify(objectOf(found))}`;
  };
}

function fieldsOf(value: JsonObject, path: readonly string[], keysOf: ApplyOptions['keysOf']): JsonObject {
  const result: [string, Json][] = [];
  for (const [key, each] of Object.entries(value)) {
    if (path.length === 0 && UNOWNED.has(key)) continue;
    if (path.join('.') === 'metadata' && UNOWNED_METADATA.has(key)) continue;
    const here = [...path, key];
    const keys = Array.isArray(each) ? keysOf(here) : null;
    if (isObject(each)) result.push([`f:${key}`, fieldsOf(each, here, keysOf)]);
    else if (Array.isArray(each) && keys !== null) {
      const id = idBy(keys);
      const elements = each.map(
        one => [id(one), isObject(one) ? ownedElement(one, here, keysOf) : {}] as const,
      );
      result.push([`f:${key}`, objectOf(elements)]);
    } else result.push([`f:${key}`, {}]);
  }
  return objectOf(result);
}

/** '.' stands for the element itself. */
function ownedElement(
  element: JsonObject,
  path: readonly string[],
  keysOf: ApplyOptions['keysOf'],
): JsonObject {
  return { '.': {}, ...fieldsOf(element, path, keysOf) };
}

function union(a: JsonObject, b: JsonObject): JsonObject {
  const result = new Map<string, Json>(Object.entries(a));
  for (const [key, value] of Object.entries(b)) {
    const had = result.get(key);
    result.set(key, isObject(had) && isObject(value) ? union(had, value) : value);
  }
  return objectOf(result);
}

/** `live` without what `gone` names and `kept` does not. */
function without(
  live: JsonObject,
  gone: JsonObject,
  kept: JsonObject,
  path: readonly string[],
  keysOf: ApplyOptions['keysOf'],
): JsonObject {
  const result: [string, Json][] = [];
  for (const [key, value] of Object.entries(live)) {
    const was = gone[`f:${key}`];
    const stays = kept[`f:${key}`];
    if (!isObject(was)) result.push([key, value]);
    else {
      const inner = pruned(value, was, isObject(stays) ? stays : null, [...path, key], keysOf);
      if (inner !== undefined) result.push([key, inner]);
    }
  }
  return objectOf(result);
}

/** Undefined: nothing is left of it. */
function pruned(
  value: Json,
  gone: JsonObject,
  kept: JsonObject | null,
  path: readonly string[],
  keysOf: ApplyOptions['keysOf'],
): Json | undefined {
  const isLeaf = Object.keys(gone).length === 0;
  if (isObject(value) && !isLeaf) {
    const inner = without(value, gone, kept ?? {}, path, keysOf);
    return kept === null && Object.keys(inner).length === 0 ? undefined : inner;
  }
  const keys = Array.isArray(value) ? keysOf(path) : null;
  if (Array.isArray(value) && keys !== null) {
    const id = idBy(keys);
    const left = value.flatMap(each => {
      const was = gone[id(each)];
      const stays = kept?.[id(each)];
      if (!isObject(was)) return [each];
      if (!isObject(stays)) return [];
      return [isObject(each) ? without(each, was, stays, path, keysOf) : each];
    });
    return kept === null && left.length === 0 ? undefined : left;
  }
  return kept === null ? undefined : value;
}
