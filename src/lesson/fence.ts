/**
 * Where others use the cluster, `*` in a Sidecar may stand only for the namespaces of its own world: otherwise a
 * neighbour's ServiceEntry would be visible, and a call would do what it does because of somebody else. What a Sidecar
 * names stays as it is written, and so does everything where nobody else is. Files and kubectl are treated alike:
 * ours is narrowed before it is applied, kubectl's when it is noticed, and both are reported.
 */
import type { KubeObject } from '../kube/client.ts';
import { isIstio, keyOf, shortName } from '../kube/kinds.ts';
import { withoutServerFields } from './inspect.ts';
import type { Mesh } from './mesh.ts';
import type { AppliedObject } from './state.ts';

interface Egress {
  hosts?: string[];
  [key: string]: unknown;
}

export interface WithinFence {
  readonly object: KubeObject;
  /** What was taken out and put in, for the screen; missing when the object is as it was written. */
  readonly note?: string;
}

/** An object as it is applied. `fence`: the namespaces that `*` stands for; null where nobody else is. */
export function withinFence(object: KubeObject, fence: readonly string[] | null): WithinFence {
  if (fence === null || object.kind !== 'Sidecar' || !isIstio(object)) return { object };
  const spec = (object.spec ?? {}) as { egress?: Egress[] };
  const own = (name: string) =>
    fence.map(each => (each === object.metadata.namespace ? `./${name}` : `${each}/${name}`));
  if ((spec.egress ?? []).length === 0) {
    const hosts = own('*');
    const note = `Others use this cluster, and without egress it would see their namespaces too. Put in: ${hosts.join(', ')}.`;
    return { object: { ...object, spec: { ...spec, egress: [{ hosts }] } }, note };
  }
  const taken: string[] = [];
  const put: string[] = [];
  const egress = spec.egress?.map(each => {
    const hosts = (each.hosts ?? []).flatMap(host => {
      if (!host.startsWith('*/')) return [host];
      taken.push(host);
      const narrowed = own(host.slice(2));
      put.push(...narrowed.filter(one => !each.hosts?.includes(one)));
      return narrowed;
    });
    return { ...each, hosts: [...new Set(hosts)] };
  });
  if (taken.length === 0) return { object };
  const note = `Others use this cluster, and * would be their namespaces too. Taken out: ${taken.join(', ')}; put in: ${put.join(', ') || 'nothing'}.`;
  return { object: { ...object, spec: { ...spec, egress } }, note };
}

/** Puts the fence back where kubectl has opened or removed it. Returns what that took; usually nothing. */
export async function keepFence(mesh: Mesh, signal?: AbortSignal): Promise<readonly AppliedObject[]> {
  const fence = await mesh.fence(signal);
  if (fence === null) return [];
  const live = (await mesh.list(signal)).filter(each => each.kind === 'Sidecar');
  const opened = live
    .map(each => withinFence(withoutServerFields(each), fence))
    .filter(each => each.note !== undefined);
  const there = new Set(live.map(each => keyOf(refOf(each))));
  const taken = mesh.ownObjects().filter(each => each.kind === 'Sidecar' && !there.has(keyOf(refOf(each))));
  const note = 'Others use this cluster, and without a Sidecar this namespace would see theirs. Put back.';
  return Promise.all(
    [...opened, ...taken.map(object => ({ object, note }))].map(({ object, note }) =>
      fencedIn(mesh, object, note, signal),
    ),
  );
}

async function fencedIn(
  mesh: Mesh,
  object: KubeObject,
  note: string | undefined,
  signal: AbortSignal | undefined,
): Promise<AppliedObject> {
  const { outcome, warnings } = await mesh.apply(object, signal);
  return { what: shortName(refOf(object)), outcome, warnings, note };
}

export function refOf(object: KubeObject) {
  const { name, namespace } = object.metadata;
  return {
    apiVersion: object.apiVersion,
    kind: object.kind,
    name,
    namespace,
  };
}
