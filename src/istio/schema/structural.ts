/**
 * Structural schemas (apiextensions.k8s.io/v1) as typed data, and short builders for them. Only what Istio's CRDs use
 * is here; descriptions are left out.
 */

type SchemaType = 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean' | 'int-or-string';

/** An x-kubernetes-validations rule: CEL in the CRD, a predicate here. */
export interface CelRule {
  readonly message: string;
  /** False: the rule is broken. A string: it could not be evaluated, in CEL's words. */
  readonly check: (self: never) => boolean | string;
}

export interface Schema {
  readonly type: SchemaType;
  /** The API server keeps a null only if this is set. */
  readonly nullable?: boolean;
  readonly rules?: readonly CelRule[];
  readonly enum?: readonly string[];
  /** Both are counted in characters. */
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  /** The formats of numbers (int32, double) are ignored by the API server and left out. */
  readonly format?: 'byte' | 'date-time';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** x-kubernetes-list-type: map, with one key. */
  readonly listKey?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** additionalProperties: the schema of a map's values. */
  readonly values?: Schema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly preserveUnknown?: boolean;
  /**
   * Groups of fields, of each of which at most one may be set (protobuf oneofs); several groups are an allOf of oneOfs.
   */
  readonly oneOf?: readonly (readonly string[])[];
}

type Options = Omit<Schema, 'type' | 'properties' | 'items' | 'values'>;
type Properties = Readonly<Record<string, Schema>>;

export const obj = (properties: Properties, options: Options = {}): Schema => ({
  type: 'object',
  properties,
  ...options,
});
export const arr = (items: Schema, options: Options = {}): Schema => ({ type: 'array', items, ...options });
export const map = (values: Schema, options: Options = {}): Schema => ({
  type: 'object',
  values,
  ...options,
});
export const str = (options: Options = {}): Schema => ({ type: 'string', ...options });
export const int = (options: Options = {}): Schema => ({ type: 'integer', ...options });
export const num = (options: Options = {}): Schema => ({ type: 'number', ...options });
export const bool = (options: Options = {}): Schema => ({ type: 'boolean', ...options });
export const oneOfStrings = (...values: string[]): Schema => ({ type: 'string', enum: values });
export const intOrString = (): Schema => ({ type: 'int-or-string' });

export const uint32 = (options: Options = {}): Schema => int({ minimum: 0, maximum: 4294967295, ...options });
export const strings = (options: Options = {}): Schema => arr(str(), options);
export const stringMap = (options: Options = {}): Schema => map(str(), options);
