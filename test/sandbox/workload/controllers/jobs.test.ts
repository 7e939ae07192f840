import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CronJob, Job } from '../../../../src/sandbox/workload/job-types.ts';
import type { Pod } from '../../../../src/sandbox/workload/kube-types.ts';
import { type TestWorld, testWorld } from '../world.ts';

const MINUTE = 60_000;
const namespace = 'team';
/** A third of a second before a full minute, when the world begins. */
const ahead = MINUTE - (Date.now() % MINUTE) - 333;
const now = () => Date.now() + ahead;

let world: TestWorld;
beforeAll(async () => {
  world = await testWorld({ now });
  world.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
});
afterAll(() => world.close());

const specOf = (command: readonly string[], more: object, pod: object = {}) => ({
  ...more,
  template: {
    spec: {
      restartPolicy: 'Never',
      containers: [{ name: 'main', image: 'curlimages/curl', command }],
      ...pod,
    },
  },
});

function start(name: string, command: readonly string[], more: object = {}, pod: object = {}): void {
  const metadata = { name, namespace };
  world.apply({ apiVersion: 'batch/v1', kind: 'Job', metadata, spec: specOf(command, more, pod) } as never);
}

const job = (name: string) => world.store.get('jobs.batch', namespace, name) as unknown as Job;
const podsOf = (name: string) =>
  world.store
    .list('pods', namespace)
    .filter(each => each.metadata.labels?.['job-name'] === name) as unknown as Pod[];
const condition = (name: string, type: string) =>
  job(name)?.status?.conditions?.find(each => each.type === type);
const has = (name: string, type: string) => world.until(() => condition(name, type)?.status === 'True');
const events = (name: string) =>
  world.store
    .list('events', namespace)
    .filter(each => (each.involvedObject as { name: string }).name === name)
    .map(each => String(each.reason));

