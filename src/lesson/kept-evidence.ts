/**
 * What is kept of the evidence of a done step: as much as drawing it again needs. The rest (headers, log lines, two
 * hundred answers) was for the moment. Pure.
 */
import * as z from 'zod';
import type { Step } from '../course/schema.ts';
import type { Effect } from '../probe/effect.ts';
import type { CurlSide } from '../probe/evidence.ts';
import type { Walk } from '../probe/walk-types.ts';
import { mapTexts } from '../shared/texts.ts';
import { knownOf } from './asked.ts';
import type { AppliedObject, CheckResult, ProbeOutcome, StepState, Verdict } from './state.ts';

/** Most characters of a kept text, and of all of a call's evidence as JSON. */
const LONGEST = 600;
const LARGEST = 8000;
/** Answers that a screen shows one by one; of more it shows the walk's counts. */
const LISTED = 6;

const text = z.string().max(LONGEST);
const count = z.number().nonnegative();
const tally = z.object({ label: text, count, of: count });
const hop = z.object({
  id: z.enum(['app', 'sidecar', 'cluster', 'api']),
  title: text,
  state: z.enum(['passed', 'failed', 'partly', 'not-reached', 'unknown']),
  notes: z.array(text),
  by: text.nullable(),
  wire: text.nullable(),
});
const branch = z.object({
  kind: z.enum(['answered', 'failed', 'copy']),
  count,
  of: count,
  try: z.boolean().exactOptional(),
  cluster: text,
  target: text,
  reached: hop.shape.id,
  note: text,
});
const walk: z.ZodType<Walk> = z.object({
  hops: z.array(hop),
  branches: z.array(branch),
  bypass: z.boolean(),
  sentence: text,
  answers: z.array(tally),
  mirrored: z.array(tally),
  logLine: text.nullable(),
  apiLine: text.nullable(),
});
const api = z.object({
  version: text,
  scheme: z.enum(['http', 'https']),
  method: text,
  host: text,
  path: text,
  sni: text,
  status: z.number(),
  clientCert: text.nullable(),
  headers: z.record(z.string(), z.string()),
});
const transfer = z.object({
  exit: z.number(),
  code: z.number(),
  method: text,
  url: text,
  body: z.object({ text, api: api.exactOptional() }),
  error: text.nullable(),
  localPort: z.number(),
  connects: z.number(),
  seconds: count,
  redirectUrl: text.nullable(),
  headers: z.record(z.string(), z.string()),
});
const answer: z.ZodType<CurlSide> = z.object({
  argv: z.array(text),
  exit: z.number(),
  transfers: z.array(transfer).max(LISTED),
  message: text,
  seconds: count,
  elapsed: count.exactOptional(),
});
/** A call's answer and its walk, as the progress file has them. */
export const keptCall = z.object({ answer, walk });
type KeptCall = Readonly<z.infer<typeof keptCall>>;

const verdict: z.ZodType<Verdict> = z.union([
  z.object({ state: z.literal('passed'), found: text }),
  // Without its walk: that of the step's own call is kept beside it.
  z.object({ state: z.literal('failed'), expected: text, found: text }),
  z.object({ state: z.literal('could-not-check'), why: text }),
]);
const check: z.ZodType<CheckResult> = z.object({ id: text, title: text, guard: z.boolean(), verdict });
const refusal = z.object({
  message: text,
  field: text.exactOptional(),
  file: text.exactOptional(),
  line: z.number().exactOptional(),
});
const object: z.ZodType<AppliedObject> = z.object({
  what: text,
  outcome: z.enum(['created', 'configured', 'unchanged', 'removed', 'refused']),
  warnings: z.array(text),
  note: text.exactOptional(),
  refusal: refusal.exactOptional(),
});
const effect: z.ZodType<Effect> = z.union([
  z.object({ kind: z.enum(['in-effect', 'unchanged', 'not-yet']), seconds: count }),
  z.object({ kind: z.literal('refused-by-sidecar'), why: text, cause: text.exactOptional() }),
]);
const known = z.object({ right: count, asked: count });
const outcome = z.object({ objects: z.array(object), effect: effect.exactOptional() });

