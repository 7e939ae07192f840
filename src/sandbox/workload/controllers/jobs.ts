/**
 * Jobs: makes their pods until enough have succeeded or too many failed. Source: pkg/controller/job, ttlafterfinished.
 * Left out: policies for failures and success, backoff by index (admission/jobs.ts warns of them).
 */
import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '../../../istio/resource.ts';
import type { Store, StoreEvent } from '../../api-server/store.ts';
import type { PreparePod } from '../admission/prepare-pod.ts';
import type { Events } from '../events.ts';
import { finishedAs, JOBS, type Job } from '../job-types.ts';
import { controllerOf, isReady, ownedBy, type Pod } from '../kube-types.ts';
import { CreateFailures } from './create-failures.ts';
import {
  backOff,
  type Ending,
  failureOf,
  finishedAt,
  INDEX,
  indexOf,
  isOver,
  jobStatus,
  successOf,
  wantedActive,
} from './job-status.ts';
import { WorkQueue } from './work-queue.ts';

/** What is remembered of a Job beyond the pods that are left of it. */
interface Tally {
  /** Pods that were counted when they ended, and those that the controller itself removed. */
  readonly settled: Set<string>;
  readonly indexes: Set<number>;
  succeeded: number;
  failed: number;
  /** In a row. */
  failures: number;
  lastFailure: number;
}

