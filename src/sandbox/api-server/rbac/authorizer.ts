/**
 * May a user do this? By the roles that are bound to them, and nothing else.
 * Source: kubernetes/plugin/pkg/auth/authorizer/rbac/rbac.go
 */
import type { Attributes } from '../request-attributes.ts';
import type { Store } from '../store.ts';
import { mayDoEverything, type User } from '../users.ts';
import { installPolicy } from './bootstrap-policy.ts';
import { type PolicyRule, ruleAllows } from './policy-rule.ts';
import { grantedTo } from './rule-resolver.ts';

export interface Decision {
  readonly allowed: boolean;
  /** Which binding allows it, or which roles could not be found; often ''. */
  readonly reason: string;
}

export function authorize(store: Store, user: User, asked: Attributes): Decision {
  // A real server asks no role either about its masters.
  if (mayDoEverything(user)) return { allowed: true, reason: '' };
  installPolicy(store);
  const errors: string[] = [];
  for (const granted of grantedTo(store, user, 'path' in asked ? '' : asked.namespace)) {
    if ('error' in granted) errors.push(granted.error);
    else if (ruleAllows(granted.rule, asked))
      return { allowed: true, reason: `RBAC: allowed by ${granted.source}` };
  }
  return { allowed: false, reason: errors.length === 0 ? '' : `RBAC: ${aggregate(errors)}` };
}

/** All rules of a user in a namespace, with what could not be found ('' for nothing). */
export function rulesFor(
  store: Store,
  user: User,
  namespace: string,
): { readonly rules: readonly PolicyRule[]; readonly error: string } {
  installPolicy(store);
  const all = [...grantedTo(store, user, namespace)];
  return {
    rules: all.flatMap(each => ('rule' in each ? each.rule : [])),
    error: aggregate(all.flatMap(each => ('error' in each ? each.error : []))),
  };
}

/** Source: apimachinery/pkg/util/errors (aggregate.Error) */
function aggregate(errors: readonly string[]): string {
  const once = [...new Set(errors)];
  return once.length > 1 ? `[${once.join(', ')}]` : (once[0] ?? '');
}
