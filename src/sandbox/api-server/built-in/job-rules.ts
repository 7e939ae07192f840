/** Rules of Jobs and CronJobs. Source: kubernetes 1.34, pkg/apis/batch/validation/validation.go */
import type { Cause } from '../../../istio/schema/cause.ts';
import { type JsonObject, sameJson } from '../../../shared/json.ts';
import { parseSchedule } from '../../cron.ts';
import { at, text } from '../tables/fields.ts';
import { invalidValue, notSupported, required } from './causes.ts';

const COUNTS = [
  ...['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished'],
  'backoffLimitPerIndex',
];
const MODES = ['NonIndexed', 'Indexed'];
const POLICIES = ['Allow', 'Forbid', 'Replace'];
/** A Job's name has eleven characters more than its CronJob's. */
const MOST_OF_NAME = 52;

export function jobCauses(object: JsonObject, old: JsonObject | null): Cause[] {
  const causes = specCauses(at(object, 'spec'), 'spec');
  const fixed = ['completions', 'selector', 'template', 'completionMode'];
  for (const field of old === null ? [] : fixed) {
    const [now, before] = [at(object, `spec.${field}`), at(old, `spec.${field}`)];
    const grows = field === 'completions' && at(object, 'spec.completionMode') === 'Indexed';
    if (!grows && now !== undefined && !sameJson(now as JsonObject, (before ?? null) as JsonObject)) {
      causes.push(invalidValue(`spec.${field}`, now, 'field is immutable'));
    }
  }
  return causes;
}

function specCauses(spec: unknown, path: string): Cause[] {
  const causes: Cause[] = [];
  for (const field of COUNTS) {
    const value = at(spec, field);
    if (typeof value === 'number' && value < 0) {
      causes.push(invalidValue(`${path}.${field}`, value, 'must be greater than or equal to 0'));
    }
  }
  const mode = text(spec, 'completionMode');
  if (mode !== '' && !MODES.includes(mode)) {
    causes.push(notSupported(`${path}.completionMode`, mode, MODES));
  } else if (mode === 'Indexed' && at(spec, 'completions') === undefined) {
    const detail = 'when completion mode is Indexed';
    causes.push(required(`${path}.completions`, detail));
  }
  const policy = text(spec, 'template.spec.restartPolicy');
  const where = `${path}.template.spec.restartPolicy`;
  if (policy === '' || policy === 'Always') {
    const values = 'valid values: "OnFailure", "Never"';
    causes.push(required(where, values));
  } else if (policy !== 'OnFailure' && policy !== 'Never') {
    causes.push(notSupported(where, policy, ['OnFailure', 'Never']));
  }
  return causes;
}

export function cronJobCauses(object: JsonObject): Cause[] {
  const causes: Cause[] = [];
  const name = text(object, 'metadata.name');
  const schedule = text(object, 'spec.schedule');
  if (schedule === '') causes.push(required('spec.schedule'));
  else {
    try {
      if (/TZ=/.test(schedule))
        throw new Error('cannot use TZ or CRON_TZ in schedule, use timeZone field instead');
      parseSchedule(schedule);
    } catch (error) {
      causes.push(invalidValue('spec.schedule', schedule, (error as Error).message));
    }
  }
  const policy = text(object, 'spec.concurrencyPolicy');
  if (policy !== '' && !POLICIES.includes(policy)) {
    causes.push(notSupported('spec.concurrencyPolicy', policy, POLICIES));
  }
  for (const field of ['startingDeadlineSeconds', 'successfulJobsHistoryLimit', 'failedJobsHistoryLimit']) {
    const value = at(object, `spec.${field}`);
    if (typeof value === 'number' && value < 0) {
      causes.push(invalidValue(`spec.${field}`, value, 'must be greater than or equal to 0'));
    }
  }
  causes.push(...specCauses(at(object, 'spec.jobTemplate.spec'), 'spec.jobTemplate.spec'));
  if (name.length > MOST_OF_NAME) {
    const most = `must be no more than ${MOST_OF_NAME} characters`;
    causes.push(invalidValue('metadata.name', name, most));
  }
  return causes;
}
