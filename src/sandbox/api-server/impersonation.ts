/**
 * Whom a request impersonates (`kubectl --as`), and what its sender must be allowed for that.
 * Source: apiserver/pkg/endpoints/filters/impersonation.go
 */
import type { ResourceAttributes } from './request-attributes.ts';
import { StatusError } from './status.ts';
import { ANONYMOUS, AUTHENTICATED, serviceAccountGroups, UNAUTHENTICATED, type User } from './users.ts';

export interface Impersonation {
  readonly user: User;
  /** Each must be allowed to the one who asks. */
  readonly asks: readonly ResourceAttributes[];
}

const EXTRA = 'impersonate-extra-';

/** Null: nobody is impersonated. Several headers of the same name are separated by commas. Throws 500 as a server does. */
export function impersonationOf(headers: Headers): Impersonation | null {
  const username = headers.get('impersonate-user') ?? '';
  const given = listed(headers.get('impersonate-group'));
  const uid = headers.get('impersonate-uid') ?? '';
  const extra = Object.fromEntries(
    [...headers]
      .filter(([name]) => name.startsWith(EXTRA))
      .map(([name, value]) => [decodeURIComponent(name.slice(EXTRA.length)), listed(value)]),
  );
  const hasExtra = Object.keys(extra).length > 0;
  if (username === '') {
    if (given.length === 0 && uid === '' && !hasExtra) return null;
    const message = 'Internal Server Error: requested a group or uid without impersonating a user';
    throw new StatusError(500, '', message);
  }
  const [, namespace, account = ''] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username) ?? [];
  const implied = namespace === undefined ? [] : serviceAccountGroups(namespace);
  const groups = withRealm(username, given.length > 0 ? given : implied);
  return {
    user: { username, groups, ...(uid === '' ? {} : { uid }), ...(hasExtra ? { extra } : {}) },
    asks: [
      namespace === undefined ? ask('users', username) : ask('serviceaccounts', account, { namespace }),
      ...given.map(each => ask('groups', each)),
      ...Object.entries(extra).flatMap(([key, values]) =>
        values.map(each => ask('userextras', each, { ...OF_USERS, subresource: key })),
      ),
      ...(uid === '' ? [] : [ask('uids', uid, OF_USERS)]),
    ],
  };
}

const OF_USERS = { group: 'authentication.k8s.io' };

function ask(resource: string, name: string, more: Partial<ResourceAttributes> = {}): ResourceAttributes {
  return { verb: 'impersonate', group: '', resource, subresource: '', namespace: '', name, ...more };
}

/** Everybody is in one of the two groups, and in one only unless both are asked for. */
function withRealm(username: string, groups: readonly string[]): string[] {
  const isAnonymous = username === ANONYMOUS.username;
  const said = groups.some(each => each === UNAUTHENTICATED || (!isAnonymous && each === AUTHENTICATED));
  return [...new Set([...groups, ...(said ? [] : [isAnonymous ? UNAUTHENTICATED : AUTHENTICATED])])];
}

function listed(header: string | null): string[] {
  return (header ?? '').split(/,\s*/).filter(each => each !== '');
}
