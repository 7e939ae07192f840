/** --jobs: how many worlds are used side by side. */
import { UserError } from '../shared/errors.ts';

const MOST_JOBS = 16;

/** Throws a UserError for what is no number of jobs. */
export function jobsOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const jobs = Number(text);
  if (Number.isInteger(jobs) && jobs >= 1 && jobs <= MOST_JOBS) return jobs;
  throw new UserError({
    what: `--jobs cannot be ${text}.`,
    why: `It is a whole number from 1 to ${MOST_JOBS}.`,
    next: ['--jobs 4'],
  });
}
