/**
 * Who owns which fields of an object, once somebody has applied it server-side: the managers' entries in managedFields,
 * conflicts between them, and what a write by other means takes from them. An object that was never applied has no
 * entries here; on a cluster every writer has one.
 * Source: apimachinery/pkg/util/managedfields/internal/{conflict,managedfields}.go, structured-merge-diff/v6/merge.
 */
import { goQuote } from '../../../istio/go-text.ts';
import { isObject, type JsonObject } from '../../../shared/json.ts';
import { StatusError } from '../status.ts';
import { changedFields, difference, fieldsOf, intersection, type KeysOf, pathsOf, union } from './fields.ts';
import { lastApplied } from './last-applied.ts';

const CLIENT_SIDE = 'kubectl-client-side-apply';

export function managedFields({ metadata }: JsonObject): JsonObject[] {
  const fields = isObject(metadata) ? metadata.managedFields : undefined;
  return Array.isArray(fields) ? fields.filter(isObject) : [];
}

/** Whether it is the entry of `manager`, for Apply or the given `operation`. */
export function isManager(entry: JsonObject, manager: string, operation: 'Apply' | 'Update'): boolean {
  return entry.manager === manager && entry.operation === operation;
}

function owned({ fieldsV1 }: JsonObject): JsonObject {
  return isObject(fieldsV1) ? fieldsV1 : {};
}

/** The entry of `kubectl apply`, whose annotation says what it owns. kubectl itself takes over from it. */
export function clientSideEntries(live: JsonObject, manager: string, keysOf: KeysOf): JsonObject[] {
  const text = lastApplied(live);
  if (text === '' || manager === 'kubectl') return [];
  try {
    const applied = JSON.parse(text) as JsonObject;
    const fieldsV1 = fieldsOf(applied, [], keysOf);
    const apiVersion = live.apiVersion ?? '';
    return [{ manager: CLIENT_SIDE, operation: 'Update', apiVersion, fieldsType: 'FieldsV1', fieldsV1 }];
  } catch {
    return [];
  }
}

/** Takes `changed` from the others; entries with nothing left are dropped. */
export function takeFrom(others: readonly JsonObject[], changed: JsonObject): JsonObject[] {
  return others
    .map(each => ({ ...each, fieldsV1: difference(owned(each), changed) }))
    .filter(each => Object.keys(each.fieldsV1).length > 0);
}

/** Throws Conflict if one of the others owns what is to be changed. */
export function checkConflicts(others: readonly JsonObject[], changed: JsonObject): void {
  const found = others.flatMap(entry =>
    pathsOf(intersection(changed, owned(entry))).map(path => ({ who: named(entry), path })),
  );
  if (found.length === 0) return;
  const causes = found.map(({ who, path }) => ({
    ...{ reason: 'FieldManagerConflict', message: `conflict with ${who}`, field: path },
  }));
  throw new StatusError(409, 'Conflict', `Apply failed with ${told(found)}`, { causes });
}

interface Conflict {
  readonly who: string;
  readonly path: string;
}

function told(found: readonly Conflict[]): string {
  const [first] = found;
  if (first && found.length === 1) return `1 conflict: conflict with ${first.who}: ${first.path}`;
  const whos = [...new Set(found.map(each => each.who))].sort();
  const lists = whos.flatMap(who => [
    `conflicts with ${who}:`,
    ...found.filter(each => each.who === who).map(each => `- ${each.path}`),
  ]);
  return `${found.length} conflicts: ${lists.join('\n')}`;
}

function named({ manager, operation, apiVersion }: JsonObject): string {
  const name = goQuote(String(manager));
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}

export interface Update {
  readonly manager: string;
  /** As in managedFields: '2026-11-24T19:00:16Z'. */
  readonly time: string;
  readonly keysOf: KeysOf;
}

/** Whatever a manager writes by other means than applying is its own from then on. */
export function afterUpdate(
  old: JsonObject,
  next: JsonObject,
  { manager, time, keysOf }: Update,
): JsonObject {
  const entries = managedFields(old);
  if (entries.length === 0) return next;
  const { status: _, ...before } = old;
  const { status: __, ...after } = next;
  const all = union(fieldsOf(before, [], keysOf), fieldsOf(after, [], keysOf));
  const changed = changedFields(all, before, after, keysOf);
  const own = entries.find(each => isManager(each, manager, 'Update'));
  const others = takeFrom(
    entries.filter(each => each !== own),
    changed,
  );
  const still = intersection(changed, fieldsOf(after, [], keysOf));
  const fieldsV1 = own ? union(owned(own), still) : still;
  const apiVersion = next.apiVersion ?? '';
  const same = Object.keys(changed).length === 0;
  const entry = { apiVersion, fieldsType: 'FieldsV1', fieldsV1, manager, operation: 'Update', time };
  const mine = same || Object.keys(fieldsV1).length === 0 ? (own ?? []) : entry;
  const metadata = isObject(next.metadata) ? next.metadata : {};
  return { ...next, metadata: { ...metadata, managedFields: [...others, mine].flat() } };
}
