/**
 * Field errors as they appear in a Status: `details.causes`, and the message that joins them.
 * Source: k8s.io/apimachinery pkg/util/validation/field/errors.go, pkg/api/errors NewInvalid.
 */
import { goFloat, goJson, goQuote } from '../go-text.ts';
import type { Resource } from '../resource.ts';

export type CauseReason =
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTypeInvalid'
  // Kubernetes' own kinds give these two, Istio's schemas never do.
  | 'FieldValueForbidden'
  | 'FieldValueNotFound';

export interface Cause {
  /** 'spec.ports[0].number'; '<nil>' if the error has no path. */
  readonly field: string;
  readonly reason: CauseReason;
  readonly message: string;
}

const TITLE: Readonly<Record<CauseReason, string>> = {
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTypeInvalid: 'Invalid value',
  FieldValueForbidden: 'Forbidden',
  FieldValueNotFound: 'Not found',
};

/** An error that shows the invalid value; `detail` may be empty. */
export function cause(path: string, reason: CauseReason, value: unknown, detail: string): Cause {
  return made(path, reason, `${TITLE[reason]}: ${shown(value)}`, detail);
}

/** Required, Forbidden and TooLong show no value. */
export function causeWithoutValue(path: string, reason: CauseReason, detail: string): Cause {
  return made(path, reason, TITLE[reason], detail);
}

function made(path: string, reason: CauseReason, head: string, detail: string): Cause {
  return {
    field: path === '' ? '<nil>' : path,
    reason,
    message: detail === '' ? head : `${head}: ${detail}`,
  };
}

function shown(value: unknown): string {
  if (typeof value === 'string') return goQuote(value);
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : goFloat(value);
  return goJson(value);
}

/** The Status message of a refusal (422, reason Invalid): each text once, several in brackets. */
export function invalidMessage(
  resource: Pick<Resource, 'apiVersion' | 'kind' | 'metadata'>,
  causes: readonly Cause[],
): string {
  const group = resource.apiVersion.includes('/') ? `.${resource.apiVersion.split('/')[0]}` : '';
  const texts = [...new Set(causes.map(one => `${one.field}: ${one.message}`))];
  const joined = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return `${resource.kind}${group} ${goQuote(resource.metadata.name ?? '')} is invalid: ${joined}`;
}
