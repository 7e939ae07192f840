/**
 * Who asks: the owner of the token, who may do everything, or whom they impersonate (`kubectl --as`). There is no RBAC
 * here, so anybody else has the rights that a cluster gives everybody: to read health and discovery paths, and to ask
 * about themselves. Source: apiserver/pkg/endpoints/filters/impersonation.go, .../handlers/responsewriters/errors.go,
 * kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go.
 */
import type { RequestTarget } from './path.ts';
import { StatusError } from './status.ts';

export interface User {
  readonly username: string;
  readonly groups: readonly string[];
}

const MASTERS = 'system:masters';
const AUTHENTICATED = 'system:authenticated';
export const OWNER: User = { username: 'istio-tutor', groups: [MASTERS, AUTHENTICATED] };

/** `header` returns the value of a header; several with the same name are separated by commas. */
export function userOf(header: (name: string) => string | null): User {
  const username = header('impersonate-user') ?? '';
  const groups = (header('impersonate-group') ?? '').split(/,\s*/).filter(each => each !== '');
  if (username === '') {
    if (groups.length === 0 && header('impersonate-uid') === null) return OWNER;
    throw new StatusError(
      500,
      '',
      'Internal Server Error: requested a group or uid without impersonating a user',
    );
  }
  if (username === 'system:anonymous') return { username, groups: ['system:unauthenticated'] };
  const [, namespace] = /^system:serviceaccount:([^:]+):[^:]+$/.exec(username) ?? [];
  const implied =
    namespace === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  return { username, groups: [...new Set([...(groups.length > 0 ? groups : implied), AUTHENTICATED])] };
}

export function mayDoEverything({ groups = [] }: Partial<User>): boolean {
  return groups.includes(MASTERS);
}

const FOR_EVERYBODY = /^\/(livez|readyz|healthz|version|openapi|apis?)(\/|$)/;

/** Throws Forbidden for a path that does not lead to objects. */
export function checkPath(user: User, verb: string, path: string): void {
  if (mayDoEverything(user) || (verb === 'get' && FOR_EVERYBODY.test(path))) return;
  throw new StatusError(
    403,
    'Forbidden',
    `forbidden: User "${user.username}" cannot ${verb} path "${path}"`,
    {},
  );
}

/** Throws Forbidden. */
export function checkTarget(user: User, verb: string, target: RequestTarget): void {
  if (mayDoEverything(user)) return;
  const { kind, name, namespace, subresource } = target;
  throw forbidden(user, verb, kind.group, kind.plural, { name, namespace, subresource });
}

/** Throws Forbidden; everybody may create reviews about themselves. */
export function checkReview(user: User, group: string, plural: string): void {
  if (mayDoEverything(user) || plural.startsWith('self')) return;
  throw forbidden(user, 'create', group, plural, { name: null, namespace: null, subresource: null });
}

function forbidden(
  { username }: User,
  verb: string,
  group: string,
  plural: string,
  { name, namespace, subresource }: Pick<RequestTarget, 'name' | 'namespace' | 'subresource'>,
): StatusError {
  const where = namespace === null ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const what = subresource === null ? plural : `${plural}/${subresource}`;
  const why = `User "${username}" cannot ${verb} resource "${what}" in API group "${group}" ${where}`;
  const resource = group === '' ? plural : `${plural}.${group}`;
  const message = `${resource}${name === null ? '' : ` "${name}"`} is forbidden: ${why}`;
  const details = { ...(name === null ? {} : { name }), ...(group === '' ? {} : { group }), kind: plural };
  return new StatusError(403, 'Forbidden', message, details);
}
