/**
 * Who asks: the owner of the token, who may do everything, a ServiceAccount with a token of its own, or whom they
 * impersonate (`kubectl --as`).
 */
export interface User {
  readonly username: string;
  readonly groups: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

const MASTERS = 'system:masters';
export const AUTHENTICATED = 'system:authenticated';
export const UNAUTHENTICATED = 'system:unauthenticated';
export const OWNER: User = { username: 'istio-tutor', groups: [MASTERS, AUTHENTICATED] };

/** Nobody in particular: a request without a token. */
export const ANONYMOUS: User = { username: 'system:anonymous', groups: [UNAUTHENTICATED] };

export function mayDoEverything({ groups = [] }: Partial<User>): boolean {
  return groups.includes(MASTERS);
}

/** Source: apiserver/pkg/authentication/serviceaccount/util.go (MakeGroupNames) */
export function serviceAccountGroups(namespace: string): string[] {
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
}
