/**
 * Checks: an expectation against evidence. Pure; one matcher per file. A check looks at what happened, never at
 * YAML, so whatever works is right. Sends nothing, waits for nothing.
 */
import type { Expectation, Outcome } from '../../course/schema.ts';
import type { Evidence } from '../../probe/evidence.ts';
import { walk } from '../../probe/walk.ts';
import { milliseconds } from '../calls.ts';
import type { Verdict } from '../state.ts';
import { matchAnswers } from './answers.ts';
import { countedWords, matchCodes, matchFlags, matchMirrored, matchRequests, matchShare } from './counts.ts';
import { callWords } from './describe.ts';
import { type CheckFinding, miss, OK, worst } from './finding.ts';
import { matchOutcome } from './outcome.ts';

/** The verdict on a call. `within` and `repeat` are up to the caller: they change what is sent. */
export function evaluate(expect: Expectation, evidence: Evidence): Verdict {
  const finding = find(expect, evidence);
  if (finding.ok === false && tookTooLong(expect, evidence))
    return { state: 'could-not-check', why: late(expect, evidence) };
  if (finding.ok === 'unknown') return { state: 'could-not-check', why: finding.why };
  if (finding.ok)
    return { state: 'passed', found: [callWords(evidence), ...countedWords(expect, evidence)].join('; ') };
  return { state: 'failed', expected: finding.expected, found: finding.found, walk: walk(evidence) };
}

/** On a machine that is busy a call may outlast what it is about, such as the time for which a server is left out. */
function tookTooLong({ inTime }: Expectation, { curl }: Evidence): boolean {
  return inTime !== undefined && curl.seconds * 1000 > milliseconds(inTime);
}

function late({ inTime }: Expectation, { curl }: Evidence): string {
  return `the call took ${curl.seconds.toFixed(1)} s, and shows something only within ${inTime}: the machine is too busy.`;
}

function find(expect: Expectation, evidence: Evidence): CheckFinding {
  const {
    sequence,
    codes,
    flags,
    share,
    answers,
    mirrored,
    requests,
    repeat: _repeat,
    within: _within,
    inTime: _inTime,
    ...outcome
  } = expect;
  return worst([
    everyTransfer(outcome, evidence),
    matchSequence(sequence, evidence),
    matchCodes(codes, evidence),
    matchFlags(flags, evidence),
    matchShare(share, evidence),
    matchAnswers(answers, evidence, (finding, index) => nth(finding, index, evidence)),
    matchMirrored(mirrored, evidence),
    matchRequests(requests, evidence),
  ]);
}

/** What is expected of one transfer must hold for each transfer of the call. */
function everyTransfer(outcome: Outcome, evidence: Evidence): CheckFinding {
  if (Object.values(outcome).every(value => value === undefined)) return OK;
  const { transfers } = evidence.curl;
  // A call that curl itself refused has no transfer but still an exit code.
  if (transfers.length === 0) {
    const exits = outcome.exit === undefined ? [] : [outcome.exit].flat();
    return exits.includes(evidence.curl.exit) ? OK : miss('a transfer', `curl exit ${evidence.curl.exit}`);
  }
  return worst(transfers.map((_, index) => nth(matchOutcome(outcome, evidence, index), index, evidence)));
}

function matchSequence(sequence: readonly Outcome[] | undefined, evidence: Evidence): CheckFinding {
  if (sequence === undefined) return OK;
  const { length } = evidence.curl.transfers;
  if (length !== sequence.length) return miss(`${sequence.length} transfers`, `${length}`);
  return worst(
    sequence.map((outcome, index) => nth(matchOutcome(outcome, evidence, index), index, evidence)),
  );
}

/** Says which of many transfers it is; by its URL where they do not all go to the same place. */
function nth(finding: CheckFinding, index: number, { curl: { transfers } }: Evidence): CheckFinding {
  if (finding.ok !== false || transfers.length === 1) return finding;
  const places = transfers.map(({ url }) => url.replace(/[?#].*/, ''));
  const place = new Set(places).size > 1 ? `, ${places[index]}` : '';
  return { ...finding, found: `call ${index + 1} of ${transfers.length}${place}: ${finding.found}` };
}
