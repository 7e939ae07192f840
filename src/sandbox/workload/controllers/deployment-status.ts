/** A Deployment's conditions. Source: pkg/controller/deployment/{progress,sync}.go. Pure. */
import { isoSeconds } from '../../time.ts';
import type { Condition, Deployment } from '../kube-types.ts';

export interface RolloutState {
  readonly available: boolean;
  /** All pods are from the newest template, and available. */
  readonly complete: boolean;
  /** Why a pod could not be made. */
  readonly failure: string | undefined;
  /** More pods are from the newest template, or ready, or fewer old ones exist than in the last status. */
  readonly progressed: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const TIMED_OUT = 'ProgressDeadlineExceeded';
/** The value that the API takes as no deadline. */
const NO_DEADLINE = 2 ** 31 - 1;

/** Available, Progressing, and ReplicaFailure if there is one; a condition that has not changed keeps its times. */
export function deploymentCondition(
  deployment: Deployment,
  set: string,
  { available, complete, failure, progressed, now }: RolloutState,
): Condition[] {
  const at = isoSeconds(now);
  const told = deployment.status?.conditions?.find(each => each.type === 'Progressing');
  // A new template starts over.
  const isSameSet = told?.message?.includes(`"${set}"`) === true;
  const isLate = !complete && !progressed && isSameSet && millisecondsLeft(deployment, now) === 0;
  const wanted: Required<Pick<Condition, 'type' | 'status' | 'reason' | 'message'>>[] = [
    available
      ? {
          type: 'Available',
          status: 'True',
          reason: 'MinimumReplicasAvailable',
          message: 'Deployment has minimum availability.',
        }
      : {
          type: 'Available',
          status: 'False',
          reason: 'MinimumReplicasUnavailable',
          message: 'Deployment does not have minimum availability.',
        },
    complete
      ? {
          type: 'Progressing',
          status: 'True',
          reason: 'NewReplicaSetAvailable',
          message: `ReplicaSet "${set}" has successfully progressed.`,
        }
      : isLate
        ? {
            type: 'Progressing',
            status: 'False',
            reason: TIMED_OUT,
            message: `ReplicaSet "${set}" has timed out progressing.`,
          }
        : {
            type: 'Progressing',
            status: 'True',
            reason: 'ReplicaSetUpdated',
            message: `ReplicaSet "${set}" is progressing.`,
          },
    ...(failure === undefined
      ? []
      : [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: failure }]),
  ];
  return wanted.map(each => {
    const old = deployment.status?.conditions?.find(one => one.type === each.type);
    const goesOn = each.type === 'Progressing' && progressed && !complete;
    if (
      !goesOn &&
      old &&
      old.status === each.status &&
      old.reason === each.reason &&
      old.message === each.message
    ) {
      return old;
    }
    const lastTransitionTime = old?.status === each.status ? (old.lastTransitionTime ?? at) : at;
    return { ...each, lastUpdateTime: at, lastTransitionTime };
  });
}

/** Milliseconds until a Deployment without progress has taken too long; null: it has no deadline, or nothing to do. */
export function millisecondsLeft({ spec, status }: Deployment, now: number): number | null {
  const seconds = Number(spec.progressDeadlineSeconds ?? 600);
  const told = status?.conditions?.find(each => each.type === 'Progressing');
  if (seconds >= NO_DEADLINE || spec.paused || told === undefined) return null;
  if (told.reason === 'NewReplicaSetAvailable') return null;
  if (told.reason === TIMED_OUT) return 0;
  const since = Date.parse(String(told.lastUpdateTime));
  return Math.max(0, since + seconds * 1000 - now);
}

interface Counts {
  readonly [count: string]: unknown;
}

/** Source: pkg/controller/deployment/util (DeploymentProgressing). */
export function hasProgressed(before: Counts, after: Counts): boolean {
  const of = (counts: Counts, name: string) => Number(counts[name] ?? 0);
  const stale = (counts: Counts) => of(counts, 'replicas') - of(counts, 'updatedReplicas');
  const grew = (name: string) => of(after, name) > of(before, name);
  return grew('updatedReplicas') || grew('readyReplicas') || stale(after) < stale(before);
}
