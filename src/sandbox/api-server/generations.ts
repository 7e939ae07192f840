/** Kinds whose strategy in Kubernetes never sets a generation, though they have a spec or data. */
import type { ResourceName } from '../rooms.ts';

const WITHOUT: ReadonlySet<ResourceName> = new Set([
  'clusterrolebindings.rbac.authorization.k8s.io',
  'clusterroles.rbac.authorization.k8s.io',
  'componentstatuses',
  'configmaps',
  'endpoints',
  'events',
  'leases.coordination.k8s.io',
  'limitranges',
  'namespaces',
  'nodes',
  'persistentvolumeclaims',
  'persistentvolumes',
  'resourcequotas',
  'rolebindings.rbac.authorization.k8s.io',
  'roles.rbac.authorization.k8s.io',
  'secrets',
  'serviceaccounts',
  'services',
  'storageclasses.storage.k8s.io',
]);

export function hasGeneration(resource: ResourceName): boolean {
  return !WITHOUT.has(resource);
}
