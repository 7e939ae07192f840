/**
 * Server-side apply: what a manager applies is merged, what the same manager applied before and now leaves out is
 * removed, and a change to what another manager owns is refused unless forced (managers.ts).
 * Source: sigs.k8s.io/structured-merge-diff/v6; apimachinery/pkg/util/managedfields.
 */
import { isObject, type Json, type JsonObject, objectOf, places, sameJson } from '../../../shared/json.ts';
import { changedFields, fieldsOf, idBy, type KeysOf, union } from './fields.ts';
import { withLastApplied } from './last-applied.ts';
import { checkConflicts, clientSideEntries, isManager, managedFields, takeFrom } from './managers.ts';

export interface ApplyOptions {
  readonly manager: string;
  /** As in managedFields: '2026-11-24T19:00:16Z'. */
  readonly time: string;
  readonly keysOf: KeysOf;
  /** Takes over fields from other managers. */
  readonly force: boolean;
}

export interface ServerSideApplied {
  readonly object: JsonObject;
  /** It changes fields whose owners are unknown. */
  readonly ownersUnknown: boolean;
}

/** `live` is {} if the object is to be created. Throws Conflict. */
export function serverSideApply(
  live: JsonObject,
  config: JsonObject,
  options: ApplyOptions,
): ServerSideApplied {
  const { manager, time, keysOf, force } = options;
  const owned = fieldsOf(config, [], keysOf);
  const known = managedFields(live);
  const entries = known.length > 0 ? known : clientSideEntries(live, manager, keysOf);
  const before = entries.find(each => isManager(each, manager, 'Apply'))?.fieldsV1;
  const rest = entries.filter(each => !isManager(each, manager, 'Apply'));
  const changed = changedFields(owned, live, merge(live, config, [], keysOf), keysOf);
  if (!force) checkConflicts(rest, changed);
  const others = takeFrom(rest, changed);
  const stillOwned = others
    .map(each => each.fieldsV1)
    .reduce<JsonObject>((all, each) => (isObject(each) ? union(all, each) : all), owned);
  const left = isObject(before) ? without(live, before, stillOwned, [], keysOf) : live;
  const plain = merge(left, config, [], keysOf);
  const merged = manager === 'kubectl' ? withLastApplied(plain, config) : plain;
  const same = isObject(before) && sameJson(before, owned);
  const entry: JsonObject = {
    apiVersion: config.apiVersion ?? '',
    fieldsType: 'FieldsV1',
    fieldsV1: owned,
    manager,
    operation: 'Apply',
    // An apply that changes nothing must not count as a change.
    time: same ? (entries.find(each => each.manager === manager)?.time ?? time) : time,
  };
  const metadata = isObject(merged.metadata) ? merged.metadata : {};
  const isNew = Object.keys(live).length === 0;
  return {
    object: { ...merged, metadata: { ...metadata, managedFields: [entry, ...others] } },
    ownersUnknown: !isNew && !force && entries.length === 0 && Object.keys(changed).length > 0,
  };
}

function merge(live: JsonObject, config: JsonObject, path: readonly string[], keysOf: KeysOf): JsonObject {
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
  keysOf: KeysOf,
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

/** `live` without what is in `gone` but not in `kept`. */
function without(
  live: JsonObject,
  gone: JsonObject,
  kept: JsonObject,
  path: readonly string[],
  keysOf: KeysOf,
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
  keysOf: KeysOf,
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
