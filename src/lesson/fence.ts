/**
 * Where learners share a cluster, the Sidecar `default` keeps each to its own namespace. Istio takes one such
 * Sidecar a namespace, so a lesson's own has the same name, and is let see no more than the fence allows.
 */
import { keyOf } from './kinds.ts';
import type { KubeObject } from './mesh.ts';

interface Egress {
  hosts?: string[];
  [key: string]: unknown;
}

/** A lesson's object as it is applied on a fenced cluster; everything but the Sidecar `default` as it is. */
export function withinFence(object: KubeObject, fence: KubeObject | undefined): KubeObject {
  if (fence === undefined || keyOf(refOf(object)) !== keyOf(refOf(fence))) return object;
  const spec = (object.spec ?? {}) as { egress?: Egress[] };
  const allowed = ((fence.spec as { egress?: Egress[] } | undefined)?.egress ?? []).flatMap(
    e => e.hosts ?? [],
  );
  const namespaces = new Set([...allowed.map(host => host.split('/')[0]), object.metadata.namespace]);
  const restrict = (host: string) => {
    const [namespace = '', name = ''] = host.split('/');
    if (namespace === '*') return [`./${name}`];
    return namespace === '~' || namespaces.has(namespace) ? [host] : [];
  };
  const egress = spec.egress
    ?.map(e => ({ ...e, hosts: [...new Set((e.hosts ?? []).flatMap(restrict))] }))
    .filter(e => e.hosts.length > 0);
  const own = egress === undefined || egress.length === 0 ? [{ hosts: allowed }] : egress;
  return { ...object, spec: { ...spec, egress: own } };
}

export function refOf(object: KubeObject) {
  const { name, namespace } = object.metadata;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
  };
}
