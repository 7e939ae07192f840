/** What a cluster answers to a write: strict decoding, then the schema, then the webhook; and how kubectl prints it. */
import type { Resource } from '../../src/istio/resource.ts';
import { invalidMessage } from '../../src/istio/schema/cause.ts';
import { type Cause, checkSchema } from '../../src/istio/schema/check.ts';
import { admissionOf } from '../../src/istio/validation/validate.ts';

export interface Answer {
  readonly code: number;
  readonly message?: string;
  readonly reason?: string;
  readonly causes?: readonly Cause[];
  readonly warnings?: readonly string[];
}

export function answer(manifest: Resource): Answer {
  const { unknownFields, causes, object } = checkSchema(manifest);
  if (unknownFields.length > 0) {
    const { kind } = manifest;
    const version = manifest.apiVersion.split('/')[1];
    const fields = unknownFields.map(field => `unknown field "${field}"`).join(', ');
    const message = `${kind} in version "${version}" cannot be handled as a ${kind}: strict decoding error: ${fields}`;
    return { code: 400, reason: 'BadRequest', message };
  }
  if (causes.length > 0) {
    return { code: 422, reason: 'Invalid', message: invalidMessage(object, causes), causes };
  }
  const { denied, warnings } = admissionOf(object);
  if (denied !== undefined) return denied;
  return { code: 201, ...(warnings.length > 0 ? { warnings } : {}) };
}

/** As one line of at most 400 characters, 'ok' if the object was taken. */
export function kubectlLine(manifest: Resource): string {
  const { code, message = '', reason, causes } = answer(manifest);
  if (code === 201) return 'ok';
  let text = `Error from server${reason ? ` (${reason})` : ''}: error when creating "STDIN": ${message}`;
  if (causes !== undefined) {
    const texts = causes.map(cause => `${cause.field}: ${cause.message}`);
    const list = texts.length === 1 ? texts[0] : texts.map(one => `* ${one}`).join('\n');
    text = `The ${manifest.kind} "${manifest.metadata.name}" is invalid: ${list}`;
  }
  return text.split(/\s+/).join(' ').trim().slice(0, 400);
}
