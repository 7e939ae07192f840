/** A Pod's status as the kubelet writes it. Pure: what the pod's containers are doing in, status out. */
import { createHash } from 'node:crypto';
import { isoSeconds } from '../../time.ts';
import type { Condition, Container, ContainerStatus, Pod, PodStatus } from '../kube-types.ts';
import { NODE_IP } from '../node.ts';

/** What one container is doing. */
export type Doing =
  | { readonly kind: 'running' }
  | { readonly kind: 'done' }
  | { readonly kind: 'exited'; readonly code: number; readonly finished: number }
  | { readonly kind: 'waiting'; readonly reason: string; readonly message?: string };

/** The history of a container. Times are milliseconds since the epoch. */
export interface Life {
  /** Start of the current run. */
  readonly started: number;
  readonly restarts: number;
  /** The run before it. */
  readonly last?: { readonly code: number; readonly started: number; readonly finished: number };
}

export interface Moment {
  readonly ip: string;
  /** Milliseconds since the epoch. */
  readonly started: number;
  readonly now: number;
  readonly doing: (container: Container) => Doing;
  readonly life: (container: Container) => Life;
  readonly ready: (container: Container) => boolean;
  /** Its startup probe, if it has one, has passed. */
  readonly begun: (container: Container) => boolean;
}

export function podStatus(pod: Pod, moment: Moment): PodStatus {
  const inits = pod.spec.initContainers ?? [];
  const statuses = pod.spec.containers.map(each => containerStatus(pod, each, moment));
  const initStatuses = inits.map(each => containerStatus(pod, each, moment));
  const guests = (pod.spec.ephemeralContainers ?? []).map(each => ({
    ...containerStatus(pod, each, moment),
    ready: false,
  }));
  const running = statuses.every(each => each.state.running);
  // A sidecar that has ended with its pod was ready once.
  const initialized = initStatuses.every(each => each.ready || each.state.terminated?.exitCode === 0);
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
    phase: phaseOf(statuses, initialized),
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
    ...(guests.length > 0 ? { ephemeralContainerStatuses: guests } : {}),
    qosClass: 'Burstable',
  };
}

/** Source: pkg/kubelet/kubelet_pods.go (getPhase). */
function phaseOf(statuses: readonly ContainerStatus[], initialized: boolean): string {
  const ended = statuses.flatMap(({ state }) => state.terminated ?? []);
  if (initialized && ended.length === statuses.length)
    return ended.every(each => each.exitCode === 0) ? 'Succeeded' : 'Failed';
  // A container that is waiting to be restarted has already run.
  const begun = statuses.every(each => each.state.waiting === undefined || each.restartCount > 0);
  return begun && initialized ? 'Running' : 'Pending';
}

function containerStatus(pod: Pod, container: Container, moment: Moment): ContainerStatus {
  const doing = moment.doing(container);
  const life = moment.life(container);
  const id = (restarts: number) =>
    `containerd://${digest(`${pod.metadata.uid}/${container.name}${restarts === 0 ? '' : `/${restarts}`}`)}`;
  const terminated = (code: number, started: number, finished: number, restarts: number) => ({
    containerID: id(restarts),
    exitCode: code,
    finishedAt: isoSeconds(finished),
    reason: code === 0 ? 'Completed' : 'Error',
    startedAt: isoSeconds(started),
  });
  const { restarts, last, started } = life;
  const common = {
    name: container.name,
    image: container.image ?? '',
    imageID:
      doing.kind === 'waiting' && restarts === 0
        ? ''
        : `${container.image}@sha256:${digest(container.image ?? '')}`,
    lastState: last ? { terminated: terminated(last.code, last.started, last.finished, restarts - 1) } : {},
    restartCount: restarts,
  };
  if (doing.kind === 'waiting') {
    const { reason, message } = doing;
    const waiting = { reason, ...(message === undefined ? {} : { message }) };
    return { ...common, ready: false, started: false, state: { waiting } };
  }
  const containerID = id(restarts);
  if (doing.kind !== 'running') {
    const { code, finished } = doing.kind === 'done' ? { code: 0, finished: started } : doing;
    const state = { terminated: terminated(code, started, finished, restarts) };
    return { ...common, containerID, ready: doing.kind === 'done', started: false, state };
  }
  const state = { running: { startedAt: isoSeconds(started) } };
  return { ...common, containerID, ready: moment.ready(container), started: moment.begun(container), state };
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
