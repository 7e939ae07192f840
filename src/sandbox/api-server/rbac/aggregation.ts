/**
 * Writes into a ClusterRole with an aggregationRule the rules of those whose labels it selects.
 * Source: kubernetes/pkg/controller/clusterroleaggregation/clusterroleaggregation_controller.go
 */
import { isDeepStrictEqual } from 'node:util';
import { goOn } from '../../go-on.ts';
import { labelSelector } from '../selectors.ts';
import type { Store, StoredObject } from '../store.ts';
import type { PolicyRule } from './policy-rule.ts';
import { CLUSTER_ROLES } from './rule-resolver.ts';

interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[];
}

interface ClusterRole extends StoredObject {
  readonly rules?: readonly PolicyRule[] | null;
  readonly aggregationRule?: { readonly clusterRoleSelectors?: readonly LabelSelector[] } | null;
}

/** Does so now and after every change to a ClusterRole, before the one who made it has an answer. */
export function aggregateClusterRoles(store: Store): void {
  const aggregate = () => {
    const all = store.list(CLUSTER_ROLES) as ClusterRole[];
    for (const role of all.filter(each => each.aggregationRule)) {
      goOn(`the aggregation of ClusterRole ${role.metadata.name}`, () => {
        const rules = aggregated(role, all);
        if (!isDeepStrictEqual(rules, role.rules))
          store.update(CLUSTER_ROLES, { ...role, rules } as StoredObject);
      });
    }
  };
  store.subscribe(({ resource }) => {
    if (resource === CLUSTER_ROLES) aggregate();
  });
  aggregate();
}

/** In the order of the selectors, then of the roles' names; each rule once. */
function aggregated({ metadata, aggregationRule }: ClusterRole, all: readonly ClusterRole[]): PolicyRule[] {
  const found: PolicyRule[] = [];
  for (const selector of aggregationRule?.clusterRoleSelectors ?? []) {
    const selects = labelSelector(selectorText(selector));
    for (const role of all) {
      if (role.metadata.name === metadata.name || !selects(role)) continue;
      const fresh = (role.rules ?? []).filter(rule => !found.some(each => isDeepStrictEqual(each, rule)));
      found.push(...fresh);
    }
  }
  return found;
}

function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }) => {
      if (operator === 'Exists') return key;
      if (operator === 'DoesNotExist') return `!${key}`;
      return `${key} ${operator.toLowerCase()} (${values.join(',')})`;
    }),
  ].join(',');
}
