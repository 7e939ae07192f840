/** A Pod's status as the kubelet writes it. Pure: what the pod's containers do in, status out. */
import { createHash } from 'node:crypto';
import { isoSeconds } from '../api-server/store.ts';
import { programOf } from './images.ts';
import type { Condition, Container, ContainerStatus, Pod, PodStatus } from './kube-types.ts';

export const NODE = 'sandbox';
export const NODE_IP = '172.18.0.2';

/** What one container does. */
export type Doing =
  | { readonly kind: 'running' }
  | { readonly kind: 'done' }
  | { readonly kind: 'waiting'; readonly reason: string; readonly message?: string };

export interface Moment {
  readonly ip: string;
  /** Milliseconds since the epoch. */
  readonly started: number;
  readonly now: number;
  readonly doing: (container: Container) => Doing;
  readonly ready: (container: Container) => boolean;
}

export function podStatus(pod: Pod, moment: Moment): PodStatus {
  const inits = pod.spec.initContainers ?? [];
  const statuses = pod.spec.containers.map(each => containerStatus(pod, each, moment));
  const initStatuses = inits.map(each => containerStatus(pod, each, moment));
  const running = statuses.every(each => each.state.running);
  const initialized = initStatuses.every(each => each.ready);
  const ready = running && initialized && statuses.every(each => each.ready);
  const names = statuses.filter(each => !each.ready).map(each => each.name);
  const why = {
    reason: 'ContainersNotReady',
    message: `containers with unready status: [${names.join(' ')}]`,
  };
  const at = isoSeconds(moment.now);
  const condition = (type: string, is: boolean, because: object = {}): Condition => {
    const old = pod.status?.conditions?.find(each => each.type === type);
    const status = is ? 'True' : 'False';
    const lastTransitionTime = old?.status === status ? (old.lastTransitionTime ?? at) : at;
    return { type, status, lastProbeTime: null, lastTransitionTime, ...(is ? {} : because) };
  };
  return {
    phase: running && initialized ? 'Running' : 'Pending',
    conditions: [
      condition('PodReadyToStartContainers', true),
      condition('Initialized', initialized, { reason: 'ContainersNotInitialized' }),
      condition('Ready', ready, why),
      condition('ContainersReady', ready, why),
      condition('PodScheduled', true),
    ],
    hostIP: NODE_IP,
    hostIPs: [{ ip: NODE_IP }],
    podIP: moment.ip,
    podIPs: [{ ip: moment.ip }],
    startTime: isoSeconds(moment.started),
    ...(inits.length > 0 ? { initContainerStatuses: initStatuses } : {}),
    containerStatuses: statuses,
    qosClass: 'Burstable',
  };
}

function containerStatus(pod: Pod, container: Container, moment: Moment): ContainerStatus {
  const doing = moment.doing(container);
  const containerID = `containerd://${digest(`${pod.metadata.uid}/${container.name}`)}`;
  const startedAt = isoSeconds(moment.started);
  const common = {
    name: container.name,
    image: container.image ?? '',
    imageID: doing.kind === 'waiting' ? '' : `${container.image}@sha256:${digest(container.image ?? '')}`,
    lastState: {},
    restartCount: 0,
  };
  if (doing.kind === 'waiting') {
    const { reason, message } = doing;
    const waiting = { reason, ...(message === undefined ? {} : { message }) };
    return { ...common, ready: false, started: false, state: { waiting } };
  }
  if (doing.kind === 'done') {
    const terminated = { containerID, exitCode: 0, finishedAt: startedAt, reason: 'Completed', startedAt };
    return { ...common, containerID, ready: true, started: false, state: { terminated } };
  }
  const ready = moment.ready(container);
  return { ...common, containerID, ready, started: true, state: { running: { startedAt } } };
}

/** Containers that run before the others do, and end. */
export function runsOnce(container: Container): boolean {
  return programOf(container) === 'init';
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