describe('a Job', () => {
  it('is complete when its pod has succeeded, which stays for its log', async () => {
    start('once', ['sh', '-c', 'echo done']);
    await has('once', 'Complete');
    const { uid } = job('once').metadata;
    expect(job('once')).toMatchObject({
      spec: {
        backoffLimit: 6,
        completions: 1,
        parallelism: 1,
        suspend: false,
        selector: { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } },
      },
      status: { succeeded: 1, ready: 0, completionTime: expect.any(String), startTime: expect.any(String) },
    });
    const [pod] = podsOf('once');
    expect(pod?.metadata.name).toMatch(/^once-[a-z0-9]{5}$/);
    expect(await world.log({ namespace, pod: pod?.metadata.name ?? '', container: 'main' })).toEqual([
      'done',
    ]);
    expect(events('once')).toEqual(['SuccessfulCreate', 'Completed']);
  });

  it('has failed after as many failures as it may have', async () => {
    start('never', ['false'], { backoffLimit: 0 });
    await has('never', 'Failed');
    expect(condition('never', 'Failed')).toMatchObject({
      reason: 'BackoffLimitExceeded',
      message: 'Job has reached the specified backoff limit',
    });
    expect(job('never').status).toMatchObject({ failed: 1 });
    expect(job('never').status).not.toHaveProperty('completionTime');
  });

  it('waits before it tries again', async () => {
    start('again', ['false'], { backoffLimit: 1 });
    await world.until(() => job('again').status?.failed === 1);
    expect(podsOf('again')).toHaveLength(1);
    expect(finished('again')).toBeUndefined();
  });

  it('runs as many pods at a time as it may, until all have succeeded', async () => {
    let most = 0;
    const stop = world.store.subscribe(() => {
      most = Math.max(most, podsOf('many').filter(each => each.status?.phase === 'Running').length);
    });
    start('many', ['sh', '-c', 'sleep 0.05'], { completions: 5, parallelism: 2 });
    await has('many', 'Complete');
    stop();
    expect(job('many').status?.succeeded).toBe(5);
    expect(podsOf('many')).toHaveLength(5);
    expect(most).toBe(2);
  });

  it('tells each pod of an indexed one its number', async () => {
    start('indexed', ['sh', '-c', 'echo $JOB_COMPLETION_INDEX'], {
      completions: 3,
      parallelism: 3,
      completionMode: 'Indexed',
    });
    await has('indexed', 'Complete');
    expect(job('indexed').status?.completedIndexes).toBe('0-2');
    const lines = podsOf('indexed').map(({ metadata: { name } }) =>
      world.log({ namespace, pod: name, container: 'main' }),
    );
    expect((await Promise.all(lines)).flat().sort()).toEqual(['0', '1', '2']);
  });

  it('is stopped at its deadline', async () => {
    start('long', ['sleep', '1d'], { activeDeadlineSeconds: 1 });
    await has('long', 'Failed');
    expect(condition('long', 'Failed')?.reason).toBe('DeadlineExceeded');
    expect(podsOf('long')).toEqual([]);
  });

  it('has no pods while it is suspended', async () => {
    start('later', ['sleep', '1d'], { suspend: true });
    await has('later', 'Suspended');
    expect(podsOf('later')).toEqual([]);
    world.store.update('jobs.batch', { ...job('later'), spec: { ...job('later').spec, suspend: false } });
    await world.until(() => podsOf('later').length === 1);
    expect(condition('later', 'Suspended')).toMatchObject({ status: 'False', reason: 'JobResumed' });
  });

  it('replaces a pod that somebody deletes, which has failed', async () => {
    start('robbed', ['sleep', '1d'], { backoffLimit: 0 });
    await world.until(() => podsOf('robbed')[0]?.status?.phase === 'Running');
    world.store.delete('pods', namespace, podsOf('robbed')[0]?.metadata.name ?? '');
    await has('robbed', 'Failed');
    expect(job('robbed').status?.failed).toBe(1);
  });

  it('goes with its pods, by itself after its time to live', async () => {
    start('brief', ['true'], { ttlSecondsAfterFinished: 0 });
    await world.until(() => events('brief').includes('Completed') && !job('brief'));
    expect(podsOf('brief')).toEqual([]);
  });

  it('warns of what has no effect here', () => {
    const before = world.warnings.length;
    start('policies', ['true'], { podFailurePolicy: { rules: [] } });
    expect(world.warnings.slice(before).join()).toContain(
      'spec.podFailurePolicy: the sandbox does not model',
    );
  });
});

const finished = (name: string) => condition(name, 'Complete') ?? condition(name, 'Failed');

describe('a CronJob', () => {
  const cronJob = (name: string) => world.store.get('cronjobs.batch', namespace, name) as unknown as CronJob;

  it('makes a Job at each of its times, named for the minute, and notes when', async () => {
    world.apply({
      ...{ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'tick', namespace } },
      spec: { schedule: '* * * * *', jobTemplate: { spec: specOf(['true'], {}) } },
    } as never);
    await world.until(() => cronJob('tick').status?.lastSuccessfulTime);
    const { lastScheduleTime = '', active } = cronJob('tick').status ?? {};
    const minute = Date.parse(lastScheduleTime) / MINUTE;
    expect(Number.isInteger(minute)).toBe(true);
    expect(active).toBeUndefined();
    expect(job(`tick-${minute}`).metadata.ownerReferences).toMatchObject([{ kind: 'CronJob', name: 'tick' }]);
    expect(events('tick').slice(0, 2)).toEqual(['SuccessfulCreate', 'SawCompletedJob']);
  });

  it('keeps as many old Jobs as it is told', async () => {
    const owner = cronJob('tick');
    world.store.update('cronjobs.batch', {
      ...owner,
      spec: { ...owner.spec, suspend: true, successfulJobsHistoryLimit: 0 },
    });
    await world.until(() => events('tick').includes('SuccessfulDelete'));
    expect(
      world.store.list('jobs.batch', namespace).filter(each => each.metadata.name.startsWith('tick-')),
    ).toEqual([]);
  });
});
