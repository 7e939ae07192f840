/**
 * What a drill may say: one thing that is broken or missing, what must hold at the end, and the answers, right and
 * wrong, that prove its checks. A drill is played as a lesson of one fix step, so it speaks the same vocabulary.
 * Domains follow what the exams ask of traffic management.
 */
import * as z from 'zod';
import { call, change, clients, FORMAT, idText, repair } from './schema.ts';

export const DOMAINS = ['egress', 'tls', 'routing', 'resilience', 'scope'] as const;
export type Domain = (typeof DOMAINS)[number];

export const LEVELS = ['easy', 'medium', 'hard'] as const;
export type DrillLevel = (typeof LEVELS)[number];

/** A call that a candidate can send to see what the task speaks of; no check looks at it. */
const tryCall = z.strictObject({
  curl: call.shape.curl,
  from: call.shape.from,
  say: z.string().max(80).optional().describe('what the call makes happen: the API hangs twice'),
});
export type TryCall = z.infer<typeof tryCall>;

export const drill = z.strictObject({
  format: z.literal(FORMAT),
  id: idText.describe('Name of the drill, and of its folder; never changes once published.'),
  title: z.string().max(44),
  domain: z
    .enum(DOMAINS)
    .describe(
      'egress: ways out of the mesh; tls: who encrypts; routing: which route, which endpoint; resilience: timeouts, retries, breakers, failover; scope: namespaces and precedence',
    ),
  level: z.enum(LEVELS),
  minutes: z.number().int().min(1).max(30).describe('what a candidate who knows it needs'),
  clients,
  start: z.array(change).describe('changes to a fresh world, beside `files`; not among the files to edit'),
  order: z.literal('age').optional().describe('the objects are a second apart: age decides'),
  ...repair,
  try: z
    .array(tryCall)
    .min(1)
    .max(3)
    .optional()
    .describe(
      'calls that show what the task speaks of, without a verdict; added to the task when it is read',
    ),
  alsoTried: z
    .number()
    .int()
    .min(1)
    .optional()
    .describe(
      'points that it costs in an exam when all checks hold and some other call proves the answer wrong; as much as the dearest check unless given',
    ),
  hints: repair.hints.min(2).describe('two tiers: where to look, then what to write'),
  alternatives: repair.alternatives.unwrap().min(1),
  nearMisses: repair.nearMisses.unwrap().min(2),
});
export type DrillFile = z.infer<typeof drill>;
