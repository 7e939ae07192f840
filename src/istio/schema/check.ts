/**
 * Checks an object against the CustomResourceDefinition of its kind: what kube-apiserver finds before any webhook is
 * called. Pure; imports only src/istio. Left out: ratcheting (an update may keep what was already wrong), defaults
 * (Istio's CRDs have none), values in metadata (names, labels: the same for every kind, so the API server checks them),
 * the cost budget of CEL.
 */
import type { Resource } from '../resource.ts';
import type { Cause } from './cause.ts';
import { checkRules } from './cel.ts';
import { checkOpenApi } from './openapi.ts';
import { prune } from './prune.ts';
import { schemaOf } from './schemas.ts';

export type { Cause } from './cause.ts';

export interface SchemaVerdict {
  /** As the strict decoder names them: 'spec.http[0].retrys'. */
  readonly unknownFields: readonly string[];
  /** The `details.causes` of the Status 422; invalidMessage() in cause.ts makes its message. Empty: valid. */
  readonly causes: readonly Cause[];
  /** The object as it is to be stored: a copy without unknown fields and nulls. */
  readonly object: Resource;
}

export function checkSchema(resource: Resource): SchemaVerdict {
  const schema = schemaOf(resource);
  const { object, unknown } = prune(resource, schema);
  const causes = checkOpenApi(object, schema);
  checkRules(object, schema, causes);
  return { unknownFields: unknown, causes, object: object as Resource };
}

/** What is wrong with a write to the status alone: other writes ignore the status, and do not check it. */
export function checkStatus(resource: Resource): readonly Cause[] {
  const schema = schemaOf(resource).properties?.status;
  return schema === undefined || resource.status === undefined
    ? []
    : checkOpenApi(resource.status, schema, 'status');
}
