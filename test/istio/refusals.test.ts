/**
 * Objects that a real cluster (Kubernetes 1.34, Istio 1.31) refused or warned about, and its words. Recorded with
 * dryRun=All&fieldValidation=Strict; `message` is the Status's, with its code, reason and causes.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Resource } from '../../src/istio/resource.ts';
import { invalidMessage } from '../../src/istio/schema/cause.ts';
import { type Cause, checkSchema } from '../../src/istio/schema/check.ts';
import { admissionOf } from '../../src/istio/validation/validate.ts';

interface Recorded {
  readonly name: string;
  readonly manifest: Resource;
  readonly code: number;
  readonly message?: string;
  readonly reason?: string;
  readonly causes?: readonly Cause[];
  readonly warnings?: readonly string[];
}

const RECORDED: readonly Recorded[] = JSON.parse(
  readFileSync(new URL('refusals.json', import.meta.url), 'utf8'),
);

/** What the API server does with an object: strict decoding, then the schema, then the webhook. */
function answer({ manifest }: Recorded): Omit<Recorded, 'name' | 'manifest'> {
  const { unknownFields, causes, object } = checkSchema(manifest);
  if (unknownFields.length > 0) {
    const version = manifest.apiVersion.split('/')[1];
    const fields = unknownFields.map(field => `unknown field "${field}"`).join(', ');
    const { kind } = manifest;
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

const byText = (causes: readonly Cause[]): string[] =>
  causes.map(({ field, reason, message }) => `${field} ${reason} ${message}`).sort();

describe('a real cluster and this program say the same', () => {
  it.each(RECORDED.map(one => [one.name, one] as const))('%s', (_, recorded) => {
    const ours = answer(recorded);
    expect({ code: ours.code, reason: ours.reason }).toEqual({
      code: recorded.code,
      reason: recorded.reason,
    });
    expect(ours.warnings ?? []).toEqual(recorded.warnings ?? []);
    if (recorded.causes === undefined) expect(ours.message).toBe(recorded.message);
    // Fields of one level are checked in random order there, so the order of causes says nothing.
    else expect(byText(ours.causes ?? [])).toEqual(byText(recorded.causes as Cause[]));
    if (recorded.causes?.length === 1) expect(ours.message).toBe(recorded.message);
  });
});
