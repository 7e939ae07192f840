/**
 * The roles that every cluster has from its start, and whom they are bound to. The data is made by
 * scripts/default-roles.ts from kubernetes/plugin/pkg/auth/authorizer/rbac/bootstrappolicy. Loaded when somebody first
 * asks for a role, or what a user without every right may do: nothing else needs them.
 */
import type { Resource } from '../../../istio/resource.ts';
import { RBAC } from '../kinds.ts';
import type { Store } from '../store.ts';
import { aggregateClusterRoles } from './aggregation.ts';
import policy from './bootstrap-policy.json' with { type: 'json' };
import { CLUSTER_ROLE_BINDINGS, CLUSTER_ROLES } from './rule-resolver.ts';

interface Short {
  readonly name: string;
  readonly labels?: Readonly<Record<string, string>>;
}

const installed = new WeakSet<Store>();

/** Creates them in `store`, once, as old as its oldest namespace, and from then on aggregates ClusterRoles. */
export function installPolicy(store: Store): void {
  if (installed.has(store)) return;
  installed.add(store);
  const [oldest] = store
    .list('namespaces')
    .map(each => Date.parse(each.metadata.creationTimestamp))
    .sort();
  store.makeLater(CLUSTER_ROLES, () => objects('ClusterRole', policy.clusterRoles), oldest);
  store.makeLater(
    CLUSTER_ROLE_BINDINGS,
    () => objects('ClusterRoleBinding', policy.clusterRoleBindings),
    oldest,
  );
  aggregateClusterRoles(store);
}

function objects(kind: string, all: readonly Short[]): Resource[] {
  return all.map(({ name, labels = {}, ...rest }) => ({
    apiVersion: `${RBAC}/v1`,
    kind,
    metadata: {
      name,
      annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
      labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
    },
    ...rest,
  }));
}
