/**
 * Deployments: makes the pods they ask for and reports their status. The controllers for Deployments and ReplicaSets in
 * one; ReplicaSets are kept to record revisions and to own the pods.
 * Source: pkg/controller/deployment/{recreate,rolling,sync}.go.
 * Left out: minReadySeconds, proportional scaling, rollback by spec.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '../../../istio/resource.ts';
import type { Store, StoreEvent } from '../../api-server/store.ts';
import type { PreparePod } from '../admission/prepare-pod.ts';
import type { Events } from '../events.ts';
import {
  controllerOf,
  DEPLOYMENTS,
  type Deployment,
  isReady,
  ownedBy,
  type Pod,
  REPLICA_SETS,
  selectsLabels,
} from '../kube-types.ts';
import { CreateFailures } from './create-failures.ts';
import { deploymentCondition, hasProgressed, millisecondsLeft } from './deployment-status.ts';
import { HASH, REVISION, type ReplicaSet, ReplicaSets } from './replica-sets.ts';
import { templateHash } from './template-hash.ts';
import { WorkQueue } from './work-queue.ts';

export class Deployments {
  readonly #queue = new WorkQueue(key => this.#reconcile(key));
  readonly #sets: ReplicaSets;
  readonly #failures = new CreateFailures();
  readonly #stop: () => void;
  readonly #store: Store;
  readonly #events: Events;
  readonly #prepare: PreparePod;
  readonly #now: () => number;

  constructor(store: Store, events: Events, prepare: PreparePod, now: () => number) {
    this.#store = store;
    this.#events = events;
    this.#prepare = prepare;
    this.#now = now;
    this.#sets = new ReplicaSets(store, events);
    this.#stop = store.subscribe(event => {
      const { resource, object } = event;
      const { namespace = '', name } = object.metadata;
      if (resource === DEPLOYMENTS) this.#queue.add(`${namespace}/${name}`);
      // Who scales or deletes the set of a Deployment is corrected.
      const owned = resource === REPLICA_SETS && isDisturbed(event) ? controllerOf(object) : undefined;
      if (owned) this.#queue.add(`${namespace}/${owned.name}`);
      for (const key of this.#failures.freedBy(event)) this.#queue.add(key);
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
    const deployment = this.#store.get(DEPLOYMENTS, namespace, name) as Deployment | undefined;
    if (!deployment || !this.#store.get('namespaces', null, namespace)) {
      this.#failures.note(key, undefined);
      this.#queue.cancel(key);
      return;
    }
    const sets = this.#sets.of(deployment);
    this.#release(namespace, sets);
    const hash = templateHash(deployment.spec.template);
    const current = sets.find(set => set.metadata.labels?.[HASH] === hash);
    const own = current ?? (deployment.spec.paused ? undefined : this.#sets.create(deployment, hash));
    const pods = this.#podsOf(namespace, own ? [...sets, own] : sets);
    const fresh = pods.filter(pod => pod.metadata.labels?.[HASH] === hash);
    const stale = pods.filter(pod => pod.metadata.labels?.[HASH] !== hash);
    if (own) this.#scale(deployment, own, fresh, stale);
    this.#tell(namespace, name, hash);
  }

  /** One step; its effect on pods triggers the next one. */
  #scale(deployment: Deployment, set: ReplicaSet, fresh: readonly Pod[], stale: readonly Pod[]): void {
    const { replicas = 1, strategy, paused } = deployment.spec;
    if (paused && stale.length > 0) return;
    this.#sets.scale(deployment, set, replicas);
    if (strategy?.type === 'Recreate') {
      if (stale.length > 0) this.#remove(stale);
      else this.#adjust(set, fresh, replicas);
      return;
    }
    const surge = share(strategy?.rollingUpdate?.maxSurge ?? '25%', replicas, Math.ceil);
    const missing = share(strategy?.rollingUpdate?.maxUnavailable ?? '25%', replicas, Math.floor);
    // If both were zero there would be no progress. Source: pkg/controller/deployment/util (ResolveFenceposts).
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
    let failure: string | undefined;
    for (let count = pods.length; count < wanted && failure === undefined; count++)
      failure = this.#create(set);
    this.#fallShort(set, failure);
    // Pods that are not ready go first, then the youngest. Source: controller_utils.go (ActivePods).
    const order = [...pods].sort(
      (a, b) =>
        Number(isReady(a)) - Number(isReady(b)) ||
        Number(b.metadata.resourceVersion) - Number(a.metadata.resourceVersion),
    );
    this.#remove(order.slice(0, Math.max(0, pods.length - wanted)));
  }

  /** Undefined, or why the pod could not be created. */
  #create(set: ReplicaSet): string | undefined {
    const { template } = set.spec;
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
      const made = this.#store.create('pods', this.#prepare(pod));
      const message = `Created pod: ${made.metadata.name}`;
      this.#events.record(set, { reason: 'SuccessfulCreate', message, component: 'replicaset-controller' });
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** One event per reason, however often it is retried. */
  #fallShort(set: ReplicaSet, failure: string | undefined): void {
    const owner = controllerOf(set);
    const key = `${set.metadata.namespace}/${owner?.name}`;
    if (!this.#failures.note(key, failure)) return;
    const message = `Error creating: ${failure}`;
    const about = { type: 'Warning', component: 'replicaset-controller' } as const;
    this.#events.record(set, { ...about, reason: 'FailedCreate', message });
  }

  #remove(pods: readonly Pod[]): void {
    for (const { metadata } of pods) this.#store.delete('pods', metadata.namespace ?? '', metadata.name);
  }

  #podsOf(namespace: string, sets: readonly ReplicaSet[]): Pod[] {
    const owners = new Map(sets.map(set => [set.metadata.uid, set]));
    const all = this.#store.list('pods', namespace) as Resource[] as Pod[];
    return all.filter(pod => {
      const set = owners.get(controllerOf(pod)?.uid);
      return set !== undefined && isMember(pod, set);
    });
  }

  /** A pod whose labels its set no longer selects is released, and another is made in its place. */
  #release(namespace: string, sets: readonly ReplicaSet[]): void {
    const own = new Set(this.#podsOf(namespace, sets).map(pod => pod.metadata.uid));
    const uids = new Set(sets.map(set => set.metadata.uid));
    for (const pod of this.#store.list('pods', namespace)) {
      if (own.has(pod.metadata.uid) || !uids.has(controllerOf(pod)?.uid)) continue;
      const { ownerReferences: _, ...metadata } = pod.metadata;
      this.#store.update('pods', { ...pod, metadata });
    }
  }

  /** Writes the Deployment's status, given its pods after the step. */
  #tell(namespace: string, name: string, hash: string): void {
    const deployment = this.#store.get(DEPLOYMENTS, namespace, name) as Deployment | undefined;
    if (!deployment) return;
    const sets = this.#sets.of(deployment);
    const own = sets.find(set => set.metadata.labels?.[HASH] === hash);
    const pods = this.#podsOf(namespace, sets);
    for (const set of sets)
      this.#sets.tell(
        set,
        pods.filter(pod => controllerOf(pod)?.uid === set.metadata.uid),
      );
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
      failure: this.#failures.of(`${namespace}/${name}`),
      progressed: hasProgressed(deployment.status ?? {}, counts),
      now: this.#now(),
    });
    const status = { observedGeneration: deployment.metadata.generation, ...counts, conditions };
    const revision = own?.metadata.annotations?.[REVISION];
    const annotations = { ...deployment.metadata.annotations, ...(revision ? { [REVISION]: revision } : {}) };
    const next = { ...deployment, metadata: { ...deployment.metadata, annotations }, status };
    if (!isDeepStrictEqual(next, deployment)) this.#store.update(DEPLOYMENTS, next);
    this.#watchDeadline(`${namespace}/${name}`, { ...deployment, status });
  }

  /** Checks again when the deadline has passed. */
  #watchDeadline(key: string, deployment: Deployment): void {
    const left = millisecondsLeft(deployment, this.#now());
    if (left === null || left === 0) this.#queue.cancel(key);
    else this.#queue.addAfter(key, left);
  }
}

function isDisturbed({ type, object, old }: StoreEvent): boolean {
  const wanted = (set: Resource | undefined) => (set as ReplicaSet | undefined)?.spec.replicas;
  return type === 'DELETED' || (old !== undefined && wanted(object) !== wanted(old));
}

/** '25%' or a number. */
function share(value: number | string, of: number, round: (value: number) => number): number {
  return typeof value === 'number' ? value : round((Number.parseInt(value, 10) / 100) * of);
}

/** By labels; a set that would not select its own pods, which Kubernetes refuses, keeps all it has. */
function isMember({ metadata: { labels = {} } }: Pod, { spec: { selector, template } }: ReplicaSet): boolean {
  return selectsLabels(selector, labels) || !selectsLabels(selector, template.metadata?.labels ?? {});
}
