/**
 * Nobody gives rights that they do not have: not by a role, unless they may `escalate` it, nor by a binding, unless they
 * may `bind` its role. Sources: kubernetes/pkg/registry/rbac/escalation_check.go, .../{role,rolebinding,clusterrole,
 * clusterrolebinding}/policybased/storage.go, .../validation/rule.go (ConfirmNoEscalation)
 */
import { goQuote } from '../../../istio/go-text.ts';
import type { Resource } from '../../../istio/resource.ts';
import { sameJson } from '../../../shared/json.ts';
import type { Admission, ResourceName } from '../../rooms.ts';
import { RBAC } from '../kinds.ts';
import { forbidden, notFound } from '../status.ts';
import type { Store } from '../store.ts';
import type { User } from '../users.ts';
import { authorize, rulesFor } from './authorizer.ts';
import { missingRules } from './covers.ts';
import { compactString, type PolicyRule } from './policy-rule.ts';
import {
  CLUSTER_ROLE_BINDINGS,
  CLUSTER_ROLES,
  ROLE_BINDINGS,
  ROLES,
  type RoleRef,
  rulesOf,
} from './rule-resolver.ts';

interface RbacObject extends Resource {
  readonly rules?: readonly PolicyRule[] | null;
  readonly aggregationRule?: unknown;
  readonly roleRef?: RoleRef;
}

const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/** Refuses what `user` writes to roles and bindings when it gives more than they have. */
export function noEscalation(store: Store, user: User): Admission {
  return ({ operation, resource, object, old }) => {
    if (operation === 'DELETE' || onlyMetadataChanges(object, old)) return {};
    if (resource === ROLES || resource === CLUSTER_ROLES) checkRole(store, user, resource, object, old);
    if (resource === ROLE_BINDINGS || resource === CLUSTER_ROLE_BINDINGS)
      checkBinding(store, user, resource, object);
    return {};
  };
}

/** What the garbage collector needs, it may do. */
function onlyMetadataChanges(object: Resource, old: Resource | null): boolean {
  if (old === null) return false;
  const fixed = ({
    metadata: { ownerReferences: _, finalizers: __, managedFields: ___, ...metadata },
    ...rest
  }: Resource) => ({ ...rest, metadata }) as never;
  return sameJson(fixed(object), fixed(old));
}

function checkRole(
  store: Store,
  user: User,
  resource: ResourceName,
  object: RbacObject,
  old: RbacObject | null,
): void {
  const { name, namespace = '' } = object.metadata;
  const plural = resource === ROLES ? 'roles' : 'clusterroles';
  if (mayUse(store, user, 'escalate', plural, namespace, name)) return;
  confirm(store, user, resource, object, object.rules ?? []);
  if (!object.aggregationRule && !old?.aggregationRule) return;
  const { rules } = rulesFor(store, user, '');
  if (missingRules(rules, EVERYTHING).length > 0)
    throw forbidden(resource, name, 'must have cluster-admin privileges to use the aggregationRule');
}

function checkBinding(store: Store, user: User, resource: ResourceName, object: RbacObject): void {
  const { namespace = '' } = object.metadata;
  const ref = object.roleRef ?? { kind: '', name: '' };
  const plural = ref.kind === 'Role' ? 'roles' : 'clusterroles';
  if (mayUse(store, user, 'bind', plural, namespace, ref.name)) return;
  const rules = rulesOf(store, ref, namespace);
  if (typeof rules === 'string') throw notFound(`${plural}.${RBAC}`, ref.name);
  confirm(store, user, resource, object, rules);
}

function mayUse(
  store: Store,
  user: User,
  verb: 'bind' | 'escalate',
  resource: string,
  namespace: string,
  name: string,
): boolean {
  return authorize(store, user, { verb, group: RBAC, resource, subresource: '', namespace, name }).allowed;
}

function confirm(
  store: Store,
  user: User,
  resource: ResourceName,
  { metadata: { name, namespace = '' } }: Resource,
  wanted: readonly PolicyRule[],
): void {
  const { rules, error } = rulesFor(store, user, namespace);
  const missing = missingRules(rules, wanted);
  if (missing.length === 0) return;
  const told = [...new Set(missing.map(compactString))].sort().join('\n');
  const groups = user.groups.map(goQuote).join(' ');
  const who = `user ${goQuote(user.username)} (groups=[${groups}])`;
  const unsure = error === '' ? '' : `; resolution errors: ${error}`;
  throw forbidden(
    resource,
    name,
    `${who} is attempting to grant RBAC permissions not currently held:\n${told}${unsure}`,
  );
}
