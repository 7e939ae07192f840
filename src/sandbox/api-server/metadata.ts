/**
 * The API's rules for metadata, the same for all kinds. Sources: apimachinery/pkg/api/validation/objectmeta.go,
 * apimachinery/pkg/util/validation/validation.go.
 */
import { type Cause, causeWithoutValue } from '../../istio/schema/cause.ts';
import { isObject, type Json, type JsonObject } from '../../shared/json.ts';
import { invalidValue, required } from './built-in/causes.ts';
import { segmentFaults } from './built-in/rbac-rules.ts';
import { RBAC, type ServedKind } from './kinds.ts';
import { badRequest, type StatusError } from './status.ts';

interface Syntax {
  /** As it appears in the message. */
  readonly pattern: string;
  readonly says: string;
  readonly examples: readonly string[];
  readonly most: number;
}

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const ALPHANUMERIC =
  "alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";

const SUBDOMAIN: Syntax = {
  pattern: `${LABEL}(\\.${LABEL})*`,
  says: "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  examples: ['example.com'],
  most: 253,
};
const DNS_LABEL: Syntax = {
  pattern: LABEL,
  says: "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  examples: ['my-name', '123-abc'],
  most: 63,
};
const SERVICE_NAME: Syntax = {
  pattern: '[a-z]([-a-z0-9]*[a-z0-9])?',
  says: "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  examples: ['my-name', 'abc-123'],
  most: 63,
};
const QUALIFIED_NAME: Syntax = {
  pattern: QUALIFIED,
  says: `must consist of ${ALPHANUMERIC}`,
  examples: ['MyName', 'my.name', '123-abc'],
  most: 63,
};
const LABEL_VALUE: Syntax = {
  pattern: `(${QUALIFIED})?`,
  says: `a valid label must be an empty string or consist of ${ALPHANUMERIC}`,
  examples: ['MyValue', 'my_value', '12345'],
  most: 63,
};

function faults(text: string, { pattern, says, examples, most }: Syntax): string[] {
  const found: string[] = [];
  if (text.length > most) found.push(`must be no more than ${most} characters`);
  if (!whole(pattern).test(text)) found.push(described(says, pattern, examples));
  return found;
}

/** Why a text is no DNS label; none if it is one. */
export function dnsLabelFaults(text: string): string[] {
  return faults(text, DNS_LABEL);
}

const compiled = new Map<string, RegExp>();

function whole(pattern: string): RegExp {
  const known = compiled.get(pattern) ?? new RegExp(`^(?:${pattern})$`);
  compiled.set(pattern, known);
  return known;
}

function described(says: string, pattern: string, examples: readonly string[]): string {
  return `${says} (e.g. ${examples.map(each => `'${each}',`).join(' or ')} regex used for validation is '${pattern}')`;
}

/** The names of these kinds become DNS names. */
function nameSyntax({ resource }: ServedKind): Syntax {
  if (resource === 'services') return SERVICE_NAME;
  return resource === 'namespaces' ? DNS_LABEL : SUBDOMAIN;
}

/** Roles and bindings are called what a path can hold: 'system:discovery'. */
function nameFaults(name: string, kind: ServedKind): string[] {
  return kind.group === RBAC ? segmentFaults(name) : faults(name, nameSyntax(kind));
}

/** The name is already set, generated or not. */
export function metadataCauses(metadata: JsonObject, kind: ServedKind): Cause[] {
  const causes: Cause[] = [];
  const invalid = (path: string, value: unknown, texts: readonly string[]) => {
    for (const text of texts) causes.push(invalidValue(path, value, text));
  };
  const { name, labels, annotations } = metadata;
  if (typeof name !== 'string' || name === '') {
    causes.push(required('metadata.name', 'name or generateName is required'));
  } else invalid('metadata.name', name, nameFaults(name, kind));
  for (const [key, value] of Object.entries(isObject(labels) ? labels : {})) {
    invalid('metadata.labels', key, keyFaults(key));
    invalid('metadata.labels', value, faults(String(value), LABEL_VALUE));
  }
  let size = 0;
  for (const [key, value] of Object.entries(isObject(annotations) ? annotations : {})) {
    invalid('metadata.annotations', key, keyFaults(key.toLowerCase()));
    size += Buffer.byteLength(key) + Buffer.byteLength(String(value));
  }
  if (size > ANNOTATIONS) {
    const text = `may not be more than ${ANNOTATIONS} bytes`;
    causes.push(causeWithoutValue('metadata.annotations', 'FieldValueTooLong', text));
  }
  return causes;
}

const ANNOTATIONS = 256 * 1024;

/** Why a text is no qualified name, as 'istio.io/rev': a name, with or without a domain in front. */
export function keyFaults(key: string): string[] {
  const parts = key.split('/');
  if (parts.length > 2) {
    const says = `a qualified name ${described(QUALIFIED_NAME.says, QUALIFIED, QUALIFIED_NAME.examples)}`;
    return [`${says} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const [prefix, name = ''] = parts.length === 2 ? parts : [undefined, parts[0]];
  const found: string[] = [];
  if (prefix === '') found.push('prefix part must be non-empty');
  else if (prefix !== undefined) found.push(...faults(prefix, SUBDOMAIN).map(each => `prefix part ${each}`));
  if (name === '') found.push('name part must be non-empty');
  return [...found, ...faults(name, QUALIFIED_NAME).map(each => `name part ${each}`)];
}

/** Metadata whose parts are of the wrong type cannot be read at all. Throws BadRequest. */
export function checkMetadataTypes(object: JsonObject, kind: ServedKind, version: string): void {
  const refuse = (got: unknown, field: string, of: string): StatusError =>
    badRequest(
      `${kind.kind} in version "${version}" cannot be handled as a ${kind.kind}: json: cannot unmarshal ${typeName(got)} into Go struct field ObjectMeta.${field} of type ${of}`,
    );
  const { metadata } = object;
  if (metadata === undefined || metadata === null) return;
  if (!isObject(metadata)) throw refuse(metadata, 'metadata', 'v1.ObjectMeta');
  for (const field of ['name', 'namespace', 'generateName', 'uid', 'resourceVersion']) {
    const value = metadata[field];
    if (value !== undefined && value !== null && typeof value !== 'string') {
      throw refuse(value, `metadata.${field}`, 'string');
    }
  }
  for (const field of ['labels', 'annotations']) {
    const map = metadata[field];
    if (map === undefined || map === null) continue;
    if (!isObject(map)) throw refuse(map, `metadata.${field}`, 'map[string]string');
    for (const value of Object.values(map)) {
      if (typeof value !== 'string') throw refuse(value, `metadata.${field}`, 'string');
    }
  }
  for (const field of ['ownerReferences', 'finalizers', 'managedFields']) {
    const list = metadata[field];
    if (list !== undefined && list !== null && !Array.isArray(list)) {
      throw refuse(list, `metadata.${field}`, '[]v1.OwnerReference');
    }
  }
}

/** Go leaves labels and annotations out that have nothing in them. */
export function withoutEmptyMaps(metadata: JsonObject): JsonObject {
  const isEmpty = (map: Json) => map === null || (isObject(map) && Object.keys(map).length === 0);
  return Object.fromEntries(
    Object.entries(metadata).filter(([field, map]) => !/^(labels|annotations)$/.test(field) || !isEmpty(map)),
  );
}

function typeName(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return value === null ? 'null' : typeof value;
}
