/**
 * The routes of a gateway, tested at a sidecar: the sandbox has no gateways, and a VirtualService's rules are the same in
 * both. For the gateways that a scene names, what is bound to them is bound to the mesh as well. Pure.
 */
import type { KubeObject } from '../kube/client.ts';

interface Bound {
  readonly gateways?: readonly string[];
  readonly match?: readonly Bound[];
  readonly [field: string]: unknown;
}

/** `gateways`: 'NAMESPACE/NAME'. What is not bound to one of them stays as it is. */
export function asMesh(object: KubeObject, gateways: readonly string[]): KubeObject {
  if (object.kind !== 'VirtualService' || gateways.length === 0) return object;
  const { namespace = '' } = object.metadata;
  const spec = (object.spec ?? {}) as Bound;
  const bound = (each: Bound): Bound => {
    const named = each.gateways;
    if (!Array.isArray(named) || named.includes('mesh')) return each;
    const full = named.map(name => (String(name).includes('/') ? String(name) : `${namespace}/${name}`));
    return full.some(name => gateways.includes(name)) ? { ...each, gateways: [...named, 'mesh'] } : each;
  };
  const routes = (field: string) => {
    const list = spec[field];
    if (!Array.isArray(list)) return {};
    const each = (route: Bound) =>
      Array.isArray(route?.match) ? { ...route, match: route.match.map(bound) } : route;
    return { [field]: list.map(each) };
  };
  return { ...object, spec: { ...bound(spec), ...routes('http'), ...routes('tls'), ...routes('tcp') } };
}
