/** Whether the cluster has room for the pods of a workshop. */
import type { Kube, KubeObject } from '../kube/client.ts';
import { SERVERS, type WorldNames } from '../world/names.ts';

/** One for each server of a world, and the client. */
const PODS_OF_A_WORLD = Object.keys(SERVERS).length + 1;

export interface Room {
  /** Pods that may still be started, over all nodes that take some. */
  readonly free: number;
  /** Pods of the worlds that are not there yet. */
  readonly needed: number;
}

/**
 * Pods by number alone, which is what a kubelet bounds (`maxPods`, 110 unless told otherwise): a world asks for next to
 * no processor time and memory. Null where nodes or pods cannot be listed.
 */
export async function roomFor(kube: Kube, worlds: readonly WorldNames[]): Promise<Room | null> {
  const [nodes, pods] = await Promise.all([listed(kube, 'nodes'), listed(kube, 'pods')]);
  if (nodes === null || nodes.length === 0 || pods === null) return null;
  const capacity = nodes.filter(takesPods).reduce((sum, node) => sum + allocatable(node), 0);
  const running = pods.filter(each => !isOver(each));
  const present = new Set(running.map(each => each.metadata.namespace));
  const missing = worlds.filter(each => !present.has(each.mesh));
  return { free: capacity - running.length, needed: missing.length * PODS_OF_A_WORLD };
}

async function listed(kube: Kube, kind: 'nodes' | 'pods'): Promise<readonly KubeObject[] | null> {
  const { status, body } = await kube.request('GET', `/api/v1/${kind}`);
  return status === 200 ? ((body as { items?: KubeObject[] } | null)?.items ?? []) : null;
}

function takesPods({ spec = {} }: KubeObject): boolean {
  const { unschedulable, taints = [] } = spec as {
    unschedulable?: boolean;
    taints?: readonly { effect: string }[];
  };
  return unschedulable !== true && !taints.some(each => each.effect !== 'PreferNoSchedule');
}

function allocatable({ status }: KubeObject): number {
  return Number((status as { allocatable?: { pods?: string } } | undefined)?.allocatable?.pods ?? 0);
}

function isOver({ status }: KubeObject): boolean {
  const { phase } = (status ?? {}) as { phase?: string };
  return phase === 'Succeeded' || phase === 'Failed';
}
