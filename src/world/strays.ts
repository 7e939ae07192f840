/**
 * What somebody has added to the world's namespaces, and what a call, or a pod of the world, meets because of it: pods
 * that pass for a server or for the client, endpoints by hand, limits of the namespace. A tool's pod, a ConfigMap or a
 * Secret that nothing of the world reads is nobody's hindrance, and stays.
 */
import type { Kube, KubeObject } from '../cluster/client.ts';
import { listIfAllowed } from '../cluster/istio-objects.ts';
import { CLIENT, SERVERS } from './names.ts';

const kind = (apiVersion: string, name: string, plural: string) => ({ apiVersion, kind: name, plural });

/** Pods, and what makes pods. */
const WORKLOADS = [
  kind('v1', 'Pod', 'pods'),
  kind('v1', 'ReplicationController', 'replicationcontrollers'),
  kind('apps/v1', 'Deployment', 'deployments'),
  kind('apps/v1', 'ReplicaSet', 'replicasets'),
  kind('apps/v1', 'StatefulSet', 'statefulsets'),
  kind('apps/v1', 'DaemonSet', 'daemonsets'),
  kind('batch/v1', 'Job', 'jobs'),
];
const SLICES = kind('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices');
/** A fresh world has none of them. */
const LIMITS = [
  kind('v1', 'ResourceQuota', 'resourcequotas'),
  kind('v1', 'LimitRange', 'limitranges'),
  kind('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'),
  kind('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers'),
];

const WORLDS = new Set<string>([...Object.keys(SERVERS), CLIENT.deployment]);

/** `deployments`: the world's own, as 'mesh-network/client'. Looked for in all namespaces at once, on a cluster of ours. */
export async function straysOf(
  kube: Kube,
  namespaces: readonly string[],
  deployments: readonly string[],
): Promise<readonly KubeObject[]> {
  const within = async (each: (typeof WORKLOADS)[number]) =>
    ((await listIfAllowed(kube, each, null)) ?? []).filter(
      ({ metadata }) => namespaces.includes(metadata.namespace ?? '') && !isOwned(metadata.ownerReferences),
    );
  const [limits, slices, workloads] = await Promise.all([
    Promise.all(LIMITS.map(within)),
    within(SLICES),
    Promise.all(WORKLOADS.map(within)),
  ]);
  return [
    ...limits.flat(),
    ...slices.filter(({ metadata }) => WORLDS.has(metadata.labels?.['kubernetes.io/service-name'] ?? '')),
    ...workloads.flat().filter(each => !isWorlds(each, deployments) && WORLDS.has(appOf(each))),
  ];
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
