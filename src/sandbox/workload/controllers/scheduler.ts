/**
 * Gives pods their node: at once if it takes them (prepare-pod.ts), otherwise here, when something has changed. Until
 * then a pod is Pending, and an event says why. Source: pkg/scheduler/schedule_one.go (handleSchedulingFailure).
 */
import type { Resource } from '../../../istio/resource.ts';
import type { Store } from '../../api-server/store.ts';
import { isoSeconds } from '../../time.ts';
import type { Events } from '../events.ts';
import type { Condition, Pod } from '../kube-types.ts';
import { NODE, nodeView } from '../node.ts';
import { unschedulable } from './scheduling.ts';
import { WorkQueue } from './work-queue.ts';

const SCHEDULER = 'default-scheduler';
const GATED = 'Scheduling is blocked due to non-empty scheduling gates';

/** Why a new pod would get no node; null: it would get one. */
export function whyUnscheduled(store: Store, pod: Pod): string | null {
  const { schedulingGates } = pod.spec;
  if (Array.isArray(schedulingGates) && schedulingGates.length > 0) return GATED;
  const all = store.list('pods') as Resource[] as Pod[];
  return unschedulable(
    pod,
    all.filter(each => each.spec.nodeName === NODE && each.metadata.uid !== pod.metadata.uid),
    nodeView(store),
    claim => store.get('persistentvolumeclaims', pod.metadata.namespace ?? '', claim) !== undefined,
  );
}

/** Pods of another scheduler wait for it for ever. */
export function isForOurScheduler({ spec }: Pod): boolean {
  return (spec.schedulerName ?? SCHEDULER) === SCHEDULER;
}

export class Scheduler {
  readonly #queue = new WorkQueue(key => this.#schedule(key));
  readonly #waiting = new Set<string>();
  readonly #stop: () => void;
  readonly #store: Store;
  readonly #events: Events;
  readonly #now: () => number;

  constructor(store: Store, events: Events, now: () => number) {
    this.#store = store;
    this.#events = events;
    this.#now = now;
    this.#stop = store.subscribe(({ type, resource, object }) => {
      if (resource === 'nodes') for (const each of this.#waiting) this.#queue.add(each);
      if (resource !== 'pods') return;
      const pod = object as Resource as Pod;
      const key = `${pod.metadata.namespace}/${pod.metadata.name}`;
      if (type === 'ADDED' && pod.spec.nodeName === undefined && isForOurScheduler(pod))
        this.#waiting.add(key);
      if (type === 'DELETED') this.#waiting.delete(key);
      for (const each of this.#waiting) this.#queue.add(each);
    });
  }

  close(): void {
    this.#stop();
    this.#queue.close();
  }

  #schedule(key: string): void {
    const [namespace = '', name = ''] = key.split('/');
    const pod = this.#store.get('pods', namespace, name) as Resource as Pod | undefined;
    if (!pod || pod.spec.nodeName !== undefined) return void this.#waiting.delete(key);
    const message = whyUnscheduled(this.#store, pod);
    if (message === null) {
      this.#waiting.delete(key);
      this.#store.update('pods', { ...pod, spec: { ...pod.spec, nodeName: NODE } });
    } else this.#tell(pod, message);
  }

  #tell(pod: Pod, message: string): void {
    const told = pod.status?.conditions?.find(each => each.type === 'PodScheduled');
    if (told?.message === message) return;
    const reason = message === GATED ? 'SchedulingGated' : 'Unschedulable';
    const condition: Condition = {
      ...{ type: 'PodScheduled', status: 'False', reason, message },
      ...{ lastProbeTime: null, lastTransitionTime: told?.lastTransitionTime ?? isoSeconds(this.#now()) },
    };
    this.#store.update('pods', { ...pod, status: { phase: 'Pending', conditions: [condition] } });
    if (reason === 'SchedulingGated') return;
    const failed = { reason: 'FailedScheduling', type: 'Warning', component: SCHEDULER } as const;
    this.#events.record(pod, { ...failed, message });
  }
}
