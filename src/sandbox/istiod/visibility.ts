/**
 * ' nobody.~' nobody.
 * Source: pilot/pkg/model/push_context.go (initServiceRegistry, IsServiceVisible, servicesExportedToNamespace).
 */
import type { MeshService } from './mesh-service.ts';

/** Whether a service is for every namespace; '*' among others counts as '*'. */
function isPublic(exportTo: ReadonlySet<string> | undefined): boolean {
  return exportTo === undefined || exportTo.size === 0 || exportTo.has('*');
}

export function isServiceVisible(service: MeshService, namespace: string): boolean {
  const { exportTo } = service;
  return (
    isPublic(exportTo) ||
    (exportTo?.has('.') === true && service.namespace === namespace) ||
    exportTo?.has(namespace) === true
  );
}

/** Services for a namespace: first those exported to it, then the public ones, each oldest first. */
export function servicesExportedTo(services: readonly MeshService[], namespace: string): MeshService[] {
  const meant = services.filter(
    s => !isPublic(s.exportTo) && s.exportTo?.has('~') !== true && isServiceVisible(s, namespace),
  );
  return [...meant, ...services.filter(s => isPublic(s.exportTo))];
}

/** exportTo with '.' spelled out; if empty, everybody. */
export function exportedTo(exportTo: readonly string[] | undefined, namespace: string): ReadonlySet<string> {
  return exportTo?.length ? new Set(exportTo.map(e => (e === '.' ? namespace : e))) : new Set(['*']);
}
