/** The columns of Jobs and CronJobs. Source: printJob, printCronJob in pkg/printers/internalversion/printers.go */
import { age, humanDuration } from '../duration.ts';
import type { StoredObject } from '../store.ts';
import { AGE, type Column, column, containers, NAME, selector, wide } from './column.ts';
import { at, list, number, text } from './fields.ts';

export const JOB_COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  cronjobs: [
    NAME,
    column('Schedule', object => text(object, 'spec.schedule')),
    column('Timezone', object => text(object, 'spec.timeZone') || '<none>'),
    column('Suspend', object => (at(object, 'spec.suspend') === true ? 'True' : 'False')),
    column('Active', object => list(object, 'status.active').length),
    column('Last Schedule', (object, now) => {
      const last = at(object, 'status.lastScheduleTime');
      return last === undefined ? '<none>' : age(last, now);
    }),
    AGE,
    wide('Containers', containers('spec.jobTemplate.spec.template', 'name')),
    wide('Images', containers('spec.jobTemplate.spec.template', 'image')),
    wide('Selector', selector('spec.jobTemplate.spec.selector')),
  ],
  jobs: [
    NAME,
    column('Status', statusOf),
    column('Completions', completionsOf),
    column('Duration', durationOf),
    AGE,
    wide('Containers', containers('spec.template', 'name')),
    wide('Images', containers('spec.template', 'image')),
    wide('Selector', selector('spec.selector')),
  ],
};

/** In the order in which they count. */
const CONDITIONS = ['Complete', 'Failed', 'Suspended', 'FailureTarget', 'SuccessCriteriaMet'];

function statusOf(job: StoredObject): string {
  const are = list(job, 'status.conditions').filter(each => text(each, 'status') === 'True');
  return CONDITIONS.find(type => are.some(each => text(each, 'type') === type)) ?? 'Running';
}

function completionsOf(job: StoredObject): string {
  const succeeded = number(job, 'status.succeeded');
  const completions = at(job, 'spec.completions');
  if (typeof completions === 'number') return `${succeeded}/${completions}`;
  const parallelism = number(job, 'spec.parallelism');
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function durationOf(job: StoredObject, now: number): string {
  const [start, end] = [text(job, 'status.startTime'), text(job, 'status.completionTime')];
  if (start === '') return '';
  return humanDuration((end === '' ? now : Date.parse(end)) - Date.parse(start));
}
