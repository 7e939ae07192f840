/** What kube-apiserver and Istio's webhook say of an object that they do not accept. Pure. */
import type { Resource } from './resource.ts';
import { invalidMessage } from './schema/cause.ts';
import { checkSchema } from './schema/check.ts';
import { admissionOf } from './validation/validate.ts';

/** The API's words, as kubectl would print them, of an object of one of Istio's kinds; null: it accepts the object. */
export function refusalOf(given: Resource): string | null {
  const { unknownFields, causes, object } = checkSchema(given);
  if (unknownFields.length > 0)
    return `strict decoding error: ${unknownFields.map(field => `unknown field "${field}"`).join(', ')}`;
  if (causes.length > 0) return invalidMessage(object, causes);
  return admissionOf(object).denied?.message ?? null;
}
