/**
 * What a Job's status says of its pods, and what is to be done next. Pure.
 * Source: kubernetes 1.34, pkg/controller/job/{job_controller,backoff_utils,indexed_job_utils}.go.
 */
import { isoSeconds } from '../../time.ts';
import type { Job, JobStatus } from '../job-types.ts';
import { type Condition, isReady, type Pod } from '../kube-types.ts';

export const INDEX = 'batch.kubernetes.io/job-completion-index';

/** Milliseconds. */
const FIRST_BACK_OFF = 10_000;
const LONGEST_BACK_OFF = 600_000;

export interface Ending {
  readonly type: 'Complete' | 'Failed';
  readonly reason: string;
  readonly message: string;
}

const COMPLETE: Ending = {
  type: 'Complete',
  reason: 'CompletionsReached',
  message: 'Reached expected number of succeeded pods',
};

export function isOver({ status }: Pod): boolean {
  return status?.phase === 'Succeeded' || status?.phase === 'Failed';
}

/** Why it has failed by now. */
export function failureOf({ spec, status }: Job, failed: number, active: readonly Pod[], now: number) {
  const { backoffLimit = 6, activeDeadlineSeconds } = spec;
  const restarts = spec.template.spec.restartPolicy === 'OnFailure' ? restartsOf(active) : 0;
  const pastLimit = backoffLimit === 0 ? restarts > 0 : restarts >= backoffLimit;
  if (failed > backoffLimit || pastLimit) {
    return failure('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  }
  const since = Date.parse(status?.startTime ?? '');
  if (activeDeadlineSeconds !== undefined && now - since >= activeDeadlineSeconds * 1000) {
    return failure('DeadlineExceeded', 'Job was active longer than specified deadline');
  }
  return null;
}

function failure(reason: string, message: string): Ending {
  return { type: 'Failed', reason, message };
}

function restartsOf(pods: readonly Pod[]): number {
  const statuses = pods.flatMap(({ status }) => [
    ...(status?.initContainerStatuses ?? []),
    ...(status?.containerStatuses ?? []),
  ]);
  return statuses.reduce((sum, each) => sum + each.restartCount, 0);
}

/** Whether it has what it wants, with nothing running any more. */
export function successOf({ spec }: Job, succeeded: number, active: number): Ending | null {
  const wanted = spec.completions ?? 1;
  return succeeded >= wanted && active === 0 ? COMPLETE : null;
}

/** How many pods should run. */
export function wantedActive({ spec }: Job, succeeded: number, active: number): number {
  const { parallelism = 1, completions } = spec;
  if (spec.suspend === true) return 0;
  if (completions === undefined) return succeeded > 0 ? active : parallelism;
  return Math.max(0, Math.min(parallelism, completions - succeeded));
}

/** Milliseconds until the next pod may be made, after so many failures in a row. */
export function backOff(failures: number, last: number, now: number): number {
  if (failures === 0) return 0;
  const whole = Math.min(LONGEST_BACK_OFF, FIRST_BACK_OFF * 2 ** (failures - 1));
  return Math.max(0, whole - (now - last));
}

/** When a pod's last container ended. */
export function finishedAt({ status }: Pod): number {
  const times = (status?.containerStatuses ?? []).map(({ state }) =>
    Date.parse(String((state.terminated as { finishedAt?: string } | undefined)?.finishedAt)),
  );
  return Math.max(...times.filter(each => !Number.isNaN(each)), 0);
}

export function indexOf({ metadata }: Pod): number {
  return Number(metadata.annotations?.[INDEX] ?? Number.NaN);
}

/** '0-2,5' */
function asIntervals(indexes: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const index of [...indexes].sort((a, b) => a - b)) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === index - 1) last[1] = index;
    else parts.push([index, index]);
  }
  return parts
    .map(([from, to]) => (from === to ? `${from}` : `${from}${to === from + 1 ? ',' : '-'}${to}`))
    .join();
}

interface Counts {
  readonly active: readonly Pod[];
  readonly succeeded: number;
  readonly failed: number;
  readonly indexes: readonly number[] | null;
}

export function jobStatus(job: Job, counts: Counts, ending: Ending | null, now: number): JobStatus {
  const { active, succeeded, failed, indexes } = counts;
  const suspended = job.spec.suspend === true;
  const time = isoSeconds(now);
  const started = suspended && ending === null ? undefined : (job.status?.startTime ?? time);
  const conditions = conditionsOf(job, ending, time);
  return {
    ...(active.length > 0 && { active: active.length }),
    ...(indexes !== null && indexes.length > 0 && { completedIndexes: asIntervals(indexes) }),
    ...(ending?.type === 'Complete' && { completionTime: time }),
    ...(conditions.length > 0 && { conditions }),
    ...(failed > 0 && { failed }),
    ready: active.filter(isReady).length,
    ...(started !== undefined && { startTime: started }),
    ...(succeeded > 0 && { succeeded }),
    terminating: 0,
    uncountedTerminatedPods: {},
  };
}

function conditionsOf({ spec, status }: Job, ending: Ending | null, time: string): Condition[] {
  const old = status?.conditions ?? [];
  const made = (type: string, is: string, reason: string, message: string): Condition => {
    const times = { lastProbeTime: time, lastTransitionTime: time };
    return { ...times, message, reason, status: is, type };
  };
  if (ending !== null) {
    const { type, reason, message } = ending;
    const first = type === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget';
    return [...old, made(first, 'True', reason, message), made(type, 'True', reason, message)];
  }
  const before = old.find(each => each.type === 'Suspended');
  const others = old.filter(each => each !== before);
  if (spec.suspend === true) {
    return before?.status === 'True'
      ? old
      : [...others, made('Suspended', 'True', 'JobSuspended', 'Job suspended')];
  }
  if (before?.status !== 'True') return old;
  return [...others, made('Suspended', 'False', 'JobResumed', 'Job resumed')];
}
