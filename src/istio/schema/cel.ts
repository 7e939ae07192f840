/**
 * The other half of a CRD's validation: unique keys of map lists, and the CEL rules, which are evaluated only if
 * nothing more basic is wrong. Source: apiextensions-apiserver pkg/apiserver/schema/{listtype,cel},
 * pkg/registry/customresource/strategy.go.
 */
import { isObject } from '../../shared/json.ts';
import { type Cause, type CauseReason, cause } from './cause.ts';
import type { CelRule, Schema } from './structural.ts';

const BLOCKING: ReadonlySet<CauseReason> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

const NOT_CHECKED =
  'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';

/** Adds what list keys and rules find to the causes so far. */
export function checkRules(value: unknown, schema: Schema, causes: Cause[]): void {
  walk(value, schema, '', (inner, at, path) => {
    if (at.listKey !== undefined && Array.isArray(inner)) checkListKey(inner, at.listKey, path, causes);
  });
  if (causes.some(one => BLOCKING.has(one.reason))) {
    causes.push(cause('', 'FieldValueInvalid', null, NOT_CHECKED));
    return;
  }
  walk(value, schema, '', (inner, at, path) => {
    for (const rule of at.rules ?? []) {
      const text = broken(rule, inner);
      if (text !== null) causes.push(cause(path, 'FieldValueInvalid', at.type, text));
    }
  });
}

function broken(rule: CelRule, value: unknown): string | null {
  const answer = rule.check(value as never);
  if (answer === true) return null;
  return answer === false ? rule.message : `${answer} evaluating rule: ${rule.message}`;
}

function checkListKey(list: readonly unknown[], key: string, path: string, causes: Cause[]): void {
  const odd = list.findIndex(item => item !== null && !isObject(item));
  if (odd >= 0) {
    const text = 'must be an object for an array of list-type map';
    causes.push(cause(`${path}[${odd}]`, 'FieldValueInvalid', list[odd], text));
    return;
  }
  const times = new Map<unknown, number>();
  for (const [i, item] of list.entries()) {
    const value = isObject(item) ? item[key] : undefined;
    const before = times.get(value) ?? 0;
    times.set(value, before + 1);
    // Only the second of several equal keys is named.
    if (before !== 1) continue;
    const shown = value === undefined ? {} : { [key]: value };
    causes.push(cause(`${path}[${i}]`, 'FieldValueDuplicate', shown, ''));
  }
}

type Visit = (value: unknown, schema: Schema, path: string) => void;

/** A node's own rules come before its children's. Map keys are in brackets here, after a dot in openapi.ts. */
function walk(value: unknown, schema: Schema, path: string, visit: Visit): void {
  if (value === null || value === undefined) return;
  visit(value, schema, path);
  if (Array.isArray(value)) {
    if (schema.items === undefined) return;
    for (const [i, item] of value.entries()) walk(item, schema.items, `${path}[${i}]`, visit);
    return;
  }
  if (!isObject(value)) return;
  const { properties, values } = schema;
  if (values !== undefined) for (const key in value) walk(value[key], values, `${path}[${key}]`, visit);
  for (const key in properties) {
    const field = properties[key];
    if (field === undefined || (path === '' && key === 'status')) continue;
    walk(value[key], field, path === '' ? key : `${path}.${key}`, visit);
  }
}
