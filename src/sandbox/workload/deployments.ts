/**
 * Deployments: makes the pods that they ask for and tells how it stands. The Deployment's and the ReplicaSet's
 * controllers in one; ReplicaSets are kept as the record of revisions, and as the pods' owners.
 * Source: pkg/controller/deployment/{recreate,rolling,sync}.go.
 * Left out: progress deadlines, minReadySeconds, proportional scaling, rollback by spec.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '../../istio/resource.ts';
import { isoSeconds, type Store } from '../api-server/store.ts';
import { deploymentCondition } from './deployment-status.ts';
import type { Events } from './events.ts';
import {
  controllerOf,
  DEPLOYMENTS,
  type Deployment,
  isReady,
  ownedBy,
  type Pod,
  REPLICA_SETS,
} from './kube-types.ts';
import type { PreparePod } from './prepare-pod.ts';
import { templateHash } from './template-hash.ts';
import { WorkQueue } from './work-queue.ts';

const REVISION = 'deployment.kubernetes.io/revision';
const HASH = 'pod-template-hash';

interface ReplicaSet extends Resource<{ replicas: number }> {
  spec: { replicas: number };
}

export class Deployments {
  readonly #queue = new WorkQueue(key => this.#reconcile(key));
  readonly #stop: () => void;

  constructor(
    private readonly store: Store,
    private readonly events: Events,
    private readonly prepare: PreparePod,
    private readonly now: () => number,
  ) {
    this.#stop = store.subscribe(({ resource, object }) => {
      const { namespace = '', name } = object.metadata;
      if (resource === DEPLOYMENTS) this.#queue.add(`${namespace}/${name}`);
      if (resource === 'pods') {
        const owner = controllerOf(object);
        const set = owner && store.get(REPLICA_SETS, namespace, owner.name);
        const deployment = set && controllerOf(set);
        if (deployment) this.#queue.add(`${namespace}/${deployment.name}`);
      }
    });
    for (const { metadata } of store.list(DEPLOYMENTS))
      this.#queue.add(`${metadata.namespace}/${metadata.name}`);
  }

  close(): void {
    this.#stop();
    this.#queue.close();
  }

  #reconcile(key: string): void {
    const [namespace = '', name = ''] = key.split('/');
    const deployment = this.store.get(DEPLOYMENTS, namespace, name) as Deployment | undefined;
    if (!deployment || !this.store.get('namespaces', null, namespace)) return;
    const sets = this.#setsOf(deployment);
    const hash = templateHash(deployment.spec.template);
    const current = sets.find(set => set.metadata.labels?.[HASH] === hash);
    const own = current ?? (deployment.spec.paused ? undefined : this.#newSet(deployment, hash, sets));
    const pods = this.#podsOf(namespace, own ? [...sets, own] : sets);
    const fresh = pods.filter(pod => pod.metadata.labels?.[HASH] === hash);
    const stale = pods.filter(pod => pod.metadata.labels?.[HASH] !== hash);
    if (own) this.#scale(deployment, own, fresh, stale);
    this.#tell(namespace, name, hash);
  }

  /** One step; what it does to pods brings the next one. */
  #scale(deployment: Deployment, set: ReplicaSet, fresh: readonly Pod[], stale: readonly Pod[]): void {
    const { replicas = 1, strategy, paused } = deployment.spec;
    if (paused && stale.length > 0) return;
    this.#setReplicas(deployment, set, replicas);
    if (strategy?.type === 'Recreate') {
      if (stale.length > 0) this.#remove(stale);
      else this.#adjust(set, fresh, replicas);
      return;
    }
    const surge = share(strategy?.rollingUpdate?.maxSurge ?? '25%', replicas, Math.ceil);
    const missing = share(strategy?.rollingUpdate?.maxUnavailable ?? '25%', replicas, Math.floor);
    // Both nothing would be no progress. Source: pkg/controller/deployment/util (ResolveFenceposts).
    const unavailable = surge === 0 && missing === 0 ? 1 : missing;
    const room = Math.max(0, replicas + surge - fresh.length - stale.length);
    this.#adjust(set, fresh, Math.min(replicas, fresh.length + room));
    if (stale.length === 0) return;
    const broken = stale.filter(pod => !isReady(pod));
    const spare = [...fresh, ...stale].filter(isReady).length - (replicas - unavailable);
    const whole = stale.filter(isReady).slice(0, Math.max(0, spare));
    this.#remove([...broken, ...whole]);
  }

  #adjust(set: ReplicaSet, pods: readonly Pod[], wanted: number): void {
    for (let count = pods.length; count < wanted; count++) this.#create(set);
    // The youngest go first, those that are not ready before them. Source: controller_utils.go (ActivePods).
    const order = [...pods].sort(
      (a, b) =>
        Number(isReady(a)) - Number(isReady(b)) ||
        Number(b.metadata.resourceVersion) - Number(a.metadata.resourceVersion),
    );
    this.#remove(order.slice(0, Math.max(0, pods.length - wanted)));
  }

  #create(set: ReplicaSet): void {
    const { template } = set.spec as unknown as { template: { metadata?: object; spec: Pod['spec'] } };
    const { namespace = '', name } = set.metadata;
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        ...template.metadata,
        name: '',
        generateName: `${name}-`,
        namespace,
        ownerReferences: ownedBy(set),
      },
      spec: template.spec,
    };
    try {
      const made = this.store.create('pods', this.prepare(pod));
      const message = `Created pod: ${made.metadata.name}`;
      this.events.record(set, { reason: 'SuccessfulCreate', message, component: 'replicaset-controller' });
    } catch (error) {
      const message = `Error creating: ${(error as Error).message}`;
      this.events.record(set, {
        reason: 'FailedCreate',
        type: 'Warning',
        message,
        component: 'replicaset-controller',
      });
    }
  }

  #remove(pods: readonly Pod[]): void {
    for (const { metadata } of pods) this.store.delete('pods', metadata.namespace ?? '', metadata.name);
  }

  #newSet(deployment: Deployment, hash: string, sets: readonly ReplicaSet[]): ReplicaSet {
    const { name, namespace = '' } = deployment.metadata;
    const { template, selector, replicas = 1 } = deployment.spec;
    const labels = { ...template.metadata?.labels, [HASH]: hash };
    const revision = Math.max(0, ...sets.map(revisionOf)) + 1;
    const set = this.store.create(REPLICA_SETS, {
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

  /** Marks the set as the newest, and the others as wanted no more. */
  #setReplicas(deployment: Deployment, own: ReplicaSet, replicas: number): void {
    const sets = this.#setsOf(deployment);
    const newest = Math.max(0, ...sets.map(revisionOf));
    for (const set of sets) {
      const isOwn = set.metadata.uid === own.metadata.uid;
      const wanted = isOwn ? replicas : 0;
      const back = isOwn && revisionOf(set) < newest; // An earlier template again is a new revision.
      if (set.spec.replicas === wanted && !back) continue;
      const annotations = {
        ...set.metadata.annotations,
        ...(back ? { [REVISION]: String(newest + 1) } : {}),
      };
      const spec = { ...set.spec, replicas: wanted };
      this.store.update(REPLICA_SETS, { ...set, metadata: { ...set.metadata, annotations }, spec });
      if (set.spec.replicas !== wanted) this.#scaled(deployment, set, set.spec.replicas, wanted);
    }
  }

  #scaled(deployment: Deployment, { metadata: { name } }: ReplicaSet, from: number, to: number): void {
    if (from === to) return;
    const message = `Scaled ${to > from ? 'up' : 'down'} replica set ${name} from ${from} to ${to}`;
    this.events.record(deployment, {
      reason: 'ScalingReplicaSet',
      message,
      component: 'deployment-controller',
    });
  }

  #prune(sets: readonly ReplicaSet[], kept: number): void {
    const old = sets.filter(set => set.spec.replicas === 0).sort((a, b) => revisionOf(a) - revisionOf(b));
    for (const { metadata } of old.slice(0, Math.max(0, old.length - kept))) {
      this.store.delete(REPLICA_SETS, metadata.namespace ?? '', metadata.name);
    }
  }

  #setsOf({ metadata: { namespace, uid } }: Deployment): ReplicaSet[] {
    const all = this.store.list(REPLICA_SETS, namespace) as Resource[] as ReplicaSet[];
    return all.filter(set => controllerOf(set)?.uid === uid);
  }

  #podsOf(namespace: string, sets: readonly ReplicaSet[]): Pod[] {
    const owners = new Set(sets.map(set => set.metadata.uid));
    const all = this.store.list('pods', namespace) as Resource[] as Pod[];
    return all.filter(pod => owners.has(controllerOf(pod)?.uid));
  }

  /** The Deployment's status, as its pods are after the step. */
  #tell(namespace: string, name: string, hash: string): void {
    const deployment = this.store.get(DEPLOYMENTS, namespace, name) as Deployment | undefined;
    if (!deployment) return;
    const sets = this.#setsOf(deployment);
    const own = sets.find(set => set.metadata.labels?.[HASH] === hash);
    const pods = this.#podsOf(namespace, sets);
    const ready = pods.filter(isReady).length;
    const updated = pods.filter(pod => pod.metadata.labels?.[HASH] === hash).length;
    const { replicas = 1 } = deployment.spec;
    const counts = {
      ...(pods.length > 0 ? { replicas: pods.length } : {}),
      ...(updated > 0 ? { updatedReplicas: updated } : {}),
      ...(ready > 0 ? { readyReplicas: ready, availableReplicas: ready } : {}),
      ...(replicas > ready ? { unavailableReplicas: replicas - ready } : {}),
    };
    const complete = updated === replicas && pods.length === replicas && ready === replicas;
    const conditions = deploymentCondition(deployment, own?.metadata.name ?? '', {
      available:
        ready >= replicas - (deployment.spec.strategy?.type === 'Recreate' ? 0 : Math.floor(replicas / 4)),
      complete,
      at: isoSeconds(this.now()),
    });
    const status = { observedGeneration: deployment.metadata.generation, ...counts, conditions };
    const revision = own?.metadata.annotations?.[REVISION];
    const annotations = { ...deployment.metadata.annotations, ...(revision ? { [REVISION]: revision } : {}) };
    const next = { ...deployment, metadata: { ...deployment.metadata, annotations }, status };
    if (!isDeepStrictEqual(next, deployment)) this.store.update(DEPLOYMENTS, next);
  }
}

function revisionOf(set: ReplicaSet): number {
  return Number(set.metadata.annotations?.[REVISION] ?? 0);
}

/** '25%' or a number. */
function share(value: number | string, of: number, round: (value: number) => number): number {
  return typeof value === 'number' ? value : round((Number.parseInt(value, 10) / 100) * of);
}