/** Of a done step that is no prediction. A part that is too large, or not to be understood, is left out. */
export const keptStep = z.object({
  /** ISO time at which it was done. */
  when: z.string(),
  call: keptCall.optional().catch(undefined),
  announced: verdict.optional().catch(undefined),
  checks: z.array(check).optional().catch(undefined),
  apply: outcome.optional().catch(undefined),
  inspected: z.array(text).optional().catch(undefined),
  known: known.optional().catch(undefined),
});
export type KeptStep = Readonly<z.infer<typeof keptStep>>;

/** What is kept of a done step, after what was kept `before`, which stays where there is nothing new; null: nothing. */
export function keptOf(
  step: Step,
  state: StepState,
  when: string,
  before: KeptStep | undefined,
): KeptStep | null {
  if (step.kind === 'predict' || state.phase !== 'done') return before ?? null;
  const held = state.checks?.every(each => each.verdict.state === 'passed') ? state.checks : undefined;
  const { apply, announced, inspected } = state;
  const found = {
    call: (step.kind === 'probe' && state.probe && trimmedCall(state.probe)) || undefined,
    announced: state.probe?.own ? undefined : within(verdict, announced),
    // A repair that has been undone since was done all the same.
    checks: step.kind === 'fix' ? within(z.array(check), held) : undefined,
    apply: step.kind === 'apply' ? within(outcome, apply) : undefined,
    inspected: within(z.array(text), inspected),
    known: state.recall && knownOf(state.recall),
  };
  const parts = Object.fromEntries(Object.entries(found).filter(([, part]) => part !== undefined));
  if (Object.keys(parts).length === 0) return before ?? null;
  const { when: then = when, ...known } = before ?? {};
  const all = { ...known, ...parts };
  return { when: JSON.stringify(all) === JSON.stringify(known) ? then : when, ...all };
}

/** The state of a done step as it was left. A check that the course has no more is not shown. */
export function stateOfKept(
  step: Step,
  { call, announced, checks, apply, inspected, known }: KeptStep,
): Partial<StepState> {
  const titles = new Map(step.kind === 'fix' ? step.checks.map(each => [each.id, each.title]) : []);
  const shown = checks?.filter(each => titles.get(each.id) === each.title) ?? [];
  return {
    past: true,
    ...(call && 'call' in step ? { probe: stateOfCall(call, step.call.from) } : {}),
    ...(announced ? { announced } : {}),
    ...(shown.length > 0 && shown.length === titles.size ? { checks: shown } : {}),
    ...(apply ? { apply } : {}),
    ...(inspected ? { inspected } : {}),
    ...(known ? { known } : {}),
  };
}

/** A call as it was kept, on the screen again. `from`: as in ProbeOutcome. */
export function stateOfCall({ answer, walk }: KeptCall, from: string | undefined): ProbeOutcome {
  return { argv: answer.argv, answer, walk, own: false, ...(from === undefined ? {} : { from }) };
}

/** The same with its texts cut, if it then is small enough to be kept. */
function within<T>(schema: z.ZodType<T>, value: unknown): T | undefined {
  if (value === undefined) return undefined;
  // As a file has it: a field that is undefined is none.
  const plain: unknown = JSON.parse(JSON.stringify(value));
  const kept = schema.safeParse(mapTexts(plain, text => text.slice(0, LONGEST)));
  return kept.success && JSON.stringify(kept.data).length <= LARGEST ? kept.data : undefined;
}

/** A call's evidence, small enough to be kept; null where there is none, or it is too large all the same. */
export function trimmedCall({ answer: full, walk: walked, own }: ProbeOutcome): KeptCall | null {
  if (full === undefined || walked === undefined || own) return null;
  const listed = full.transfers.length > LISTED ? [] : full.transfers;
  const whole = {
    answer: {
      ...full,
      transfers: listed.map(each => ({
        ...each,
        headers: {},
        // Where the API's JSON was understood, its text is the same once more.
        body: each.body.api ? { text: '', api: { ...each.body.api, headers: {} } } : { text: each.body.text },
      })),
    },
    walk: walked,
  };
  return within(keptCall, whole) ?? null;
}
