/** Causes of refusals of Kubernetes' own kinds. Source: apimachinery/pkg/util/validation/field/errors.go. */
import { type Cause, cause, causeWithoutValue } from '../../../istio/schema/cause.ts';

export function required(field: string, detail = ''): Cause {
  return causeWithoutValue(field, 'FieldValueRequired', detail);
}

export function invalidValue(field: string, value: unknown, detail: string): Cause {
  return cause(field, 'FieldValueInvalid', value, detail);
}

export function duplicate(field: string, value: unknown): Cause {
  return cause(field, 'FieldValueDuplicate', value, '');
}

export function notSupported(field: string, value: unknown, supported: readonly string[]): Cause {
  const names = supported.map(each => JSON.stringify(each)).join(', ');
  return cause(field, 'FieldValueNotSupported', value, `supported values: ${names}`);
}

export function notFound(field: string, value: string): Cause {
  return cause(field, 'FieldValueNotFound', value, '');
}

export function forbidden(field: string, detail: string): Cause {
  return causeWithoutValue(field, 'FieldValueForbidden', detail);
}
