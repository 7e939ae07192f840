/** CronJobs: make Jobs at their times, and clear old ones away. Source: pkg/controller/cronjob. */
import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '../../../istio/resource.ts';
import type { Store } from '../../api-server/store.ts';
import { parseSchedule, type Schedule } from '../../cron.ts';
import { isoSeconds } from '../../time.ts';
import { newJob } from '../admission/jobs.ts';
import type { Events } from '../events.ts';
import { CRON_JOBS, type CronJob, finishedAs, JOBS, type Job } from '../job-types.ts';
import { controllerOf, ownedBy } from '../kube-types.ts';
import { WorkQueue } from './work-queue.ts';

const MINUTE = 60_000;

type Status = NonNullable<CronJob['status']>;

export class CronJobs {
  readonly #queue = new WorkQueue(key => this.#reconcile(key));
  readonly #stop: () => void;
  readonly #store: Store;
  readonly #events: Events;
  readonly #now: () => number;

  constructor(store: Store, events: Events, now: () => number) {
    this.#store = store;
    this.#events = events;
    this.#now = now;
    this.#stop = store.subscribe(({ resource, object }) => {
      const { namespace = '', name } = object.metadata;
      if (resource === CRON_JOBS) this.#queue.add(`${namespace}/${name}`);
      const owner = resource === JOBS ? controllerOf(object) : undefined;
      if (owner?.kind === 'CronJob') this.#queue.add(`${namespace}/${owner.name}`);
    });
    for (const { metadata } of store.list(CRON_JOBS))
      this.#queue.add(`${metadata.namespace}/${metadata.name}`);
  }

  close(): void {
    this.#stop();
    this.#queue.close();
  }

  #reconcile(key: string): void {
    this.#queue.cancel(key);
    const [namespace = '', name = ''] = key.split('/');
    const cronJob = this.#store.get(CRON_JOBS, namespace, name) as CronJob | undefined;
    if (!cronJob) return;
    const status = this.#accounted(cronJob);
    const next = cronJob.spec.suspend === true ? null : this.#start(cronJob, status);
    this.#forget(cronJob);
    const stored = this.#store.get(CRON_JOBS, namespace, name) as CronJob | undefined;
    if (stored && !isDeepStrictEqual(stored.status ?? {}, status))
      this.#store.update(CRON_JOBS, { ...stored, status });
    if (next !== null) this.#queue.addAfter(key, next - this.#now());
  }

  /** Its status, without Jobs that have ended or gone. */
  #accounted(cronJob: CronJob): Status {
    const { active = [], ...rest } = cronJob.status ?? {};
    const status: Status = { ...rest };
    const jobs = this.#jobsOf(cronJob);
    const left = active.filter(({ name, uid }) => {
      const job = jobs.find(each => each.metadata.uid === uid);
      if (job === undefined) this.#event(cronJob, 'MissingJob', `Active job went missing: ${name}`);
      const end = job && finishedAs(job);
      if (end) this.#event(cronJob, 'SawCompletedJob', `Saw completed job: ${name}, condition: ${end}`);
      return job !== undefined && !end;
    });
    for (const { status: of } of jobs.filter(each => finishedAs(each) === 'Complete')) {
      const time = of?.completionTime ?? '';
      if (time > (status.lastSuccessfulTime ?? '')) status.lastSuccessfulTime = time;
    }
    if (left.length > 0) status.active = left;
    return status;
  }

  /** Makes the Job that is due, if one is; when to look again. */
  #start(cronJob: CronJob, status: Status): number | null {
    const { spec, metadata } = cronJob;
    const schedule = parseSchedule(spec.schedule);
    const now = this.#now();
    const since = Date.parse(status.lastScheduleTime ?? String(metadata.creationTimestamp));
    const due = latest(schedule, since, now);
    if (due === null) return schedule(now);
    const { startingDeadlineSeconds: deadline, concurrencyPolicy: policy } = spec;
    if (deadline !== undefined && due + deadline * 1000 < now) {
      const time = new Date(due).toUTCString().replace('GMT', '+0000');
      this.#event(cronJob, 'MissSchedule', `Missed scheduled time to start a job: ${time}`, 'Warning');
      return schedule(now);
    }
    if (policy === 'Forbid' && status.active !== undefined) {
      const why = 'Not starting job because prior execution is running and concurrency policy is Forbid';
      this.#event(cronJob, 'JobAlreadyActive', why);
      return schedule(now);
    }
    if (policy === 'Replace') {
      for (const { namespace, name } of status.active ?? []) {
        this.#store.delete(JOBS, namespace, name);
        this.#event(cronJob, 'SuccessfulDelete', `Deleted job ${name}`);
      }
      delete status.active;
    }
    this.#create(cronJob, due, status);
    return schedule(now);
  }

  #create(cronJob: CronJob, due: number, status: Status): void {
    const { namespace = '', name } = cronJob.metadata;
    const { metadata, spec } = cronJob.spec.jobTemplate;
    const job = newJob({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {
        name: `${name}-${Math.floor(due / MINUTE)}`,
        namespace,
        labels: { ...metadata?.labels },
        annotations: {
          ...metadata?.annotations,
          'batch.kubernetes.io/cronjob-scheduled-timestamp': isoSeconds(due),
        },
        ownerReferences: ownedBy(cronJob),
      },
      spec,
    });
    if (this.#store.get(JOBS, namespace, job.metadata.name)) return;
    const made = this.#store.create(JOBS, job);
    this.#event(cronJob, 'SuccessfulCreate', `Created job ${made.metadata.name}`);
    const { uid, resourceVersion } = made.metadata;
    const reference = { apiVersion: 'batch/v1', kind: 'Job', name: made.metadata.name, namespace };
    status.active = [...(status.active ?? []), { ...reference, resourceVersion, uid }];
    status.lastScheduleTime = isoSeconds(due);
  }

  /** Deletes finished Jobs beyond its limits, the oldest first. */
  #forget(cronJob: CronJob): void {
    const { successfulJobsHistoryLimit = 3, failedJobsHistoryLimit = 1 } = cronJob.spec;
    const started = ({ status }: Job) => status?.startTime ?? '';
    const jobs = this.#jobsOf(cronJob).sort((a, b) => (started(a) < started(b) ? -1 : 1));
    for (const [end, limit] of [
      ['Complete', successfulJobsHistoryLimit],
      ['Failed', failedJobsHistoryLimit],
    ]) {
      const over = jobs.filter(each => finishedAs(each) === end);
      for (const { metadata } of over.slice(0, Math.max(0, over.length - Number(limit)))) {
        this.#store.delete(JOBS, metadata.namespace ?? '', metadata.name);
        this.#event(cronJob, 'SuccessfulDelete', `Deleted job ${metadata.name}`);
      }
    }
  }

  #jobsOf({ metadata: { namespace, uid } }: CronJob): Job[] {
    const all = this.#store.list(JOBS, namespace) as Resource[] as Job[];
    return all.filter(job => controllerOf(job)?.uid === uid);
  }

  #event(cronJob: CronJob, reason: string, message: string, type?: 'Warning'): void {
    this.#events.record(cronJob, { reason, message, component: 'cronjob-controller', ...(type && { type }) });
  }
}

/** The last time that has come since; the machine may have slept through many. */
function latest(schedule: Schedule, since: number, now: number): number | null {
  let found: number | null = null;
  // Not all of those that a year of sleep makes.
  for (
    let next = schedule(Math.max(since, now - MOST_MISSED));
    next !== null && next <= now;
    next = schedule(next)
  )
    found = next;
  return found;
}

/** Milliseconds. */
const MOST_MISSED = 100 * MINUTE;
