/** Which option of a prediction the evidence proves. Pure. */
import type { StepOf } from '../../course/schema.ts';
import type { Evidence } from '../../probe/evidence.ts';
import { evaluate } from './evaluate.ts';

export interface OptionProof {
  /** The option that holds, from 0; null: none of them, or it could not be decided. */
  readonly proven: number | null;
  /** All whose expectation holds; a sound question has at most one. */
  readonly holds: readonly number[];
  /** Why it could not be decided, when a side of the evidence is missing. */
  readonly unclear?: string;
}

/** An option without an expectation is "none of the others": it is proven when all others are refuted. */
export function proveOption(options: StepOf<'predict'>['options'], evidence: Evidence): OptionProof {
  const verdicts = options.map(o => (o.expect === undefined ? null : evaluate(o.expect, evidence)));
  const holds = verdicts.flatMap((v, i) => (v?.state === 'passed' ? [i] : []));
  const unclear = verdicts.find(v => v?.state === 'could-not-check');
  const why = unclear?.state === 'could-not-check' ? { unclear: unclear.why } : {};
  if (holds[0] !== undefined) return { proven: holds[0], holds };
  if (unclear !== undefined) return { proven: null, holds, ...why };
  const other = options.findIndex(o => o.expect === undefined);
  return other === -1 ? { proven: null, holds } : { proven: other, holds: [other] };
}
