/**
 * The fields of built-in kinds as small typed trees, and what the strict decoder says about an object with other
 * fields, or with values of another type. Source of the texts: sigs.k8s.io/json, encoding/json's UnmarshalTypeError.
 */
import { goQuote } from '../../../istio/go-text.ts';
import { isObject, type Json, type JsonObject, objectOf } from '../../../shared/json.ts';
import { QUANTITY_SYNTAX, quantity } from '../../quantity.ts';

/**
 * A value's type as Go names it; 'any' is not checked, 'port' is an IntOrString, 'map' has texts and 'quantities' has
 * quantities.
 */
export type Leaf =
  | 'any'
  | 'bool'
  | 'int32'
  | 'int64'
  | 'map'
  | 'port'
  | 'quantities'
  | 'quantity'
  | 'string'
  | 'time';

export interface Struct {
  /** Of the Go type, for the error text. */
  readonly type: string;
  readonly fields: Readonly<Record<string, Field>>;
}

export type Field = Leaf | Struct | readonly [Leaf | Struct];

export interface FieldFindings {
  /** 'spec.containers[0].imag', in the object's order. */
  readonly unknown: string[];
  /** 'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32' */
  mismatch: string | null;
}

/**
 * A copy without fields that `tree` does not have, and with nulls dropped, or in lists and maps replaced by the empty
 * value, as Go does; what is wrong is added to `findings`.
 */
export function decode(object: JsonObject, tree: Struct, findings: FieldFindings): JsonObject {
  return decodeStruct(object, tree, '', '', findings);
}

function decodeStruct(
  value: JsonObject,
  { type, fields }: Struct,
  path: string,
  plainPath: string,
  findings: FieldFindings,
): JsonObject {
  const result: [string, Json][] = [];
  for (const [key, each] of Object.entries(value)) {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    const here = path === '' ? key : `${path}.${key}`;
    const plain = plainPath === '' ? key : `${plainPath}.${key}`;
    if (field === undefined) findings.unknown.push(here);
    else if (each !== null) {
      result.push([key, decodeField(each, field, here, { owner: type, plain }, findings)]);
    }
  }
  return Object.fromEntries(result);
}

interface Place {
  readonly owner: string;
  /** The path without indices. */
  readonly plain: string;
}

function decodeField(value: Json, field: Field, path: string, place: Place, findings: FieldFindings): Json {
  if (value === null) return emptyOf(field);
  if (typeof field === 'string') {
    const plain = field === 'map' && isObject(value) ? withoutNulls(value) : value;
    if (!fits(plain, field)) leafMismatch(plain, field, place, findings);
    return plain;
  }
  if (isList(field)) {
    if (!Array.isArray(value)) {
      mismatch(
        value,
        `[]${typeof field[0] === 'string' ? field[0] : `v1.${field[0].type}`}`,
        place,
        findings,
      );
      return value;
    }
    return value.map((each, index) => decodeField(each, field[0], `${path}[${index}]`, place, findings));
  }
  if (!isObject(value)) {
    mismatch(value, `v1.${field.type}`, place, findings);
    return value;
  }
  return decodeStruct(value, field, path, place.plain, findings);
}

function isList(field: Struct | readonly [Leaf | Struct]): field is readonly [Leaf | Struct] {
  return Array.isArray(field);
}

/** What a null in a list becomes. */
function emptyOf(field: Field): Json {
  if (typeof field !== 'string') return isList(field) ? [] : {};
  if (field === 'any') return null;
  if (field === 'bool') return false;
  if (field === 'map' || field === 'quantities') return {};
  return field === 'string' || field === 'time' ? '' : 0;
}

function withoutNulls(map: JsonObject): JsonObject {
  return objectOf(Object.entries(map).map(([key, value]) => [key, value ?? '']));
}

const RANGE: Readonly<Record<'int32' | 'int64', number>> = { int32: 2 ** 31, int64: 2 ** 63 };

function fits(value: Json, leaf: Leaf): boolean {
  if (leaf === 'any') return true;
  if (leaf === 'bool') return typeof value === 'boolean';
  if (leaf === 'string') return typeof value === 'string';
  if (leaf === 'time') return typeof value === 'string' && (value === '' || RFC_3339.test(value));
  if (leaf === 'quantity') return value === '' || quantity(value) !== null;
  if (leaf === 'quantities')
    return isObject(value) && Object.values(value).every(each => fits(each, 'quantity'));
  if (leaf === 'port' && typeof value === 'string') return true;
  if (leaf === 'map') {
    return isObject(value) && Object.values(value).every(each => typeof each === 'string');
  }
  return Number.isInteger(value) && Math.abs(value as number) < RANGE[leaf === 'int64' ? leaf : 'int32'];
}

const RFC_3339 = /^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-6]\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

/** Errors of types with their own decoder do not name the field. */
function leafMismatch(value: Json, leaf: Leaf, place: Place, findings: FieldFindings): void {
  if (leaf === 'port') {
    const type = typeof value === 'number' ? 'int32' : 'string';
    findings.mismatch ??= `json: cannot unmarshal ${goTypeOf(value)} into Go value of type ${type}`;
  } else if (leaf === 'time') {
    findings.mismatch ??=
      typeof value === 'string'
        ? `parsing time ${goQuote(value)} as "2006-01-02T15:04:05Z07:00": cannot parse ${goQuote(value)} as "2006"`
        : `json: cannot unmarshal ${goTypeOf(value)} into Go value of type string`;
  } else if (leaf === 'quantity' || (leaf === 'quantities' && isObject(value))) {
    findings.mismatch ??= QUANTITY_SYNTAX;
  } else if (leaf === 'quantities') mismatch(value, 'v1.ResourceList', place, findings);
  else mismatch(value, leaf === 'map' ? 'map[string]string' : leaf, place, findings);
}

/** Only the first is reported, as by a decoder that stops there. */
function mismatch(value: Json, type: string, { owner, plain }: Place, findings: FieldFindings): void {
  findings.mismatch ??= `json: cannot unmarshal ${goTypeOf(value)} into Go struct field ${owner}.${plain} of type ${type}`;
}

function goTypeOf(value: Json): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'number' : `number ${value}`;
  return value === null ? 'null' : typeof value;
}
