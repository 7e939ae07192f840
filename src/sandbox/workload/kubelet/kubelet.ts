/**
 * The node: gives every pod an address, runs it, writes its status, and ends it when it is gone from the API. Pods are
 * ready a moment after they are made, and gone at once when they are deleted: no image pulls, no grace periods.
 */
import type { Resource } from '../../../istio/resource.ts';
import type { OpenPort } from '../../../world/health.ts';
import type { Store } from '../../api-server/store.ts';
import { goOn, wentOn } from '../../go-on.ts';
import { allot } from '../controllers/allot.ts';
import type { Events } from '../events.ts';
import type { Container, Pod } from '../kube-types.ts';
import { NODE } from '../node.ts';
import { programOf } from './images.ts';
import { podStatus } from './pod-status.ts';
import { type PodSurroundings, RunningPod } from './running-pod.ts';

/** kind's address range for pods. */
const NETWORK = '10.244';

export class Kubelet {
  readonly #pods = new Map<string, RunningPod>();
  readonly #byName = new Map<string, RunningPod>();
  readonly #waiting = new Set<RunningPod>();
  /** Pods whose status has been written. */
  readonly #told = new WeakSet<RunningPod>();
  readonly #stop: () => void;
  /** How many pods a workload has had. */
  readonly #made = new Map<string, number>();
  readonly #store: Store;
  readonly #events: Events;
  readonly #place: PodSurroundings;

  constructor(store: Store, events: Events, place: Omit<PodSurroundings, 'proxies'>) {
    this.#store = store;
    this.#events = events;
    this.#place = {
      ...place,
      proxies: () => [...this.#pods.values()].flatMap(({ sidecar }) => sidecar ?? []),
    };
    this.#stop = store.subscribe(({ type, resource, object }) => {
      if (resource === 'pods') {
        if (type === 'DELETED') this.#end(object as Resource as Pod);
        else this.#take(object as Resource as Pod);
      }
      // What a pod is waiting for may have arrived.
      if (resource === 'secrets' || resource === 'configmaps')
        for (const each of this.#waiting) this.#begin(each);
    });
    for (const pod of store.list('pods')) goOn('a pod', () => this.#take(pod as Resource as Pod));
  }

  /** The running pod of this name. */
  find(namespace: string, name: string): RunningPod | undefined {
    return this.#byName.get(`${namespace}/${name}`);
  }

  /** The real ports of all pods' servers. */
  listeners(): OpenPort[] {
    return [...this.#pods.values()].flatMap(({ pod, ports }) =>
      [...ports].map(([port, real]) => ({
        port: real,
        what: `pod ${nameOf(pod)}, port ${port}: for other pods only`,
      })),
    );
  }

