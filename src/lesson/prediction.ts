/**
 * What is kept of a prediction: what the learner said, what the mesh did, and as much of the evidence as drawing it
 * again needs. The rest (headers, log lines, two hundred answers) was for the moment. Pure.
 */
import * as z from 'zod';
import type { StepOf } from '../course/schema.ts';
import type { CurlSide } from '../probe/evidence.ts';
import type { Walk } from '../probe/walk-types.ts';
import { mapTexts } from '../shared/texts.ts';
import type { ProbeOutcome, StepState } from './state.ts';

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
});
const evidence = z.object({ answer, walk });

/** As the progress file has it. Options are kept by their words: their order may change in a later course. */
export const prediction = z.object({
  /** The option that was chosen last; null: "I don't know yet". */
  said: z.string().nullable(),
  /** The option that the evidence proved; null: none of them. */
  proven: z.string().nullable(),
  /** Whether the first answer was right: later ones know it already. */
  foreseen: z.boolean(),
  /** Whether the last answer was right, here or in a recap. */
  well: z.boolean(),
  /** Answers that were not right, here and in recaps. */
  misses: z.number().int().nonnegative(),
  /** ISO time of the last answer here. */
  when: z.string(),
  /** null: too large, too old, or not to be understood. */
  evidence: evidence.nullable().catch(null),
});
export type Prediction = Readonly<z.infer<typeof prediction>>;

/** The prediction that a predict step's state comes to, after `before`; null while it is not decided. */
export function predictionOf(
  step: StepOf<'predict'>,
  { said, proven, probe }: StepState,
  when: string,
  before: Prediction | undefined,
): Prediction | null {
  if (said === undefined || proven === undefined) return null;
  const right = said !== null && said === proven;
  const words = (option: number | null) => (option === null ? null : (step.options[option]?.say ?? null));
  return {
    said: words(said),
    proven: words(proven),
    foreseen: before?.foreseen ?? right,
    well: right,
    misses: (before?.misses ?? 0) + (right ? 0 : 1),
    when,
    evidence: probe === undefined ? null : trimmed(probe),
  };
}

/** The state of a done predict step as it was left. An option that the course has no more is not marked. */
export function stateOfPrediction(
  { options }: StepOf<'predict'>,
  { said, proven, evidence: kept }: Prediction,
): Partial<StepState> {
  const at = (words: string | null) => {
    const index = options.findIndex(option => option.say === words);
    return index < 0 ? null : index;
  };
  const gone = said !== null && at(said) === null;
  const probe = kept === null ? {} : { probe: { argv: kept.answer.argv, ...kept, own: false } };
  return { ...(gone ? {} : { said: at(said) }), proven: at(proven), ...probe };
}

/** The evidence, small enough to be kept; null where there is none, or it is too large all the same. */
function trimmed({ answer: full, walk: walked, own }: ProbeOutcome): Prediction['evidence'] {
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
  const small = mapTexts<unknown>(whole, text => text.slice(0, LONGEST));
  const kept = evidence.safeParse(small);
  return kept.success && JSON.stringify(kept.data).length <= LARGEST ? kept.data : null;
}
