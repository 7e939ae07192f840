/**
 * `kubectl auth can-i` and `whoami`. Who has the token may do everything, so every review says yes. Nothing is kept.
 * Source: k8s.io/api/{authorization,authentication}/v1/types.go
 */
import { isObject, type JsonObject } from './patch/json.ts';

const PATH = /^\/apis\/(authorization|authentication)\.k8s\.io\/v1\/(?:namespaces\/[^/]+\/)?(\w+)$/;

const USER = { username: 'istio-tutor', groups: ['system:masters', 'system:authenticated'] };

const ALLOWED = { allowed: true, reason: 'The sandbox has one user, who may do everything.' };
const EVERYTHING = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  incomplete: false,
};

const STATUS: Readonly<Record<string, readonly [kind: string, status: object]>> = {
  localsubjectaccessreviews: ['LocalSubjectAccessReview', ALLOWED],
  selfsubjectaccessreviews: ['SelfSubjectAccessReview', ALLOWED],
  selfsubjectrulesreviews: ['SelfSubjectRulesReview', EVERYTHING],
  selfsubjectreviews: ['SelfSubjectReview', { userInfo: USER }],
  subjectaccessreviews: ['SubjectAccessReview', ALLOWED],
};

export function isReview(path: string): boolean {
  const plural = PATH.exec(path)?.[2] ?? '';
  return Object.hasOwn(STATUS, plural);
}

export function review(path: string, body: JsonObject): object {
  const [, group = '', plural = ''] = PATH.exec(path) ?? [];
  const [kind, status] = STATUS[plural] ?? ['', {}];
  return {
    kind,
    apiVersion: `${group}.k8s.io/v1`,
    metadata: { creationTimestamp: null },
    ...(isObject(body.spec) ? { spec: body.spec } : {}),
    status,
  };
}
