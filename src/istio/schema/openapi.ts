/**
 * The OpenAPI half of a CRD's validation: types, required fields, enums, lengths, ranges, oneofs. Errors come in the
 * order of the schema; in the API server the order of fields on a level is random (a Go map).
 * Source: k8s.io/kube-openapi pkg/validation/validate, apiextensions-apiserver pkg/apiserver/validation.
 */
import { isObject } from '../../shared/json.ts';
import { goFloat, goQuote } from '../go-text.ts';
import { type Cause, cause, causeWithoutValue } from './cause.ts';
import type { Schema } from './structural.ts';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/;

/** Checks a whole object, or the part of one at `path`. */
export function checkOpenApi(value: unknown, schema: Schema, path = ''): Cause[] {
  const causes: Cause[] = [];
  visit(value, schema, path, causes);
  return causes;
}

/** All validators of a value run: a wrong type does not keep the enum from being checked. */
function visit(value: unknown, schema: Schema, path: string, causes: Cause[]): void {
  checkType(value, schema, path, causes);
  if (value === null) return;
  checkOneOf(value, schema, path, causes);
  if (typeof value === 'string') checkString(value, schema, path, causes);
  if (typeof value === 'number') checkNumber(value, schema, path, causes);
  if (Array.isArray(value)) checkArray(value, schema, path, causes);
  checkEnum(value, schema, path, causes);
  if (isObject(value)) checkObject(value, schema, path, causes);
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return isInt64(value) ? 'integer' : 'number';
  return typeof value;
}

const isInt64 = (value: number): boolean => Number.isInteger(value) && Math.abs(value) < 2 ** 63;

function checkType(value: unknown, schema: Schema, path: string, causes: Cause[]): void {
  const found = typeOf(value);
  const wanted = schema.type === 'int-or-string' ? ['integer', 'string'] : [schema.type];
  if (wanted.includes(found as never) || (found === 'integer' && schema.type === 'number')) return;
  if (found === 'null' && schema.nullable) return;
  const text = `${path} in body must be of type ${wanted.join(',')}: ${goQuote(found)}`;
  causes.push(cause(path, 'FieldValueTypeInvalid', found, text));
}

function checkOneOf(value: unknown, schema: Schema, path: string, causes: Cause[]): void {
  const groups = schema.oneOf ?? [];
  const counts = groups.map(group => {
    // `required` does not apply to what is not an object, so it counts as having all fields, and none.
    if (!isObject(value)) return group.length;
    const set = group.filter(field => value[field] !== undefined).length;
    return set === 0 ? 1 : set;
  });
  const wrong = counts.filter(count => count !== 1);
  for (const count of new Set(wrong)) {
    const found = `Found ${count} valid alternatives`;
    const text = `${goQuote(path)} must validate one and only one schema (oneOf). ${found}`;
    causes.push(cause('', 'FieldValueInvalid', '', text));
  }
  if (groups.length < 2 || wrong.length === 0) return;
  const none = wrong.length === groups.length ? '. None validated' : '';
  const text = `${goQuote(path)} must validate all the schemas (allOf)${none}`;
  causes.push(cause('', 'FieldValueInvalid', '', text));
}

function checkString(value: string, schema: Schema, path: string, causes: Cause[]): void {
  if (schema.maxLength !== undefined && [...value].length > schema.maxLength) {
    const text = `may not be more than ${schema.maxLength} bytes`;
    causes.push(causeWithoutValue(path, 'FieldValueTooLong', text));
  }
  if (schema.minLength !== undefined && [...value].length < schema.minLength) {
    const text = `${path} in body should be at least ${schema.minLength} chars long`;
    causes.push(cause(path, 'FieldValueInvalid', value, text));
  }
  if (schema.pattern !== undefined && !new RegExp(schema.pattern).test(value)) {
    const text = `${path} in body should match '${schema.pattern}'`;
    causes.push(cause(path, 'FieldValueInvalid', value, text));
  }
  if (schema.format === 'byte' && !BASE64.test(value)) {
    const text = `${path} in body must be of type byte: ${goQuote(value)}`;
    causes.push(cause(path, 'FieldValueTypeInvalid', value, text));
  }
}

function checkNumber(value: number, schema: Schema, path: string, causes: Cause[]): void {
  const bound = (limit: number): string => (isInt64(value) ? String(limit) : goFloat(limit));
  const { minimum, maximum } = schema;
  if (minimum !== undefined && value < minimum) {
    const text = `${path} in body should be greater than or equal to ${bound(minimum)}`;
    causes.push(cause(path, 'FieldValueInvalid', value, text));
  }
  if (maximum !== undefined && value > maximum) {
    const text = `${path} in body should be less than or equal to ${bound(maximum)}`;
    causes.push(cause(path, 'FieldValueInvalid', value, text));
  }
}

function checkEnum(value: unknown, schema: Schema, path: string, causes: Cause[]): void {
  if (schema.enum === undefined || schema.enum.includes(value as string)) return;
  const text = `supported values: ${schema.enum.map(goQuote).join(', ')}`;
  causes.push(cause(path, 'FieldValueNotSupported', value, text));
}

function checkArray(value: readonly unknown[], schema: Schema, path: string, causes: Cause[]): void {
  const { items, minItems, maxItems } = schema;
  if (items !== undefined)
    for (const [i, item] of value.entries()) visit(item, items, `${path}[${i}]`, causes);
  if (minItems !== undefined && value.length < minItems) {
    const text = `${path} in body should have at least ${minItems} items`;
    causes.push(cause(path, 'FieldValueInvalid', value.length, text));
  }
  if (maxItems !== undefined && value.length > maxItems) causes.push(tooMany(path, value.length, maxItems));
}

function checkObject(value: Record<string, unknown>, schema: Schema, path: string, causes: Cause[]): void {
  const at = (key: string): string => (path === '' ? key : `${path}.${key}`);
  const { properties, values, minProperties, maxProperties } = schema;
  const keys = Object.keys(value);
  if (minProperties !== undefined && keys.length < minProperties) {
    const text = `${path} in body should have at least ${minProperties} properties`;
    causes.push(cause(path, 'FieldValueInvalid', keys.length, text));
  }
  if (maxProperties !== undefined && keys.length > maxProperties) {
    causes.push(tooMany(path, keys.length, maxProperties));
  }
  if (values !== undefined) for (const key of keys) visit(value[key], values, at(key), causes);
  for (const key in properties) {
    const inner = value[key];
    const field = properties[key];
    // A write to the object itself does not change its status, so the status is not checked.
    if (inner === undefined || field === undefined || (path === '' && key === 'status')) continue;
    visit(inner, field, at(key), causes);
  }
  for (const key of schema.required ?? []) {
    if (value[key] === undefined) causes.push(causeWithoutValue(at(key), 'FieldValueRequired', ''));
  }
}

function tooMany(path: string, count: number, limit: number): Cause {
  const text = `must have at most ${limit} item${limit === 1 ? '' : 's'}`;
  return cause(path, 'FieldValueTooMany', count, text);
}
