/** What the answers of each server say, where the transfers of one call are answered by several. */
import type { Expectation } from '../../course/schema.ts';
import type { Evidence } from '../../probe/evidence.ts';
import { callWords } from './describe.ts';
import { type CheckFinding, miss, worst } from './finding.ts';
import { matchOutcome } from './outcome.ts';

/** Every answer of a server that is named must be as it says there, and of each of them there must be one. */
export function matchAnswers(
  wanted: Expectation['answers'],
  evidence: Evidence,
  nth: (finding: CheckFinding, index: number) => CheckFinding,
): CheckFinding {
  const { transfers } = evidence.curl;
  return worst(
    Object.entries(wanted ?? {}).flatMap(([server, body]) => {
      const theirs = transfers.flatMap((each, index) => (each.body.api?.version === server ? [index] : []));
      if (theirs.length === 0) return [miss(`an answer of ${server}`, callWords(evidence))];
      return theirs.map(index => nth(matchOutcome({ body }, evidence, index), index));
    }),
  );
}
