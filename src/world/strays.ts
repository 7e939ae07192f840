/**
 * What somebody has added to the world's namespaces that gets in the way of a call, or of a pod of the world: pods
 * that pass for a server or for the client, endpoints made by hand, limits of the namespace. A tool's pod, and a
 * ConfigMap or Secret that nothing of the world reads, are in nobody's way, and stay. Pure.
 */
import type { KubeObject } from '../kube/client.ts';
import { CLIENT, SERVERS } from './names.ts';

/** Pods, and what makes pods. */
const WORKLOADS = new Set([
  'Pod',
  'ReplicationController',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
]);
/** A fresh world has none of them. */
const LIMITS = new Set(['ResourceQuota', 'LimitRange', 'NetworkPolicy', 'HorizontalPodAutoscaler']);

const WORLDS = new Set<string>([...Object.keys(SERVERS), CLIENT.deployment]);

/** Among `objects`. `deployments`: the world's own, as 'mesh-network/client'. */
export function straysAmong(
  objects: readonly KubeObject[],
  namespaces: readonly string[],
  deployments: readonly string[],
): readonly KubeObject[] {
  return objects.filter(each => {
    const { kind, metadata } = each;
    if (!namespaces.includes(metadata.namespace ?? '') || isOwned(metadata.ownerReferences)) return false;
    if (LIMITS.has(kind)) return true;
    if (kind === 'EndpointSlice') return WORLDS.has(metadata.labels?.['kubernetes.io/service-name'] ?? '');
    return WORKLOADS.has(kind) && !isWorlds(each, deployments) && WORLDS.has(appOf(each));
  });
}

const isOwned = (owners: unknown) => Array.isArray(owners) && owners.length > 0;

function isWorlds({ kind: of, metadata }: KubeObject, deployments: readonly string[]): boolean {
  return of === 'Deployment' && deployments.includes(`${metadata.namespace}/${metadata.name}`);
}

/** The label of the object's pods by which Services find them. */
function appOf({ kind: of, metadata, spec }: KubeObject): string {
  const { template } = (spec ?? {}) as { template?: { metadata?: { labels?: Record<string, string> } } };
  const labels = of === 'Pod' ? metadata.labels : template?.metadata?.labels;
  return labels?.app ?? '';
}
