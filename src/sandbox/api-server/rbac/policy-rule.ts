/**
 * One rule of a role, and what it allows. Source: kubernetes/pkg/apis/rbac/v1/evaluation_helpers.go,
 * plugin/pkg/auth/authorizer/rbac/rbac.go (RuleAllows)
 */
import { goQuote } from '../../../istio/go-text.ts';
import type { Attributes } from '../request-attributes.ts';

/** As in rbac.authorization.k8s.io/v1; a list that is missing is empty. */
export interface PolicyRule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  /** 'pods', 'pods/log', '*', or a subresource of anything: '*' + '/scale'. */
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export function ruleAllows(rule: PolicyRule, asked: Attributes): boolean {
  if (!hasOrAll(rule.verbs, asked.verb)) return false;
  if ('path' in asked) return (rule.nonResourceURLs ?? []).some(each => urlCovers(each, asked.path));
  const { group, resource, subresource, name } = asked;
  return (
    hasOrAll(rule.apiGroups, group) &&
    (rule.resources ?? []).some(each => resourceMatches(each, resource, subresource)) &&
    ((rule.resourceNames ?? []).length === 0 || rule.resourceNames?.includes(name) === true)
  );
}

export function hasOrAll(list: readonly string[] = [], one: string): boolean {
  return list.includes('*') || list.includes(one);
}

function resourceMatches(given: string, resource: string, subresource: string): boolean {
  if (given === '*') return true;
  if (subresource === '') return given === resource;
  return given === `${resource}/${subresource}` || given === `*/${subresource}`;
}

/** '/healthz/*' covers what begins with '/healthz/'. */
export function urlCovers(given: string, path: string): boolean {
  return given === path || (given.endsWith('*') && path.startsWith(given.replace(/\*+$/, '')));
}

/** `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}` */
export function compactString(rule: PolicyRule): string {
  const listed = (name: string, values: readonly string[] = []) =>
    values.length === 0 ? [] : [`${name}:[${values.map(goQuote).join(' ')}]`];
  const parts = [
    ...listed('APIGroups', rule.apiGroups),
    ...listed('Resources', rule.resources),
    ...listed('NonResourceURLs', rule.nonResourceURLs),
    ...listed('ResourceNames', rule.resourceNames),
    ...listed('Verbs', rule.verbs),
  ];
  return `{${parts.join(', ')}}`;
}
