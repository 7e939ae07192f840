/**
 * What the API server removes from an object before it checks it: fields that are not in the schema (returned by name,
 * since a strict request is refused because of them) and nulls. Source: apiextensions-apiserver
 * pkg/apiserver/schema/{pruning,defaulting,objectmeta}.
 */
import { isObject } from '../../shared/json.ts';
import { type Schema, str } from './structural.ts';

const TYPE_META = new Set(['apiVersion', 'kind', 'metadata']);

/** Source: k8s.io/apimachinery/pkg/apis/meta/v1 ObjectMeta. */
const METADATA_FIELDS = new Set([
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'labels',
  'annotations',
  'ownerReferences',
  'finalizers',
  'managedFields',
]);

type Fields = Record<string, unknown>;

export interface Pruned {
  readonly object: Fields;
  /** 'metadata.label' first, then the others in order, as the strict decoder lists them. */
  readonly unknown: readonly string[];
}

/** A copy without unknown fields and nulls; `resource` itself is not changed. */
export function prune(resource: Fields, schema: Schema): Pruned {
  const inMetadata: string[] = [];
  const unknown: string[] = [];
  const object: Fields = {};
  for (const [key, value] of Object.entries(resource)) {
    if (key === 'metadata') object[key] = pruneMetadata(value, inMetadata);
    else if (TYPE_META.has(key)) object[key] = value;
    else keep(object, key, value, schema, key, unknown);
  }
  return { object, unknown: [...inMetadata, ...unknown.sort()] };
}

function pruneMetadata(metadata: unknown, unknown: string[]): unknown {
  if (!isObject(metadata)) return metadata;
  const out: Fields = {};
  for (const [key, value] of Object.entries(metadata)) {
    if (!METADATA_FIELDS.has(key)) unknown.push(`metadata.${key}`);
    else if (value !== null) out[key] = value;
  }
  return out;
}

function keep(
  out: Fields,
  key: string,
  value: unknown,
  schema: Schema,
  path: string,
  unknown: string[],
): void {
  const field = fieldSchema(schema, key);
  if (field === undefined && !schema.preserveUnknown) {
    unknown.push(path);
    return;
  }
  // The API server keeps a null in a nullable field, and Istio reads it as not set; here it is removed too.
  if (value === null) return;
  out[key] = field === undefined ? value : pruneValue(value, field, path, unknown);
}

function fieldSchema(schema: Schema, key: string): Schema | undefined {
  const properties = schema.properties;
  if (properties !== undefined && Object.hasOwn(properties, key)) return properties[key];
  return schema.values;
}

/** An object or list where none belongs loses all its fields; its type is refused later. */
const NO_FIELDS: Schema = str();

function pruneValue(value: unknown, schema: Schema, path: string, unknown: string[]): unknown {
  if (Array.isArray(value)) {
    return value.map((item, i) => pruneValue(item, schema.items ?? NO_FIELDS, `${path}[${i}]`, unknown));
  }
  if (!isObject(value)) return value;
  const out: Fields = {};
  for (const [key, inner] of Object.entries(value)) {
    keep(out, key, inner, schema, `${path}.${key}`, unknown);
  }
  return out;
}
