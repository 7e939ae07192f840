/** Turns an object as a client sent it into one as it is stored: strict decoding, defaults, the schema's rules. */
import type { Resource } from '../../istio/resource.ts';
import { type Cause, checkSchema, checkStatus } from '../../istio/schema/check.ts';
import { isObject, type JsonObject } from '../../shared/json.ts';
import { withDefaults } from './built-in/defaults.ts';
import { decode, type FieldFindings } from './built-in/field-tree.ts';
import { kindFields } from './built-in/kind-fields.ts';
import { ruleCauses } from './built-in/rules.ts';
import type { ServedKind, Subresource } from './kinds.ts';
import { checkMetadataTypes, metadataCauses } from './metadata.ts';
import { badRequest } from './status.ts';

export interface Decoded {
  readonly object: JsonObject;
  readonly unknown: readonly string[];
  readonly causes: readonly Cause[];
}

/** Throws BadRequest for values whose type is not their field's. `subresource`: of the write. */
export function decodeObject(
  kind: ServedKind,
  version: string,
  given: JsonObject,
  old: JsonObject | null,
  subresource: Subresource['name'] | null = null,
): Decoded {
  checkMetadataTypes(given, kind, version);
  const { object, unknown, causes } = kind.builtIn
    ? builtIn(kind, version, given, old, subresource)
    : custom(given as unknown as Resource, subresource === 'status');
  const metadata = isObject(object.metadata) ? object.metadata : {};
  return { object, unknown, causes: [...causes, ...metadataCauses(metadata, kind)] };
}

function custom(given: Resource, ofStatus: boolean): Decoded {
  const { object, unknownFields, causes } = checkSchema(given);
  const all = ofStatus ? [...causes, ...checkStatus(object)] : causes;
  return { object: object as unknown as JsonObject, unknown: unknownFields, causes: all };
}

function builtIn(
  kind: ServedKind,
  version: string,
  given: JsonObject,
  old: JsonObject | null,
  subresource: Subresource['name'] | null,
): Decoded {
  const tree = kindFields(kind);
  const findings: FieldFindings = { unknown: [], mismatch: null };
  const known = tree ? decode(given, tree, findings) : given;
  if (findings.mismatch !== null) {
    throw badRequest(
      `${kind.kind} in version "${version}" cannot be handled as a ${kind.kind}: ${findings.mismatch}`,
    );
  }
  const object = withDefaults(kind, known);
  return { object, unknown: findings.unknown, causes: ruleCauses(kind, object, old, subresource) };
}
