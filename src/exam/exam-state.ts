/**
 * What of an exam outlives its process: its questions, the time used, pauses, what is flagged, and at the end its
 * report. One JSON file, saved atomically; a file that could not be read is never overwritten.
 */
import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import * as z from 'zod';
import { UserError } from '../shared/errors.ts';
import { makeFolder } from '../shared/files/make-folder.ts';
import { readIfThere } from '../shared/files/read.ts';
import { reasonOf } from '../shared/files/reason.ts';
import { writeWhole } from '../shared/files/write.ts';
import { tilde } from '../shared/paths.ts';
import { readFormat } from '../shared/read-format.ts';
import { examReport, pause } from './report-schema.ts';

const FORMAT = 1;

const texts = z.record(z.string(), z.string());

const question = z.object({
  number: z.number().int(),
  drill: z.string(),
  /** Of the candidate's files, below the exam's; left out by earlier versions: named as the drill is. */
  folder: z.string().optional(),
  flagged: z.boolean(),
  /** Milliseconds of working time. */
  worked: z.number(),
  /** Its world was made; since then its files are the candidate's. */
  prepared: z.boolean(),
  /** What was in its namespaces when it was last looked at, as YAML: for a world that ends with its process. */
  seen: z.string().optional(),
  /** The candidate's files as they were last applied, by name. */
  applied: texts.optional(),
  /** The candidate's files when the exam ended. */
  files: texts.optional(),
  /** `seen` is what there was at the end, with those files applied: that is graded, however late. */
  final: z.boolean().optional(),
});

const examState = z.object({
  format: z.literal(FORMAT),
  id: z.string(),
  seed: z.string(),
  /** The cluster, as --on names it; a resumed exam goes on there. */
  on: z.string(),
  /** As reports name them. */
  candidate: z.string().optional(),
  /** Which world in it, where the flags of these names were given. */
  name: z.string().optional(),
  learner: z.string().optional(),
  prefix: z.string().optional(),
  /** The course's folder, where it is not ours. */
  course: z.string().optional(),
  training: z.boolean(),
  minutes: z.number(),
  passMark: z.number(),
  started: z.string(),
  /** Milliseconds of working time so far. */
  worked: z.number(),
  /** When this was saved: what lies between it and a resume is a pause. */
  saved: z.string(),
  /** Whether the clock was running then. */
  running: z.boolean(),
  pauses: z.array(pause),
  questions: z.array(question),
  /** The question that was open; null: the list. */
  at: z.number().int().nullable(),
  /** What was last seen in namespaces that belong to no question, as YAML. */
  shared: z.string().optional(),
  /** When it was ended; it may have no report yet. */
  ended: z.string().optional(),
  /** Left out until it has been graded. */
  report: examReport.optional(),
});

export type QuestionState = z.infer<typeof question>;
export type ExamState = z.infer<typeof examState>;

/** The exam in a data folder; null: none. Throws a UserError when there is one that cannot be read. */
export async function readExam(path: string): Promise<ExamState | null> {
  const text = await readIfThere(path).catch(error => {
    throw unreadable(path, reasonOf(error, path));
  });
  if (text === null) return null;
  const found = readFormat(text, FORMAT, examState);
  if ('value' in found) return found.value;
  throw unreadable(path, found.why);
}

function unreadable(path: string, why: string): UserError {
  return new UserError({
    what: `The exam in ${tilde(path)} cannot be read.`,
    why,
    next: ['istio-tutor exam --discard   puts it aside', '--state DIR   uses another folder'],
  });
}

/**
 * Rejects with one sentence that says why: a full disk is reported, and the exam goes on. `lastLook` may throw an error
 * of ours until the very end.
 */
export async function writeExam(path: string, state: ExamState, lastLook: () => void): Promise<void> {
  try {
    await makeFolder(dirname(path));
    await writeWhole(path, `${JSON.stringify(state)}\n`, { sync: false, mode: 0o600, lastLook });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new Error(reasonOf(error, path), { cause: error });
  }
}

export async function removeExam(path: string): Promise<void> {
  await rm(path, { force: true });
}
