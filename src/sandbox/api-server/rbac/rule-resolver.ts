/**
 * Which rules a user has, by way of which binding. Source: kubernetes/pkg/registry/rbac/validation/rule.go
 * (DefaultRuleResolver).
 */
import { goQuote } from '../../../istio/go-text.ts';
import { RBAC } from '../kinds.ts';
import { notFound } from '../status.ts';
import type { Store, StoredObject } from '../store.ts';
import type { User } from '../users.ts';
import type { PolicyRule } from './policy-rule.ts';

export const ROLES = `roles.${RBAC}`;
export const CLUSTER_ROLES = `clusterroles.${RBAC}`;
export const ROLE_BINDINGS = `rolebindings.${RBAC}`;
export const CLUSTER_ROLE_BINDINGS = `clusterrolebindings.${RBAC}`;

export interface RoleRef {
  readonly kind: string;
  readonly name: string;
}

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

interface Binding extends StoredObject {
  readonly subjects?: readonly Subject[];
  readonly roleRef: RoleRef;
}

/** A rule with the binding that gives it, or why the role of a binding gives none. */
export type Granted = { readonly rule: PolicyRule; readonly source: string } | { readonly error: string };

/** In the order in which they are looked at: cluster-wide bindings, then those of the namespace ('' for none). */
export function* grantedTo(store: Store, user: User, namespace: string): Generator<Granted> {
  yield* fromBindings(store, user, store.list(CLUSTER_ROLE_BINDINGS) as Binding[], '');
  if (namespace !== '')
    yield* fromBindings(store, user, store.list(ROLE_BINDINGS, namespace) as Binding[], namespace);
}

function* fromBindings(
  store: Store,
  user: User,
  bindings: readonly Binding[],
  namespace: string,
): Generator<Granted> {
  for (const binding of bindings) {
    const subject = binding.subjects?.find(each => appliesTo(user, each, namespace));
    if (subject === undefined) continue;
    const rules = rulesOf(store, binding.roleRef, namespace);
    if (typeof rules === 'string') yield { error: rules };
    else for (const rule of rules) yield { rule, source: described(binding, subject, namespace) };
  }
}

/** The rules of a role; a text if there is no such role. */
export function rulesOf(
  store: Store,
  { kind, name }: RoleRef,
  namespace: string,
): readonly PolicyRule[] | string {
  if (kind !== 'Role' && kind !== 'ClusterRole') return `unsupported role reference kind: ${goQuote(kind)}`;
  const resource = kind === 'Role' ? ROLES : CLUSTER_ROLES;
  const role = store.get(resource, kind === 'Role' ? namespace : null, name);
  if (role === undefined) return notFound(resource.replace('s.', '.'), name).message;
  return (role as { rules?: readonly PolicyRule[] | null }).rules ?? [];
}

function appliesTo(user: User, { kind, name, namespace }: Subject, ofBinding: string): boolean {
  if (kind === 'User') return user.username === name;
  if (kind === 'Group') return user.groups.includes(name);
  const home = namespace || ofBinding;
  return (
    kind === 'ServiceAccount' && home !== '' && user.username === `system:serviceaccount:${home}:${name}`
  );
}

/** 'RoleBinding "reads/tour" of Role "reader" to ServiceAccount "worker/tour"' */
function described({ metadata, roleRef }: Binding, { kind, name, namespace }: Subject, home: string): string {
  const what = home === '' ? 'ClusterRoleBinding' : 'RoleBinding';
  const own = home === '' ? metadata.name : `${metadata.name}/${home}`;
  const whom = kind === 'ServiceAccount' ? `${name}/${namespace || home}` : name;
  return `${what} ${goQuote(own)} of ${roleRef.kind} ${goQuote(roleRef.name)} to ${kind} ${goQuote(whom)}`;
}