export class Jobs {
  readonly #queue = new WorkQueue(key => this.#reconcile(key));
  readonly #tallies = new Map<string, Tally>();
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
    this.#stop = store.subscribe(event => this.#hear(event));
    for (const { metadata } of store.list(JOBS)) this.#queue.add(`${metadata.namespace}/${metadata.name}`);
  }

  close(): void {
    this.#stop();
    this.#queue.close();
  }

  #hear(event: StoreEvent): void {
    const { type, resource, object } = event;
    const { namespace = '', name, uid } = object.metadata;
    if (resource === JOBS) {
      if (type === 'DELETED') this.#tallies.delete(uid);
      this.#queue.add(`${namespace}/${name}`);
    }
    for (const key of this.#failures.freedBy(event)) this.#queue.add(key);
    const owner = resource === 'pods' ? controllerOf(object) : undefined;
    if (owner?.kind !== 'Job') return;
    const tally = this.#tallies.get(owner.uid);
    // Somebody else deleted it while it ran: it is killed, and so it fails.
    if (type === 'DELETED' && tally && !isOver(object as Resource as Pod))
      this.#fail(tally, uid, this.#now());
    this.#queue.add(`${namespace}/${owner.name}`);
  }

  #reconcile(key: string): void {
    const [namespace = '', name = ''] = key.split('/');
    const job = this.#store.get(JOBS, namespace, name) as Job | undefined;
    this.#queue.cancel(key);
    if (!job || finishedAs(job) !== null) {
      this.#failures.note(key, undefined);
      if (job) this.#expire(key, job);
      return;
    }
    const tally = this.#count(job);
    const active = this.#podsOf(job).filter(pod => !isOver(pod));
    const now = this.#now();
    let ending: Ending | null = failureOf(job, tally.failed, active, now);
    if (ending === null) {
      this.#adjust(key, job, tally, active);
      ending = successOf(job, tally.succeeded, this.#activeOf(job).length);
      this.#awaitDeadline(key, job, now);
    } else this.#remove(job, active);
    this.#tell(job, tally, ending);
  }

  #count(job: Job): Tally {
    const uid = job.metadata.uid ?? '';
    const { succeeded = 0, failed = 0 } = job.status ?? {};
    const tally = this.#tallies.get(uid) ?? {
      ...{ settled: new Set<string>(), indexes: new Set<number>(), succeeded, failed },
      ...{ failures: 0, lastFailure: 0 },
    };
    this.#tallies.set(uid, tally);
    for (const pod of this.#podsOf(job)) {
      const own = pod.metadata.uid ?? '';
      if (!isOver(pod) || tally.settled.has(own)) continue;
      if (pod.status?.phase === 'Failed') this.#fail(tally, own, finishedAt(pod));
      else {
        tally.settled.add(own);
        tally.failures = 0;
        if (job.spec.completionMode === 'Indexed') tally.indexes.add(indexOf(pod));
        tally.succeeded += 1;
      }
    }
    if (job.spec.completionMode === 'Indexed') tally.succeeded = tally.indexes.size;
    return tally;
  }

  #fail(tally: Tally, uid: string, at: number): void {
    if (tally.settled.has(uid)) return;
    tally.settled.add(uid);
    tally.failed += 1;
    tally.failures += 1;
    tally.lastFailure = Math.max(tally.lastFailure, at);
  }

  #adjust(key: string, job: Job, tally: Tally, active: readonly Pod[]): void {
    const wanted = wantedActive(job, tally.succeeded, active.length);
    if (active.length > wanted) {
      const order = [...active].sort((a, b) => Number(isReady(a)) - Number(isReady(b)));
      this.#remove(job, order.slice(0, active.length - wanted));
      return;
    }
    if (active.length === wanted) return;
    const wait = backOff(tally.failures, tally.lastFailure, this.#now());
    if (wait > 0) {
      this.#again(key, wait);
      return;
    }
    const taken = new Set([...tally.indexes, ...active.map(indexOf)]);
    let failure: string | undefined;
    for (let count = active.length; count < wanted && failure === undefined; count++) {
      let index = 0;
      while (taken.has(index)) index++;
      taken.add(index);
      failure = this.#create(job, index);
    }
    if (this.#failures.note(key, failure))
      this.#event(job, 'FailedCreate', `Error creating: ${failure}`, 'Warning');
  }

  /** Undefined, or why the pod could not be created. */
  #create(job: Job, index: number): string | undefined {
    const { template } = job.spec;
    const { namespace = '', name } = job.metadata;
    const indexed = job.spec.completionMode === 'Indexed';
    const metadata = indexed ? withIndex(template.metadata, index) : template.metadata;
    const pod: Pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        ...metadata,
        name: '',
        generateName: indexed ? `${name}-${index}-` : `${name}-`,
        namespace,
        ownerReferences: ownedBy(job),
      },
      spec: indexed ? withIndexVariable(template.spec) : template.spec,
    };
    try {
      const made = this.#store.create('pods', this.#prepare(pod));
      this.#event(job, 'SuccessfulCreate', `Created pod: ${made.metadata.name}`);
      return undefined;
    } catch (error) {
      return (error as Error).message;
    }
  }

  #remove(job: Job, pods: readonly Pod[]): void {
    for (const { metadata } of pods) {
      this.#tallies.get(job.metadata.uid ?? '')?.settled.add(metadata.uid ?? '');
      this.#store.delete('pods', metadata.namespace ?? '', metadata.name);
      this.#event(job, 'SuccessfulDelete', `Deleted pod: ${metadata.name}`);
    }
  }

  #tell(job: Job, tally: Tally, ending: Ending | null): void {
    const { namespace = '', name } = job.metadata;
    const stored = this.#store.get(JOBS, namespace, name) as Job | undefined;
    if (!stored) return;
    const indexes = job.spec.completionMode === 'Indexed' ? [...tally.indexes] : null;
    const { succeeded, failed } = tally;
    const counts = { active: this.#activeOf(job), succeeded, failed, indexes };
    const status = jobStatus(stored, counts, ending, this.#now());
    if (isDeepStrictEqual(status, stored.status)) return;
    this.#store.update(JOBS, { ...stored, status });
    if (ending?.type === 'Complete') this.#event(job, 'Completed', 'Job completed');
    else if (ending) this.#event(job, ending.reason, ending.message, 'Warning');
    const suspended = (of: Job['status']) => of?.conditions?.find(each => each.type === 'Suspended')?.status;
    const now = suspended(status);
    if (now !== suspended(stored.status))
      this.#event(
        job,
        now === 'True' ? 'Suspended' : 'Resumed',
        now === 'True' ? 'Job suspended' : 'Job resumed',
      );
  }

  #event(job: Job, reason: string, message: string, type?: 'Warning'): void {
    this.#events.record(job, { reason, message, component: 'job-controller', ...(type && { type }) });
  }

  #podsOf({ metadata: { namespace, uid } }: Job): Pod[] {
    const all = this.#store.list('pods', namespace) as Resource[] as Pod[];
    return all.filter(pod => controllerOf(pod)?.uid === uid);
  }

  #activeOf(job: Job): Pod[] {
    return this.#podsOf(job).filter(pod => !isOver(pod));
  }

  #awaitDeadline(key: string, { spec, status }: Job, now: number): void {
    if (spec.activeDeadlineSeconds === undefined || spec.suspend) return;
    const since = Date.parse(status?.startTime ?? '') || now;
    this.#again(key, since + spec.activeDeadlineSeconds * 1000 - now);
  }

  /** Deletes a finished Job after its time to live. */
  #expire(key: string, { metadata, spec, status }: Job): void {
    const { ttlSecondsAfterFinished: life } = spec;
    if (life === undefined) return;
    const end = status?.conditions?.find(each => each.type === 'Complete' || each.type === 'Failed');
    const left = Date.parse(end?.lastTransitionTime ?? '') + life * 1000 - this.#now();
    if (left > 0) this.#again(key, left);
    else this.#store.delete(JOBS, metadata.namespace ?? '', metadata.name);
  }

  /** Works on it again after some milliseconds, or before that if something else calls for it. */
  #again(key: string, wait: number): void {
    // The back-off comes before the deadline, or the deadline is looked at again then.
    if (!this.#queue.waits(key)) this.#queue.addAfter(key, wait);
  }
}

function withIndex(metadata: Pod['metadata'] | Job['spec']['template']['metadata'], index: number) {
  const mark = { [INDEX]: String(index) };
  return {
    ...metadata,
    annotations: { ...metadata?.annotations, ...mark },
    labels: { ...metadata?.labels, ...mark },
  };
}

function withIndexVariable(spec: Pod['spec']): Pod['spec'] {
  const fieldPath = `metadata.labels['${INDEX}']`;
  const variable = { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } };
  const containers = spec.containers.map(each => ({ ...each, env: [...(each.env ?? []), variable] }));
  return { ...spec, containers };
}
