/**
 * The report of an exam as data: what `--json` prints and what the history is made of. Its JSON Schema is
 * schemas/exam-report.json.
 */
import * as z from 'zod';
import { DOMAINS, LEVELS } from '../course/drill-schema.ts';

export const REPORT_FORMAT = 1;

const iso = z.string().describe('RFC 3339, in UTC');
const points = z.number().describe('points');
const seconds = z.number().describe('seconds of working time');

const checkReport = z.object({
  id: z.string(),
  title: z.string(),
  guard: z.boolean().describe('it held from the start, and takes its points away when it does no longer'),
  points,
  state: z.enum(['passed', 'failed', 'could-not-check']),
  expected: z.string().optional(),
  found: z.string().optional(),
  why: z.string().optional().describe('why it could not be checked'),
});

const questionReport = z.object({
  number: z.number().int(),
  drill: z.string().describe('its name: istio-tutor drill NAME practises it'),
  title: z.string(),
  domain: z.enum(DOMAINS),
  level: z.enum(LEVELS),
  points: points.nullable().describe('null: it could not be checked, and counts for nothing yet'),
  of: points,
  seconds,
  flagged: z.boolean(),
  checks: z.array(checkReport),
  answer: z
    .string()
    .describe('the routing objects at the end, of its namespaces and what it saw beside them, as YAML'),
  solution: z.string().describe('one right answer, as YAML; empty as long as there are no points'),
  explanation: z.string().describe('why it was broken, as Markdown; empty as long as there are no points'),
});

export const pause = z.object({
  at: z.number().describe('seconds of working time at which it began'),
  seconds: z.number().describe('how long it was, by the wall clock'),
  why: z.enum(['asked', 'interrupted', 'asleep', 'not-ready']),
});

const domainPoints = z.object({
  domain: z.enum(DOMAINS),
  points,
  of: points,
  percent: z.number().optional().describe('of these points; left out by earlier versions, as is weight'),
  weight: z
    .number()
    .optional()
    .describe('percent that the domain weighs in the exam that this is practice for'),
});

export const examReport = z.object({
  format: z.literal(REPORT_FORMAT),
  id: z.string(),
  candidate: z
    .string()
    .optional()
    .describe('who took it, as --candidate says: nothing proves it; left out when it was not given'),
  seed: z.string(),
  training: z.boolean().describe('verdicts were shown meanwhile'),
  provider: z.string(),
  started: iso,
  ended: iso,
  minutes: z.number().describe('allowed'),
  seconds: seconds.describe('used'),
  pauses: z.array(pause),
  passMark: z.number().describe('percent'),
  percent: z.number().nullable().describe('null while a question could not be checked'),
  passed: z.boolean().nullable(),
  domains: z.array(domainPoints),
  weighted: z
    .number()
    .nullish()
    .describe('percent with each domain by its weight, of those that were asked; null as percent is'),
  questions: z.array(questionReport),
});

export type CheckReport = Readonly<z.infer<typeof checkReport>>;
export type QuestionReport = Readonly<z.infer<typeof questionReport>>;
export type Pause = Readonly<z.infer<typeof pause>>;
export type ExamReport = Readonly<z.infer<typeof examReport>>;
