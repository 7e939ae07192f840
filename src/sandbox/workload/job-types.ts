/** Jobs and CronJobs, as far as the workload room reads and writes them. Source: k8s.io/api/batch/v1. */
import type { Metadata, Resource } from '../../istio/resource.ts';
import type { Condition, PodTemplate, Selector } from './kube-types.ts';

export interface JobSpec {
  parallelism?: number;
  completions?: number;
  completionMode?: string;
  backoffLimit?: number;
  activeDeadlineSeconds?: number;
  ttlSecondsAfterFinished?: number;
  suspend?: boolean;
  manualSelector?: boolean;
  selector?: Selector;
  template: PodTemplate;
  [key: string]: unknown;
}

export interface JobStatus {
  active?: number;
  ready?: number;
  succeeded?: number;
  failed?: number;
  startTime?: string;
  completionTime?: string;
  completedIndexes?: string;
  conditions?: Condition[];
  [key: string]: unknown;
}

export interface Job extends Resource<JobSpec> {
  spec: JobSpec;
  status?: JobStatus;
}

interface CronJobSpec {
  schedule: string;
  suspend?: boolean;
  concurrencyPolicy?: string;
  startingDeadlineSeconds?: number;
  successfulJobsHistoryLimit?: number;
  failedJobsHistoryLimit?: number;
  jobTemplate: { metadata?: Partial<Metadata>; spec: JobSpec };
  [key: string]: unknown;
}

interface JobReference {
  apiVersion: string;
  kind: string;
  name: string;
  namespace: string;
  resourceVersion?: string;
  uid: string;
}

export interface CronJob extends Resource<CronJobSpec> {
  spec: CronJobSpec;
  status?: { active?: JobReference[]; lastScheduleTime?: string; lastSuccessfulTime?: string };
}

export const JOBS = 'jobs.batch';
export const CRON_JOBS = 'cronjobs.batch';

/** 'Complete' or 'Failed'; null while it runs. */
export function finishedAs({ status }: Job): 'Complete' | 'Failed' | null {
  const is = (type: string) =>
    status?.conditions?.some(each => each.type === type && each.status === 'True') ?? false;
  if (is('Complete')) return 'Complete';
  return is('Failed') ? 'Failed' : null;
}
