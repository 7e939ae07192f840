/** A Deployment's conditions. Source: pkg/controller/deployment/{progress,sync}.go. Pure. */
import type { Condition, Deployment } from './kube-types.ts';

export interface Standing {
  readonly available: boolean;
  /** All pods are of the newest template and available. */
  readonly complete: boolean;
  /** Why a pod could not be made. */
  readonly failure: string | undefined;
  /** ISO time. */
  readonly at: string;
}

/** Available, Progressing, and ReplicaFailure where it is one; one that says what it said keeps its times. */
export function deploymentCondition(
  deployment: Deployment,
  set: string,
  { available, complete, failure, at }: Standing,
): Condition[] {
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
    if (old && old.status === each.status && old.reason === each.reason && old.message === each.message) {
      return old;
    }
    const lastTransitionTime = old?.status === each.status ? (old.lastTransitionTime ?? at) : at;
    return { ...each, lastUpdateTime: at, lastTransitionTime };
  });
}
