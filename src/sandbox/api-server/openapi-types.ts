/**
 * Kubernetes' own types as OpenAPI schemas, without descriptions: what `kubectl explain` prints of them.
 * Source: the OpenAPI document of kube-apiserver 1.34, for names and formats.
 */
import { type ApiField, fieldsOf } from './built-in/api-types.ts';

interface Schema {
  readonly type: 'object';
  readonly description: string;
  readonly properties: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
}

/** Adds the schemas of the types that it is made of to `to`, by their names. */
export function schemaOfKindType(type: string, to: Map<string, object>): object {
  const { properties, ...rest } = structured(type, to);
  return { ...rest, properties: { apiVersion: STRING, kind: STRING, ...properties } };
}

/** A type of Kubernetes' own; those that it is made of are added to `to`, by their names. */
function structured(type: string, to: Map<string, object>): Schema {
  const properties: Record<string, object> = {};
  const required: string[] = [];
  const collect = (of: string) => {
    for (const field of fieldsOf(of) ?? []) {
      if (field.name === '') collect(field.type);
      else properties[field.name] = held(field, to);
      if (field.required) required.push(field.name);
    }
  };
  collect(type);
  return { type: 'object', description: TYPES_ONLY, properties, ...(required.length > 0 && { required }) };
}

function held({ holds, type }: ApiField, to: Map<string, object>): object {
  const one = schemaOfType(type, to);
  if (holds === 'list') return { type: 'array', items: one };
  return holds === 'map' ? { type: 'object', additionalProperties: one } : one;
}

const STRING = { type: 'string' };
const LEAVES: Readonly<Record<string, object>> = {
  any: { type: 'object' },
  bool: { type: 'boolean' },
  bytes: { type: 'string', format: 'byte' },
  double: { type: 'number', format: 'double' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  microtime: { type: 'string', format: 'date-time' },
  port: { type: 'string', format: 'int-or-string' },
  quantity: STRING,
  raw: { type: 'object' },
  string: STRING,
  time: { type: 'string', format: 'date-time' },
  '[]string': { type: 'array', items: STRING },
};

function schemaOfType(type: string, to: Map<string, object>): object {
  const leaf = LEAVES[type];
  if (leaf !== undefined) return leaf;
  const [home = '', name] = type.split('.');
  const full = `${home === 'meta' ? 'io.k8s.apimachinery.pkg.apis.meta' : `io.k8s.api.${home}`}.v1.${name}`;
  if (!to.has(full)) {
    // First a place for it: some types contain themselves.
    to.set(full, {});
    to.set(full, structured(type, to));
  }
  return { $ref: `#/components/schemas/${full}` };
}

const TYPES_ONLY = 'The sandbox tells the fields and their types. A real cluster describes them.';
