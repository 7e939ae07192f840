/**
 * `kubectl auth can-i` and `whoami`: what users may do, by the same rules by which they are let through, and whose a
 * token is. Nothing is kept. Sources: kubernetes/pkg/registry/{authorization,authentication},
 * pkg/apis/authorization/validation/validation.go
 */
import type { Cause } from '../../istio/schema/cause.ts';
import { isObject, type JsonObject } from '../../shared/json.ts';
import type { Authentication } from './authentication.ts';
import { invalidValue } from './built-in/causes.ts';
import type { Attributes } from './request-attributes.ts';
import { badRequest, invalid } from './status.ts';
import type { Store } from './store.ts';
import { text } from './tables/fields.ts';
import type { User } from './users.ts';

const PATH = /^\/apis\/(authorization|authentication)\.k8s\.io\/v1\/(?:namespaces\/([^/]+)\/)?(\w+)\/?$/;

const KINDS: Readonly<Record<string, string>> = {
  localsubjectaccessreviews: 'LocalSubjectAccessReview',
  selfsubjectaccessreviews: 'SelfSubjectAccessReview',
  selfsubjectrulesreviews: 'SelfSubjectRulesReview',
  selfsubjectreviews: 'SelfSubjectReview',
  subjectaccessreviews: 'SubjectAccessReview',
  tokenreviews: 'TokenReview',
};

export interface Reviewed {
  readonly store: Store;
  readonly authentication: Authentication;
  /** Who asks. */
  readonly user: User;
}

export function isReview(path: string): boolean {
  return Object.hasOwn(KINDS, PATH.exec(path)?.[3] ?? '');
}

/** Throws BadRequest or Invalid. That `user` may ask is checked before. */
export async function review(context: Reviewed, path: string, body: JsonObject): Promise<object> {
  const [, group = '', namespace = '', plural = ''] = PATH.exec(path) ?? [];
  const kind = KINDS[plural] ?? '';
  const { metadata } = body;
  const spec = isObject(body.spec) ? body.spec : {};
  return {
    kind,
    apiVersion: `${group}.k8s.io/v1`,
    metadata: { creationTimestamp: null, ...(isObject(metadata) && { namespace: metadata.namespace }) },
    ...(kind === 'SelfSubjectReview' ? {} : { spec }),
    status: await statusOf(kind, context, spec, { namespace, metadata: isObject(metadata) ? metadata : {} }),
  };
}

interface Place {
  /** Of the path. */
  readonly namespace: string;
  readonly metadata: JsonObject;
}

async function statusOf(kind: string, context: Reviewed, spec: JsonObject, place: Place): Promise<object> {
  const { store, user, authentication } = context;
  if (kind === 'SelfSubjectReview') return { userInfo: user };
  if (kind === 'TokenReview') return tokenStatus(authentication, spec);
  const { authorize, rulesFor } = await import('./rbac/authorizer.ts');
  if (kind === 'SelfSubjectRulesReview') {
    const namespace = text(spec, 'namespace');
    if (namespace === '') throw badRequest('no namespace on request');
    const { rules, error } = rulesFor(store, user, namespace);
    return {
      resourceRules: rules.flatMap(({ nonResourceURLs: _, ...rule }) => (rule.resources?.length ? rule : [])),
      nonResourceRules: rules.flatMap(({ verbs, nonResourceURLs }) =>
        nonResourceURLs?.length ? { verbs, nonResourceURLs } : [],
      ),
      incomplete: false,
      ...(error === '' ? {} : { evaluationError: error }),
    };
  }
  checkSpec(kind, spec, place);
  const asks = kind === 'SelfSubjectAccessReview' ? user : subjectOf(spec);
  const { allowed, reason } = authorize(store, asks, attributesOf(spec));
  return { allowed, ...(reason === '' ? {} : { reason }) };
}

function subjectOf(spec: JsonObject): User {
  const groups = Array.isArray(spec.groups) ? spec.groups.map(String) : [];
  return { username: text(spec, 'user'), groups };
}

function attributesOf({ resourceAttributes, nonResourceAttributes }: JsonObject): Attributes {
  if (!isObject(resourceAttributes)) {
    return { verb: text(nonResourceAttributes, 'verb'), path: text(nonResourceAttributes, 'path') };
  }
  const of = (field: string) => text(resourceAttributes, field);
  return {
    ...{ verb: of('verb'), group: of('group'), resource: of('resource') },
    ...{ subresource: of('subresource'), namespace: of('namespace'), name: of('name') },
  };
}

function checkSpec(kind: string, spec: JsonObject, { namespace, metadata }: Place): void {
  const { resourceAttributes: ofResource, nonResourceAttributes: ofPath } = spec;
  const causes: Cause[] = [];
  const refuse = (field: string, value: unknown, why: string) => causes.push(invalidValue(field, value, why));
  if (isObject(ofResource) && isObject(ofPath)) {
    const why = 'cannot be specified in combination with resourceAttributes';
    refuse('spec.nonResourceAttributes', ofPath, why);
  }
  if (!isObject(ofResource) && !isObject(ofPath)) {
    const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    refuse('spec.resourceAttributes', null, why);
  }
  const { username, groups } = subjectOf(spec);
  if (kind !== 'SelfSubjectAccessReview' && username === '' && groups.length === 0)
    refuse('spec.user', '', 'at least one of user or group must be specified');
  if (kind === 'LocalSubjectAccessReview') {
    const own = text(metadata, 'namespace');
    if (isObject(ofResource) && text(ofResource, 'namespace') !== own)
      refuse(
        'spec.resourceAttributes.namespace',
        text(ofResource, 'namespace'),
        'must match metadata.namespace',
      );
    if (isObject(ofPath)) refuse('spec.nonResourceAttributes', ofPath, 'disallowed on this kind of request');
    if (causes.length === 0 && own !== namespace)
      throw badRequest(`spec.resourceAttributes.namespace must match namespace: ${namespace}`);
  }
  if (causes.length > 0) throw invalid(kind, 'authorization.k8s.io', '', causes);
}

async function tokenStatus(authentication: Authentication, spec: JsonObject): Promise<object> {
  const token = text(spec, 'token');
  if (token === '') throw badRequest('token is required for TokenReview in authentication');
  const wanted = Array.isArray(spec.audiences) ? spec.audiences.map(String) : [];
  const found = await authentication.reviewed(token, wanted);
  if (typeof found === 'string') return { user: {}, error: `[invalid bearer token, ${found}]` };
  const { user, audiences } = found;
  return { authenticated: true, user, ...(audiences.length > 0 ? { audiences } : {}) };
}
