/**
 * VirtualServices for sidecars: those of the mesh gateway, with complete host names, in order of precedence.
 * Source: pilot/pkg/model/virtualservice.go (ResolveVirtualServiceShortnames), virtualservice_controller.go,
 * push_context.go (initVirtualServices).
 */
import { namespaceOf, sortedByAge } from '../../istio/age.ts';
import { resolveShortName } from '../../istio/host.ts';
import type { Destination, HttpRoute, VirtualService, VirtualServiceSpec } from '../../istio/types.ts';
import { delegatedRoutes } from './delegates.ts';
import type { MeshConfig } from './snapshot.ts';
import { exportedTo } from './visibility.ts';

/** The name of "all sidecars" in a VirtualService's gateways, and the default. */
export const MESH_GATEWAY = 'mesh';

export interface MeshVirtualService {
  readonly name: string;
  readonly namespace: string;
  readonly hosts: readonly string[];
  readonly spec: VirtualServiceSpec;
}

/**
 * The VirtualServices that a namespace's sidecars may use. Private ones come first, then those exported to the
 * namespace, then public ones; in each group the oldest first.
 */
export function meshVirtualServices(
  all: readonly VirtualService[],
  clientNamespace: string,
  mesh: MeshConfig,
): MeshVirtualService[] {
  const own: MeshVirtualService[] = [];
  const exported: MeshVirtualService[] = [];
  const everybody: MeshVirtualService[] = [];
  const delegates = new Map<string, VirtualService>();
  for (const vs of all) {
    if (!vs.spec?.hosts?.length) delegates.set(`${namespaceOf(vs)}/${vs.metadata.name}`, vs);
  }
  for (const vs of sortedByAge(all)) {
    const spec = vs.spec ?? {};
    if (!spec.hosts?.length) continue;
    if (spec.gateways?.length && !spec.gateways.includes(MESH_GATEWAY)) continue;
    const namespace = namespaceOf(vs);
    const exportTo = exportedTo(spec.exportTo, namespace);
    const group = exportTo.has('*')
      ? everybody
      : exportTo.has('~') || !exportTo.has(clientNamespace)
        ? undefined
        : clientNamespace === namespace
          ? own
          : exported;
    group?.push(resolveNames(vs.metadata.name, namespace, spec, delegates, mesh));
  }
  return [...own, ...exported, ...everybody];
}

function resolveNames(
  name: string,
  namespace: string,
  spec: VirtualServiceSpec,
  delegates: ReadonlyMap<string, VirtualService>,
  mesh: MeshConfig,
): MeshVirtualService {
  const full = (host: string, ns = namespace): string => resolveShortName(host, ns, mesh.domain);
  const destination = (d: Destination, ns?: string): Destination => ({ ...d, host: full(d.host ?? '', ns) });
  const l4 = <R extends { route?: { destination?: Destination; weight?: number }[] }>(route: R): R => ({
    ...route,
    ...(route.route && {
      route: route.route.map(r => ({
        ...r,
        ...(r.destination && { destination: destination(r.destination) }),
      })),
    }),
  });
  const http = (route: HttpRoute, ns?: string): HttpRoute => ({
    ...route,
    ...(route.route && {
      route: route.route.map(r => ({
        ...r,
        ...(r.destination && { destination: destination(r.destination, ns) }),
      })),
    }),
    ...(route.mirror && { mirror: destination(route.mirror, ns) }),
    ...(route.mirrors && {
      mirrors: route.mirrors.map(m => ({
        ...m,
        ...(m.destination && { destination: destination(m.destination, ns) }),
      })),
    }),
  });
  const hosts = (spec.hosts ?? []).map(h => full(h));
  return {
    name,
    namespace,
    hosts,
    spec: {
      ...spec,
      hosts,
      http: (spec.http ?? []).flatMap(route => {
        if (route.delegate === undefined) return [http(route)];
        return delegatedRoutes(http(route), namespace, delegates, (r, ns) => http(r, ns));
      }),
      tls: (spec.tls ?? []).map(l4),
      tcp: (spec.tcp ?? []).map(l4),
    },
  };
}
