/** What is kept of a prediction: what the learner said, what the mesh did, and the evidence (kept-evidence.ts). Pure. */
import * as z from 'zod';
import type { StepOf } from '../course/schema.ts';
import { keptCall, stateOfCall, trimmedCall } from './kept-evidence.ts';
import type { StepState } from './state.ts';

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
  evidence: keptCall.nullable().catch(null),
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
    evidence: probe === undefined ? null : trimmedCall(probe),
  };
}

/** The state of a done predict step as it was left. An option that the course has no more is not marked. */
export function stateOfPrediction(
  { options, call }: StepOf<'predict'>,
  { said, proven, evidence: kept }: Prediction,
): Partial<StepState> {
  const at = (words: string | null) => {
    const index = options.findIndex(option => option.say === words);
    return index < 0 ? null : index;
  };
  const gone = said !== null && at(said) === null;
  const probe = kept === null ? {} : { probe: stateOfCall(kept, call.from) };
  return { ...(gone ? {} : { said: at(said) }), proven: at(proven), ...probe };
}
