/**
 * Exams that have ended, one JSON file: the scores by domain over time. A file that cannot be used is never
 * overwritten: a new result is refused, with what to do, and stays in the exam's own file.
 */
import { dirname } from 'node:path';
import * as z from 'zod';
import { DOMAINS } from '../course/drill-schema.ts';
import { UserError } from '../shared/errors.ts';
import { makeFolder } from '../shared/files/make-folder.ts';
import { readIfThere } from '../shared/files/read.ts';
import { reasonOf } from '../shared/files/reason.ts';
import { writeWhole } from '../shared/files/write.ts';
import { tilde } from '../shared/paths.ts';
import { readFormat } from '../shared/read-format.ts';
import { byLoss, type DomainPoints, percentOf, WEIGHTS } from './domain-weights.ts';
import type { ExamReport } from './report-schema.ts';

const FORMAT = 1;

const entry = z.object({
  id: z.string(),
  candidate: z.string().optional(),
  ended: z.string(),
  seed: z.string(),
  provider: z.string(),
  training: z.boolean(),
  minutes: z.number(),
  seconds: z.number(),
  pauses: z.number(),
  passMark: z.number(),
  percent: z.number().nullable(),
  passed: z.boolean().nullable(),
  domains: z.array(z.object({ domain: z.enum(DOMAINS), points: z.number(), of: z.number() })),
  drills: z.array(z.object({ drill: z.string(), points: z.number().nullable(), of: z.number() })),
});
const file = z.object({ format: z.literal(FORMAT), exams: z.array(entry) });

export type HistoryEntry = Readonly<z.infer<typeof entry>>;

/** Oldest first. Throws a UserError when the file cannot be used. */
export async function readHistory(path: string): Promise<readonly HistoryEntry[]> {
  const text = await readIfThere(path).catch(error => {
    throw unusable(path, reasonOf(error, path));
  });
  if (text === null) return [];
  const found = readFormat(text, FORMAT, file);
  if ('value' in found) return found.value.exams;
  throw unusable(path, found.why);
}

function unusable(path: string, why: string): UserError {
  return new UserError({
    what: `The history in ${tilde(path)} cannot be used.`,
    why,
    next: [`mv ${tilde(path)} ${tilde(path)}.aside   begins a new one`, '--state DIR   uses another folder'],
  });
}

/**
 * Adds the report's exam, or puts it in the place of an earlier report of the same exam. Rejects with one sentence that
 * says why it cannot be written, and as readHistory does.
 */
export async function addToHistory(path: string, report: ExamReport): Promise<void> {
  const others = (await readHistory(path)).filter(each => each.id !== report.id);
  const {
    id,
    candidate,
    ended,
    seed,
    provider,
    training,
    minutes,
    seconds,
    passMark,
    percent,
    passed,
    domains,
  } = report;
  const added: HistoryEntry = {
    ...{
      id,
      candidate,
      ended,
      seed,
      provider,
      training,
      minutes,
      seconds,
      passMark,
      percent,
      passed,
      domains,
    },
    pauses: report.pauses.length,
    drills: report.questions.map(({ drill, points, of }) => ({ drill, points, of })),
  };
  const text = `${JSON.stringify({ format: FORMAT, exams: [...others, added] }, null, 2)}\n`;
  try {
    await makeFolder(dirname(path));
    await writeWhole(path, text);
  } catch (error) {
    throw new Error(reasonOf(error, path), { cause: error });
  }
}

export interface DomainRecord extends DomainPoints {
  readonly percent: number;
  /** Percent that it weighs in the exam that ours is practice for. */
  readonly weight: number;
}

/** Points by domain over these exams, the one in which most is lost by weight first. */
export function weakDomains(exams: readonly HistoryEntry[]): readonly DomainRecord[] {
  const all = exams.flatMap(each => each.domains);
  const sums = DOMAINS.flatMap(domain => {
    const own = all.filter(each => each.domain === domain);
    const points = own.reduce((sum, each) => sum + each.points, 0);
    const of = own.reduce((sum, each) => sum + each.of, 0);
    return of === 0
      ? []
      : [{ domain, points, of, percent: percentOf({ points, of }), weight: WEIGHTS[domain] }];
  });
  return byLoss(sums);
}
