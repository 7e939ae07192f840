/** The type that an object says it is, and the one that its path is for. */
import type { Json, JsonObject } from '../../shared/json.ts';
import { groupVersion, type ServedKind } from './kinds.ts';
import { badRequest } from './status.ts';

/** An object of a kind that is compiled in may leave its type to the path. Throws BadRequest for another type. */
export function withType(given: JsonObject, kind: ServedKind, version: string): JsonObject {
  const isSaid = ([key, value]: [string, Json]) => (key !== 'kind' && key !== 'apiVersion') || Boolean(value);
  const ofPath = { apiVersion: groupVersion(kind.group, version), kind: kind.kind };
  const object = kind.builtIn
    ? { ...ofPath, ...Object.fromEntries(Object.entries(given).filter(isSaid)) }
    : given;
  checkType(object, kind, version);
  return object;
}

function checkType(object: JsonObject, kind: ServedKind, version: string): void {
  for (const field of ['kind', 'apiVersion'] as const) {
    if (typeof object[field] === 'string' && object[field] !== '') continue;
    const label = field === 'kind' ? 'Kind' : 'apiVersion';
    throw badRequest(`Object '${label}' is missing in '${JSON.stringify(object).slice(0, 1_000)}'`);
  }
  const expected = groupVersion(kind.group, version);
  if (object.apiVersion !== expected) {
    throw badRequest(
      `the API version in the data (${object.apiVersion}) does not match the expected API version (${expected})`,
    );
  }
  if (object.kind !== kind.kind) {
    throw badRequest(
      `${object.kind} in version "${version}" cannot be handled as a ${kind.kind}: the kind in the data (${object.kind}) does not match the expected kind (${kind.kind})`,
    );
  }
}
