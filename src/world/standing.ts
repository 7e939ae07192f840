/**
 * What there is on a cluster of ours, of the kinds that a reset looks at: one list each, over all namespaces. Elsewhere
 * such lists may be forbidden, and objects are read one by one.
 */
import type { Kube, KubeObject } from '../kube/client.ts';
import { listIfAllowed } from '../kube/istio-objects.ts';

const kind = (apiVersion: string, name: string, plural: string) => ({ apiVersion, kind: name, plural });

const KINDS = [
  kind('v1', 'ConfigMap', 'configmaps'),
  kind('v1', 'Secret', 'secrets'),
  kind('v1', 'ServiceAccount', 'serviceaccounts'),
  kind('v1', 'Pod', 'pods'),
  kind('v1', 'ReplicationController', 'replicationcontrollers'),
  kind('v1', 'ResourceQuota', 'resourcequotas'),
  kind('v1', 'LimitRange', 'limitranges'),
  kind('apps/v1', 'Deployment', 'deployments'),
  kind('apps/v1', 'ReplicaSet', 'replicasets'),
  kind('apps/v1', 'StatefulSet', 'statefulsets'),
  kind('apps/v1', 'DaemonSet', 'daemonsets'),
  kind('batch/v1', 'Job', 'jobs'),
  kind('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices'),
  kind('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies'),
  kind('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers'),
];

export interface StandingObjects {
  readonly objects: readonly KubeObject[];
  /** The object of this kind, namespace and name; null when it is not there, undefined when that is not known. */
  find(wanted: KubeObject): KubeObject | null | undefined;
}

export async function standingOn(kube: Kube): Promise<StandingObjects> {
  const lists = await Promise.all(KINDS.map(each => listIfAllowed(kube, each, null)));
  const objects = lists.flatMap(each => each ?? []);
  const byKey = new Map(objects.map(each => [keyOf(each), each]));
  const known = new Set(KINDS.filter((_, i) => lists[i] !== null).map(each => each.kind));
  return {
    objects,
    find: wanted => (known.has(wanted.kind) ? (byKey.get(keyOf(wanted)) ?? null) : undefined),
  };
}

/** For clusters where not everything may be listed. */
export const NOT_LOOKED: StandingObjects = { objects: [], find: () => undefined };

const keyOf = ({ kind: of, metadata: { namespace = '', name } }: KubeObject) => `${of}/${namespace}/${name}`;
