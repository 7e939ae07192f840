/**
 * Rules and defaults of roles and bindings. Sources: kubernetes/pkg/apis/rbac/validation/validation.go,
 * pkg/apis/rbac/v1/defaults.go
 */
import type { Cause } from '../../../istio/schema/cause.ts';
import { isObject, type Json, type JsonObject, sameJson } from '../../../shared/json.ts';
import { RBAC, type ServedKind } from '../kinds.ts';
import { at, list, text } from '../tables/fields.ts';
import { invalidValue, notSupported, required } from './causes.ts';

export function rbacCauses(
  { kind, namespaced }: ServedKind,
  object: JsonObject,
  old: JsonObject | null,
): Cause[] {
  if (kind.endsWith('Role')) {
    const rules = list(object, 'rules').flatMap((rule, index) =>
      ruleCauses(rule, `rules[${index}]`, namespaced),
    );
    return [...rules, ...aggregationCauses(object)];
  }
  const causes = [
    ...roleRefCauses(object, namespaced),
    ...list(object, 'subjects').flatMap((each, index) =>
      subjectCauses(each, `subjects[${index}]`, namespaced),
    ),
  ];
  if (old !== null && !sameJson(object.roleRef ?? null, old.roleRef ?? null))
    causes.push(invalidValue('roleRef', object.roleRef, 'cannot change roleRef'));
  return causes;
}

/** The group of what is referred to, where it is not said. */
export function rbacDefaults(object: JsonObject): JsonObject {
  const { roleRef, subjects } = object;
  const withGroup = (each: Json) =>
    isObject(each) && !each.apiGroup && (each.kind === 'User' || each.kind === 'Group')
      ? { apiGroup: RBAC, ...each }
      : each;
  return {
    ...object,
    ...(isObject(roleRef) ? { roleRef: { ...roleRef, apiGroup: roleRef.apiGroup || RBAC } } : {}),
    ...(Array.isArray(subjects) ? { subjects: subjects.map(withGroup) } : {}),
  };
}

function ruleCauses(rule: unknown, path: string, namespaced: boolean): Cause[] {
  const has = (field: string) => list(rule, field).length > 0;
  const causes: Cause[] = [];
  const mustHave = (field: string, why: string) => causes.push(required(`${path}.${field}`, why));
  if (!has('verbs')) mustHave('verbs', 'verbs must contain at least one value');
  if (has('nonResourceURLs')) {
    const refuse = (why: string) =>
      causes.push(invalidValue(`${path}.nonResourceURLs`, at(rule, 'nonResourceURLs'), why));
    if (namespaced) refuse('namespaced rules cannot apply to non-resource URLs');
    if (has('apiGroups') || has('resources') || has('resourceNames'))
      refuse('rules cannot apply to both regular resources and non-resource URLs');
    return causes;
  }
  if (!has('apiGroups')) mustHave('apiGroups', 'resource rules must supply at least one api group');
  if (!has('resources')) mustHave('resources', 'resource rules must supply at least one resource');
  return causes;
}

function aggregationCauses({ aggregationRule }: JsonObject): Cause[] {
  if (!isObject(aggregationRule) || list(aggregationRule, 'clusterRoleSelectors').length > 0) return [];
  const why = 'at least one clusterRoleSelector required if aggregationRule is non-nil';
  return [required('aggregationRule.clusterRoleSelectors', why)];
}

function roleRefCauses(object: JsonObject, namespaced: boolean): Cause[] {
  const of = (field: string) => text(object, `roleRef.${field}`);
  const causes: Cause[] = [];
  if (of('apiGroup') !== RBAC) causes.push(notSupported('roleRef.apiGroup', of('apiGroup'), [RBAC]));
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (!kinds.includes(of('kind'))) causes.push(notSupported('roleRef.kind', of('kind'), kinds));
  if (of('name') === '') causes.push(required('roleRef.name'));
  for (const why of segmentFaults(of('name'))) causes.push(invalidValue('roleRef.name', of('name'), why));
  return causes;
}

function subjectCauses(subject: unknown, path: string, namespaced: boolean): Cause[] {
  const of = (field: string) => text(subject, field);
  const causes: Cause[] = [];
  const mustHave = (field: string) => causes.push(required(`${path}.${field}`));
  if (of('name') === '') mustHave('name');
  const kind = of('kind');
  if (kind === 'ServiceAccount') {
    if (of('apiGroup') !== '') causes.push(notSupported(`${path}.apiGroup`, of('apiGroup'), ['']));
    if (!namespaced && of('namespace') === '') mustHave('namespace');
  } else if (kind === 'User' || kind === 'Group') {
    if (of('apiGroup') !== RBAC) causes.push(notSupported(`${path}.apiGroup`, of('apiGroup'), [RBAC]));
  } else causes.push(notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group']));
  return causes;
}

/** What a name must not be that is a part of a path. Source: apimachinery/pkg/api/validation/path/name.go */
export function segmentFaults(name: string): string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`];
  return ['/', '%'].filter(each => name.includes(each)).map(each => `may not contain '${each}'`);
}
