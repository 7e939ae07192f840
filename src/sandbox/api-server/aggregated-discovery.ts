/**
 * Discovery in one document for all groups, which clients ask for since Kubernetes 1.26: two requests where they would
 * send one for each group and version. Source: apiserver/pkg/endpoints/discovery/aggregated, k8s.io/api/apidiscovery/v2
 */
import { type DiscoveredResource, groupsWithVersions, resourcesOf } from './discovery.ts';

const WANTED = 'g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
export const AGGREGATED = `application/json;${WANTED}`;

/** The document at /api or /apis for a client that takes this form; undefined for others. */
export function aggregatedDiscovery(path: string, accept: string): object | undefined {
  if ((path !== '/api' && path !== '/apis') || !accept.replaceAll(' ', '').includes(WANTED)) return undefined;
  const groups = path === '/api' ? [['', ['v1']] as const] : groupsWithVersions();
  return {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    metadata: {},
    items: groups.map(([name, versions]) => ({
      metadata: { ...(name === '' ? {} : { name }), creationTimestamp: null },
      versions: versions.map(version => ({
        version,
        resources: discovered(name, version),
        freshness: 'Current',
      })),
    })),
  };
}

function discovered(group: string, version: string): object[] {
  const all = resourcesOf(group, version);
  const kindOf = (each: DiscoveredResource) => ({
    ...{ group: each.group ?? group, version: each.version ?? version, kind: each.kind },
  });
  return all
    .filter(each => !each.name.includes('/'))
    .map(each => {
      const below = all.filter(other => other.name.startsWith(`${each.name}/`));
      return {
        resource: each.name,
        responseKind: kindOf(each),
        scope: each.namespaced ? 'Namespaced' : 'Cluster',
        singularResource: each.singularName,
        verbs: each.verbs,
        ...(each.shortNames && { shortNames: each.shortNames }),
        ...(each.categories && { categories: each.categories }),
        ...(below.length > 0 && {
          subresources: below.map(other => ({
            subresource: other.name.slice(each.name.length + 1),
            responseKind: kindOf(other),
            verbs: other.verbs,
          })),
        }),
      };
    });
}
