/**
 * The fields of built-in kinds as small typed trees, and what the strict decoder says of an object that has others
 * or values of another type. Source of the texts: sigs.k8s.io/json, encoding/json's UnmarshalTypeError.
 */
import { isObject, type Json, type JsonObject } from '../patch/json.ts';

/** A value's type as Go names it; 'any' is not looked into. */
export type Leaf = 'any' | 'bool' | 'int32' | 'int64' | 'map' | 'string';

export interface Struct {
  /** Of the Go type, for the error text. */
  readonly type: string;
  readonly fields: Readonly<Record<string, Field>>;
}

export type Field = Leaf | Struct | readonly [Leaf | Struct];

/**
 * 'name image command[] stdin:bool replicas:int32': strings unless told. `nested` are the fields that are structs
 * themselves, in brackets where they are lists.
 */
export function struct(type: string, plain: string, nested: Readonly<Record<string, Field>> = {}): Struct {
  const fields: Record<string, Field> = {};
  for (const each of plain.split(/\s+/).filter(word => word !== '')) {
    const [word = '', leaf = 'string'] = each.split(':');
    const isList = word.endsWith('[]');
    fields[isList ? word.slice(0, -2) : word] = isList ? [leaf as Leaf] : (leaf as Leaf);
  }
  return { type, fields: { ...fields, ...nested } };
}

export interface Findings {
  /** 'spec.containers[0].imag', in the order of the object. */
  readonly unknown: string[];
  /** 'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32' */
  mismatch: string | null;
}

/** A copy without what `tree` does not know and without nulls; what was found goes to `findings`. */
export function decode(object: JsonObject, tree: Struct, findings: Findings): JsonObject {
  return decodeStruct(object, tree, '', '', findings);
}

function decodeStruct(
  value: JsonObject,
  { type, fields }: Struct,
  path: string,
  plainPath: string,
  findings: Findings,
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

function decodeField(value: Json, field: Field, path: string, place: Place, findings: Findings): Json {
  if (typeof field === 'string') {
    if (!fits(value, field)) mismatch(value, field === 'map' ? 'map[string]string' : field, place, findings);
    return value;
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

const RANGE: Readonly<Record<'int32' | 'int64', number>> = { int32: 2 ** 31, int64: 2 ** 63 };

function fits(value: Json, leaf: Leaf): boolean {
  if (leaf === 'any') return true;
  if (leaf === 'bool') return typeof value === 'boolean';
  if (leaf === 'string') return typeof value === 'string';
  if (leaf === 'map') {
    return isObject(value) && Object.values(value).every(each => typeof each === 'string');
  }
  return Number.isInteger(value) && Math.abs(value as number) < RANGE[leaf];
}

/** The first is told, as by a decoder that stops there. */
function mismatch(value: Json, type: string, { owner, plain }: Place, findings: Findings): void {
  findings.mismatch ??= `json: cannot unmarshal ${goTypeOf(value)} into Go struct field ${owner}.${plain} of type ${type}`;
}

function goTypeOf(value: Json): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'number' : `number ${value}`;
  return value === null ? 'null' : typeof value;
}
