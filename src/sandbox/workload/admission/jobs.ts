/**
 * What the API server adds to Jobs and CronJobs before they are stored.
 * Source: kubernetes 1.34, pkg/apis/batch/v1/defaults.go, pkg/registry/batch/job/strategy.go (generateSelector).
 */
import { randomUUID } from 'node:crypto';
import { NOT_MODELLED } from '../../../istio/modelled.ts';
import type { Admission } from '../../rooms.ts';
import { CRON_JOBS, type CronJob, JOBS, type Job, type JobSpec } from '../job-types.ts';
import { podWarnings } from '../kubelet/images.ts';
import { podDefaults } from './defaults.ts';

export const jobAdmission: Admission = ({ operation, resource, object }) => {
  if (operation === 'DELETE') return {};
  if (resource === CRON_JOBS) {
    const cronJob = cronJobDefaults(object as CronJob);
    const path = 'spec.jobTemplate.spec';
    const zone = cronJob.spec.timeZone === undefined ? [] : [`spec.timeZone: ${ONLY_UTC}`];
    return { object: cronJob, warnings: [...zone, ...specWarnings(cronJob.spec.jobTemplate.spec, path)] };
  }
  if (resource !== JOBS) return {};
  const job = operation === 'CREATE' ? newJob(object as Job) : withDefaults(object as Job);
  return { object: job, warnings: specWarnings(job.spec, 'spec') };
};

const ONLY_UTC = "the sandbox's schedules are in UTC";

/** With a uid, by which it selects its pods. */
export function newJob(given: Job): Job {
  const uid = given.metadata.uid ?? randomUUID();
  const job = withDefaults({ ...given, metadata: { ...given.metadata, uid } });
  if (job.spec.manualSelector === true) return job;
  const { template, selector } = job.spec;
  const labels = {
    ...{ 'batch.kubernetes.io/controller-uid': uid, 'batch.kubernetes.io/job-name': job.metadata.name },
    ...{ 'controller-uid': uid, 'job-name': job.metadata.name },
    ...template.metadata?.labels,
  };
  const matchLabels = { 'batch.kubernetes.io/controller-uid': uid, ...selector?.matchLabels };
  return {
    ...job,
    metadata: { ...job.metadata, labels: ownLabels(job, labels) },
    spec: {
      ...job.spec,
      selector: { ...selector, matchLabels },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

/** A Job without labels gets those of its pods. */
function ownLabels({ metadata }: Job, ofPods: Record<string, string>): Record<string, string> {
  const own = metadata.labels ?? {};
  return Object.keys(own).length > 0 ? own : ofPods;
}

function withDefaults(job: Job): Job {
  const { spec } = job;
  const single = spec.completions === undefined && spec.parallelism === undefined;
  const afterFailure = spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
  return {
    ...job,
    spec: {
      ...spec,
      backoffLimit: spec.backoffLimit ?? (spec.backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1),
      completionMode: spec.completionMode ?? 'NonIndexed',
      ...(single && { completions: 1 }),
      manualSelector: spec.manualSelector ?? false,
      parallelism: spec.parallelism ?? 1,
      podReplacementPolicy: spec.podReplacementPolicy ?? afterFailure,
      suspend: spec.suspend ?? false,
      template: { ...spec.template, spec: podDefaults(spec.template.spec) },
    },
  };
}

function cronJobDefaults(cronJob: CronJob): CronJob {
  const { spec } = cronJob;
  const { template } = spec.jobTemplate.spec;
  const jobSpec = { ...spec.jobTemplate.spec, template: { ...template, spec: podDefaults(template.spec) } };
  return {
    ...cronJob,
    spec: {
      ...spec,
      concurrencyPolicy: spec.concurrencyPolicy ?? 'Allow',
      failedJobsHistoryLimit: spec.failedJobsHistoryLimit ?? 1,
      jobTemplate: { ...spec.jobTemplate, spec: jobSpec },
      successfulJobsHistoryLimit: spec.successfulJobsHistoryLimit ?? 3,
      suspend: spec.suspend ?? false,
    },
  };
}

const UNHEEDED = [
  'backoffLimitPerIndex',
  'managedBy',
  'maxFailedIndexes',
  'podFailurePolicy',
  'successPolicy',
];

function specWarnings(spec: JobSpec, path: string): string[] {
  const unheeded = UNHEEDED.filter(field => spec[field] !== undefined);
  return [
    ...unheeded.map(field => `${path}.${field}: ${NOT_MODELLED}`),
    ...podWarnings(spec.template.spec, `${path}.template.spec`),
  ];
}