  close(): void {
    this.#stop();
    for (const pod of this.#pods.values()) pod.end();
    this.#pods.clear();
    this.#byName.clear();
    this.#waiting.clear();
  }

  /**
   * Takes a pod once it is on this node. What somebody else later writes into its status does not last: the node knows
   * better.
   */
  #take(pod: Pod): void {
    const running = this.#pods.get(pod.metadata.uid ?? '');
    const guests = pod.spec.ephemeralContainers ?? [];
    if (running && guests.some(each => running.log(each.name) === undefined)) {
      running.take(guests);
      this.#begin(running);
    }
    if (running && this.#told.has(running)) this.#tell(running);
    if (!running && pod.spec.nodeName === NODE) this.#run(pod);
  }

  #run(pod: Pod): void {
    const ip = this.#address(pod);
    const running: RunningPod = new RunningPod(pod, ip, this.#place, {
      changed: () => this.#tell(running),
      event: (container, reason, message, type) =>
        this.#events.record(pod, { reason, message, ...(type ? { type } : {}), ...about(pod, container) }),
      started: container => this.#recordStart(running, container),
    });
    this.#pods.set(running.uid, running);
    this.#byName.set(nameOf(pod), running);
    const { namespace, name } = pod.metadata;
    const message = `Successfully assigned ${namespace}/${name} to ${NODE}`;
    this.#events.record(pod, { reason: 'Scheduled', message, component: 'default-scheduler' });
    this.#begin(running);
  }

  /** Starts it, or reports what it is waiting for. */
  #begin(running: RunningPod): void {
    const missing = running.missingVolume();
    if (missing !== null && !running.lacks) {
      if (!this.#waiting.has(running)) {
        const happening = {
          reason: 'FailedMount',
          type: 'Warning',
          message: missing,
          component: 'kubelet',
        } as const;
        this.#events.record(running.pod, happening);
        this.#tell(running);
      }
      this.#waiting.add(running);
      return;
    }
    const started = running.start().then(() => {
      if (running.signal.aborted) return;
      if (running.lacks) this.#waiting.add(running);
      else this.#waiting.delete(running);
      this.#tell(running);
    });
    started.catch((error: unknown) => wentOn(`the start of pod ${nameOf(running.pod)}`, error));
  }

  #recordStart(running: RunningPod, container: Container): void {
    const { name, image = '' } = container;
    const place = about(running.pod, container);
    const doing = running.doing(name);
    if (doing.kind === 'waiting') {
      const message = doing.message ?? doing.reason;
      const lacks = doing.reason === 'CreateContainerConfigError';
      const reason = lacks || programOf(container) === null ? 'Failed' : 'BackOff';
      const text = lacks ? `Error: ${message}` : message;
      this.#events.record(running.pod, { ...place, reason, type: 'Warning', message: text });
      return;
    }
    const pulled = `Container image "${image}" already present on machine`;
    this.#events.record(running.pod, { ...place, reason: 'Pulled', message: pulled });
    this.#events.record(running.pod, { ...place, reason: 'Created', message: `Created container: ${name}` });
    this.#events.record(running.pod, { ...place, reason: 'Started', message: `Started container ${name}` });
  }

  #tell(running: RunningPod): void {
    const { namespace = '', name } = running.pod.metadata;
    const stored = this.#store.get('pods', namespace, name) as Resource as Pod | undefined;
    if (stored?.metadata.uid !== running.uid) return;
    const status = podStatus(stored, {
      ip: running.ip,
      started: running.started,
      now: this.#place.now(),
      doing: container => running.doing(container.name),
      life: container => running.life(container.name),
      ready: container => running.isReady(container),
      begun: container => running.hasBegun(container),
    });
    this.#told.add(running);
    this.#store.update('pods', { ...stored, status });
  }

  #end(pod: Pod): void {
    const running = this.#pods.get(pod.metadata.uid ?? '');
    if (!running) return;
    this.#pods.delete(running.uid);
    this.#waiting.delete(running);
    if (this.#byName.get(nameOf(pod)) === running) this.#byName.delete(nameOf(pod));
    running.end();
    for (const { name } of pod.spec.containers) {
      const fieldPath = `spec.containers{${name}}`;
      const message = `Stopping container ${name}`;
      this.#events.record(pod, { reason: 'Killing', message, component: 'kubelet', fieldPath });
    }
  }

  /** From the workload's name and how many pods it has had, so that nobody mistakes a new pod for an old one. */
  #address(pod: Pod): string {
    const used = new Set([...this.#pods.values()].map(each => each.ip));
    const workload = workloadOf(pod);
    const count = (this.#made.get(workload) ?? 0) + 1;
    this.#made.set(workload, count);
    return allot(`${workload}/${count}`, NETWORK, ip => used.has(ip));
  }
}

/** 'outside/safedata-stable': a ReplicaSet's name ends in a hash of its template. */
function workloadOf({ metadata: { namespace, name, ownerReferences } }: Pod): string {
  const owner = (ownerReferences as { name: string }[] | undefined)?.[0]?.name;
  return `${namespace}/${owner === undefined ? name : owner.replace(/-[^-]+$/, '')}`;
}

const GUESTS = 'ephemeralContainers';

function about({ spec }: Pod, { name }: Container) {
  const has = (list: Container[] = []) => list.some(each => each.name === name);
  const kind = has(spec.containers) ? 'containers' : has(spec.initContainers) ? 'initContainers' : GUESTS;
  return { component: 'kubelet', fieldPath: `spec.${kind}{${name}}` } as const;
}

function nameOf({ metadata: { namespace, name } }: Pod): string {
  return `${namespace}/${name}`;
}
