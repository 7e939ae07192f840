import { describe, expect, it } from 'vitest';
import { hasSidecar, rolledOut, troubleOf, unreadyOf } from '../../src/world/rollout.ts';

describe('a Deployment is rolled out', () => {
  const deployment = (status: object, replicas = 1) => ({
    metadata: { name: 'client', generation: 2 },
    spec: { replicas },
    status,
  });
  const done = { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };

  it('when its newest pods run and no others are left', () => {
    expect(rolledOut(deployment(done))).toBe(true);
    expect(rolledOut(deployment({ ...done, observedGeneration: 1 }))).toBe(false);
    expect(rolledOut(deployment({ ...done, replicas: 2 }))).toBe(false);
    expect(rolledOut(deployment({ ...done, availableReplicas: 0 }))).toBe(false);
    expect(rolledOut(deployment({ observedGeneration: 2 }, 0))).toBe(true);
  });
});

describe('trouble', () => {
  const pod = (status: object, metadata: object = {}) => ({
    metadata: { name: 'client-1', ...metadata },
    spec: { containers: [{ name: 'curl' }] },
    status,
  });
  const waiting = (reason: string, message?: string) => ({
    containerStatuses: [{ name: 'curl', state: { waiting: { reason, ...(message ? { message } : {}) } } }],
  });

  it('is not what merely starts, nor what is on its way out', () => {
    expect(troubleOf([], [pod(waiting('ContainerCreating')), pod({})])).toBeNull();
    expect(troubleOf([], [pod(waiting('CrashLoopBackOff'), { deletionTimestamp: 'now' })])).toBeNull();
  });

  it("is told in the cluster's own words", () => {
    expect(troubleOf([], [pod(waiting('ImagePullBackOff', 'Back-off pulling image "x"'))])).toBe(
      'Container curl of pod client-1: ImagePullBackOff, Back-off pulling image "x"',
    );
    const unscheduled = { type: 'PodScheduled', status: 'False', message: '0/1 nodes are available' };
    expect(troubleOf([], [pod({ conditions: [unscheduled] })])).toBe(
      'Pod client-1 finds no node: 0/1 nodes are available',
    );
    const failure = { type: 'ReplicaFailure', status: 'True', message: 'violates PodSecurity "restricted"' };
    const deployment = { metadata: { name: 'client' }, spec: {}, status: { conditions: [failure] } };
    expect(troubleOf([deployment], [])).toBe(
      'No pod of client can be made: violates PodSecurity "restricted"',
    );
  });

  it('is, where a container runs and never becomes ready, told by the last Warning', () => {
    const status = {
      initContainerStatuses: [
        { name: 'istio-init', ready: true, state: { terminated: { exitCode: 0 } } },
        { name: 'istio-proxy', ready: false, state: { running: {} } },
      ],
    };
    const about = (message: string, lastTimestamp: string, name = 'client-1') => {
      return { type: 'Warning', message, lastTimestamp, involvedObject: { name } };
    };
    const events = [
      about('Startup probe failed: 503', '2026-11-30T19:03:46Z'),
      about('FailedMount', '2026-11-30T18:59:00Z'),
      about('of somebody else', '2026-11-30T19:04:00Z', 'catalog-1'),
    ];
    expect(unreadyOf([pod(status)], events)).toBe(
      'Container istio-proxy of pod client-1 runs, and is not ready: Startup probe failed: 503',
    );
    expect(unreadyOf([pod(status)], [])).toBe('Container istio-proxy of pod client-1 runs, and is not ready');
    expect(
      unreadyOf([pod({ containerStatuses: [{ name: 'curl', ready: true, state: { running: {} } }] })], []),
    ).toBeNull();
  });
});

it('finds the sidecar as a container or as an init container', () => {
  const containers = [{ name: 'curl' }];
  expect(hasSidecar({ spec: { containers } })).toBe(false);
  expect(hasSidecar({ spec: { containers: [...containers, { name: 'istio-proxy' }] } })).toBe(true);
  expect(hasSidecar({ spec: { containers, initContainers: [{ name: 'istio-proxy' }] } })).toBe(true);
});
