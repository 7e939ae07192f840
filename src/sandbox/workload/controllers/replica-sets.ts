/**
 * The ReplicaSets of Deployments: they record revisions and own the pods. deployments.ts makes and removes the pods.
 * Source: pkg/controller/deployment/{sync,util/deployment_util}.go.
 */
import type { Resource } from '../../../istio/resource.ts';
import type { Store } from '../../api-server/store.ts';
import type { Events } from '../events.ts';
import {
  controllerOf,
  type Deployment,
  isReady,
  ownedBy,
  type Pod,
  type PodTemplate,
  REPLICA_SETS,
  type Selector,
} from '../kube-types.ts';

export const REVISION = 'deployment.kubernetes.io/revision';
export const HASH = 'pod-template-hash';

interface ReplicaSetSpec {
  replicas: number;
  selector: Selector;
  template: PodTemplate;
}

export interface ReplicaSet extends Resource<ReplicaSetSpec> {
  spec: ReplicaSetSpec;
}

export class ReplicaSets {
  readonly #store: Store;
  readonly #events: Events;

  constructor(store: Store, events: Events) {
    this.#store = store;
    this.#events = events;
  }

  /** Creates one for a new template: the newest revision. */
  create(deployment: Deployment, hash: string): ReplicaSet {
    const sets = this.of(deployment);
    const { name, namespace = '' } = deployment.metadata;
    const { template, selector, replicas = 1 } = deployment.spec;
    const labels = { ...template.metadata?.labels, [HASH]: hash };
    const revision = Math.max(0, ...sets.map(revisionOf)) + 1;
    const set = this.#store.create(REPLICA_SETS, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        name: `${name}-${hash}`,
        namespace,
        labels,
        annotations: { [REVISION]: String(revision) },
        ownerReferences: ownedBy(deployment),
      },
      spec: {
        replicas,
        selector: { ...selector, matchLabels: { ...selector.matchLabels, [HASH]: hash } },
        template: { ...template, metadata: { ...template.metadata, labels } },
      },
    }) as Resource as ReplicaSet;
    this.#prune([...sets, set], Number(deployment.spec.revisionHistoryLimit ?? 10));
    this.#scaled(deployment, set, 0, replicas);
    return set;
  }

  /** Marks the set as the newest, and the others as no longer wanted. */
  scale(deployment: Deployment, own: ReplicaSet, replicas: number): void {
    const sets = this.of(deployment);
    const newest = Math.max(0, ...sets.map(revisionOf));
    for (const set of sets) {
      const isOwn = set.metadata.uid === own.metadata.uid;
      const wanted = isOwn ? replicas : 0;
      const back = isOwn && revisionOf(set) < newest; // Going back to an earlier template makes a new revision.
      if (set.spec.replicas === wanted && !back) continue;
      const annotations = {
        ...set.metadata.annotations,
        ...(back ? { [REVISION]: String(newest + 1) } : {}),
      };
      const spec = { ...set.spec, replicas: wanted };
      this.#store.update(REPLICA_SETS, { ...set, metadata: { ...set.metadata, annotations }, spec });
      if (set.spec.replicas !== wanted) this.#scaled(deployment, set, set.spec.replicas, wanted);
    }
  }

  #scaled(deployment: Deployment, { metadata: { name } }: ReplicaSet, from: number, to: number): void {
    if (from === to) return;
    const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${name} from ${from} to ${to}`;
    this.#events.record(deployment, {
      reason: 'ScalingReplicaSet',
      message,
      component: 'deployment-controller',
    });
  }

  #prune(sets: readonly ReplicaSet[], kept: number): void {
    const old = sets.filter(set => set.spec.replicas === 0).sort((a, b) => revisionOf(a) - revisionOf(b));
    for (const { metadata } of old.slice(0, Math.max(0, old.length - kept))) {
      this.#store.delete(REPLICA_SETS, metadata.namespace ?? '', metadata.name);
    }
  }

  /** All ReplicaSets of a Deployment. */
  of({ metadata: { namespace, uid } }: Deployment): ReplicaSet[] {
    const all = this.#store.list(REPLICA_SETS, namespace) as Resource[] as ReplicaSet[];
    return all.filter(set => controllerOf(set)?.uid === uid);
  }

  /** Writes its status: how many pods it has. */
  tell(set: ReplicaSet, pods: readonly Pod[]): void {
    const { namespace = '', name } = set.metadata;
    const stored = this.#store.get(REPLICA_SETS, namespace, name);
    if (!stored) return;
    const ready = pods.filter(isReady).length;
    const status = {
      replicas: pods.length,
      ...(pods.length > 0 ? { fullyLabeledReplicas: pods.length } : {}),
      ...(ready > 0 ? { readyReplicas: ready, availableReplicas: ready } : {}),
      observedGeneration: stored.metadata.generation,
    };
    this.#store.update(REPLICA_SETS, { ...stored, status });
  }
}

function revisionOf(set: ReplicaSet): number {
  return Number(set.metadata.annotations?.[REVISION] ?? 0);
}
