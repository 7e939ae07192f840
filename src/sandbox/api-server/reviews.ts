/**
 * `kubectl auth can-i` and `whoami`: what users may do (users.ts); and `kubectl create token`. Nothing is kept.
 * Source: k8s.io/api/{authorization,authentication}/v1/types.go
 */
import { isObject, type JsonObject } from '../../shared/json.ts';
import { isoSeconds, type StoredObject } from './store.ts';
import { checkReview, mayDoEverything, OWNER, type User } from './users.ts';

const PATH = /^\/apis\/(authorization|authentication)\.k8s\.io\/v1\/(?:namespaces\/[^/]+\/)?(\w+)$/;

const ALLOWED = { allowed: true, reason: 'The sandbox has one user, who may do everything.' };
const DENIED = { allowed: false };
const EVERYTHING = {
  resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
  incomplete: false,
};
const READING = [
  '/api',
  '/api/*',
  '/apis',
  '/apis/*',
  '/healthz',
  '/livez',
  '/openapi',
  '/openapi/*',
  '/readyz',
];
const ONESELF = {
  resourceRules: [
    { verbs: ['create'], apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'] },
    {
      verbs: ['create'],
      apiGroups: ['authorization.k8s.io'],
      resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
    },
  ],
  nonResourceRules: [{ verbs: ['get'], nonResourceURLs: [...READING, '/version', '/version/'] }],
  incomplete: false,
};

const KINDS: Readonly<
  Record<string, readonly [kind: string, status: (user: User, about: object, knows: Knows) => object]>
> = {
  localsubjectaccessreviews: ['LocalSubjectAccessReview', (_, about) => access(about)],
  selfsubjectaccessreviews: ['SelfSubjectAccessReview', access],
  selfsubjectrulesreviews: ['SelfSubjectRulesReview', user => (mayDoEverything(user) ? EVERYTHING : ONESELF)],
  selfsubjectreviews: ['SelfSubjectReview', userInfo => ({ userInfo })],
  subjectaccessreviews: ['SubjectAccessReview', (_, about) => access(about)],
  tokenreviews: ['TokenReview', (_, about, knows) => tokenStatus(about, knows)],
};

/** Whether a token is the one that the API knows. */
type Knows = (token: string) => boolean;

/** Source: kubernetes/pkg/registry/authentication/tokenreview/storage.go */
function tokenStatus({ token = '' }: { token?: unknown }, knows: Knows): object {
  if (!knows(String(token))) return { user: {}, error: '[invalid bearer token, token lookup failed]' };
  return { authenticated: true, user: { username: OWNER.username, groups: OWNER.groups } };
}

function access(user: object): object {
  return mayDoEverything(user) ? ALLOWED : DENIED;
}

export function isReview(path: string): boolean {
  const plural = PATH.exec(path)?.[2] ?? '';
  return Object.hasOwn(KINDS, plural);
}

/** Throws Forbidden. */
export function review(user: User, path: string, body: JsonObject, knows: Knows): object {
  const [, group = '', plural = ''] = PATH.exec(path) ?? [];
  checkReview(user, `${group}.k8s.io`, plural);
  const [kind, statusOf] = KINDS[plural] ?? ['', () => ({})];
  const spec = isObject(body.spec) ? body.spec : undefined;
  const about = { ...spec, groups: Array.isArray(spec?.groups) ? spec.groups.map(String) : [] };
  return {
    kind,
    apiVersion: `${group}.k8s.io/v1`,
    metadata: { creationTimestamp: null },
    ...(spec ? { spec } : {}),
    status: statusOf(user, about, knows),
  };
}

/** Milliseconds. */
const TOKEN_LIFE = 3_600_000;

/** A token that nobody has signed: the sandbox's API does not know it, and its istiod asks for none. */
export function tokenRequest({ metadata: { namespace, name, uid } }: StoredObject, now: number): object {
  const part = (claims: object) => Buffer.from(JSON.stringify(claims)).toString('base64url');
  const seconds = Math.floor(now / 1000);
  const claims = {
    ...{ iss: 'istio-tutor sandbox', iat: seconds, exp: seconds + TOKEN_LIFE / 1000 },
    sub: `system:serviceaccount:${namespace}:${name}`,
  };
  return {
    kind: 'TokenRequest',
    apiVersion: 'authentication.k8s.io/v1',
    metadata: { name, namespace, uid, creationTimestamp: isoSeconds(now) },
    spec: { audiences: [], expirationSeconds: TOKEN_LIFE / 1000 },
    status: {
      token: `${part({ alg: 'none', typ: 'JWT' })}.${part(claims)}.`,
      expirationTimestamp: isoSeconds(now + TOKEN_LIFE),
    },
  };
}
