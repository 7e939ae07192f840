/**
 * Whether one set of rules gives all that another gives. Sources:
 * component-helpers/auth/rbac/validation/policy_comparator.go,
 * kubernetes/pkg/registry/rbac/validation/policy_compact.go
 */
import { hasOrAll, type PolicyRule, urlCovers } from './policy-rule.ts';

/** The parts of `wanted` that `owned` does not cover, each for one resource (or URL), its verbs together. */
export function missingRules(owned: readonly PolicyRule[], wanted: readonly PolicyRule[]): PolicyRule[] {
  const missing = wanted.flatMap(atoms).filter(atom => !owned.some(rule => covers(rule, atom)));
  return compacted(missing);
}

/** A verb on a resource or a URL: a rule either covers it whole or not at all. */
interface Atom {
  readonly verb: string;
  readonly group?: string;
  readonly resource?: string;
  readonly name?: string;
  readonly url?: string;
}

function atoms(rule: PolicyRule): Atom[] {
  const { verbs = [], apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] } = rule;
  const names = resourceNames.length > 0 ? resourceNames.map(name => ({ name })) : [{}];
  return [
    ...apiGroups.flatMap(group =>
      resources.flatMap(resource =>
        verbs.flatMap(verb => names.map(named => ({ verb, group, resource, ...named }))),
      ),
    ),
    ...nonResourceURLs.flatMap(url => verbs.map(verb => ({ verb, url }))),
  ];
}

function covers(rule: PolicyRule, { verb, group, resource, name, url }: Atom): boolean {
  if (!hasOrAll(rule.verbs, verb)) return false;
  if (url !== undefined) return (rule.nonResourceURLs ?? []).some(each => urlCovers(each, url));
  const names = rule.resourceNames ?? [];
  return (
    hasOrAll(rule.apiGroups, group ?? '') &&
    resourceCovers(rule.resources ?? [], resource ?? '') &&
    (names.length === 0 || (name !== undefined && names.includes(name)))
  );
}

function resourceCovers(owned: readonly string[], resource: string): boolean {
  const [, subresource] = resource.split(/\/(.*)/s);
  return hasOrAll(owned, resource) || (subresource !== undefined && owned.includes(`*/${subresource}`));
}

function compacted(missing: readonly Atom[]): PolicyRule[] {
  const byResource = new Map<string, { atom: Atom; verbs: string[] }>();
  for (const atom of missing) {
    const { verb, ...rest } = atom;
    // URLs stay one by one.
    const key = JSON.stringify(rest.url === undefined ? rest : atom);
    const found = byResource.get(key);
    if (found === undefined) byResource.set(key, { atom, verbs: [verb] });
    else found.verbs.push(verb);
  }
  return [...byResource.values()].map(({ atom: { group, resource, name, url }, verbs }) =>
    url === undefined
      ? {
          ...{ apiGroups: [group ?? ''], resources: [resource ?? ''], verbs },
          ...(name === undefined ? {} : { resourceNames: [name] }),
        }
      : { nonResourceURLs: [url], verbs },
  );
}
