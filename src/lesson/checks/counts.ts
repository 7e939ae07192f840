/** Matchers that count: statuses, response flags, requests that a server saw, shares and mirrored shares. */
import type { Expectation } from '../../course/schema.ts';
import { arrived } from '../../probe/believe.ts';
import type { Evidence } from '../../probe/evidence.ts';
import { amount } from '../../shared/texts.ts';
import { interval, parsePercent } from './binomial.ts';
import { callWords } from './describe.ts';
import { type CheckFinding, miss, OK, worst } from './finding.ts';
import { apiHeard, hasFlag, isSuccess } from './outcome.ts';

type Count = number | { min?: number | undefined; max?: number | undefined };

function within(count: Count, found: number): boolean {
  if (typeof count === 'number') return found === count;
  return found >= (count.min ?? 0) && found <= (count.max ?? Number.POSITIVE_INFINITY);
}

function countText(count: Count): string {
  if (typeof count === 'number') return String(count);
  if (count.min === undefined) return `at most ${count.max}`;
  return count.max === undefined ? `at least ${count.min}` : `${count.min} to ${count.max}`;
}

/** How many transfers had which HTTP status; 0 means none. A success counts when it is the API's own. */
export function matchCodes(wanted: Expectation['codes'], evidence: Evidence): CheckFinding {
  return worst(
    Object.entries(wanted ?? {}).map(([code, count]) => {
      const all = [...evidence.curl.transfers.entries()].filter(([, t]) => t.code === Number(code));
      const success = isSuccess(Number(code));
      const found = success ? all.filter(([index]) => arrived(evidence, index)).length : all.length;
      const what = Number(code) === 0 ? 'no answer' : `status ${code}`;
      const missed = miss(`${what}: ${countText(count)} times`, `${found} times; ${callWords(evidence)}`);
      if (success && all.length > 0) {
        const heard = apiHeard(evidence);
        // A log cannot make up for what did not even arrive.
        if (heard.ok !== true) return within(count, all.length) ? heard : missed;
      }
      return within(count, found) ? OK : missed;
    }),
  );
}

/** How many of the sidecar's lines had which response flag. */
export function matchFlags(wanted: Expectation['flags'], evidence: Evidence): CheckFinding {
  if (wanted === undefined) return OK;
  const { sidecar } = evidence;
  if (!sidecar.read) return { ok: 'unknown', why: sidecar.why };
  return worst(
    Object.entries(wanted).map(([flag, count]) => {
      const found = sidecar.lines.filter(line => hasFlag(line, flag)).length;
      return within(count, found)
        ? OK
        : miss(`flag ${flag}: ${countText(count)} times in the log`, `${found} times`);
    }),
  );
}

/** All requests that a server saw, retries and mirrored ones included. */
export function matchRequests(wanted: Expectation['requests'], evidence: Evidence): CheckFinding {
  return perServer(wanted, evidence, (server, count) => {
    const found = seenBy(evidence, server);
    if (within(count, found)) return OK;
    const heard = apiHeard(evidence);
    return heard.ok === true ? miss(`${countText(count)} requests at ${server}`, String(found)) : heard;
  });
}

/** A server's share of the answers, within what chance allows. */
export function matchShare(wanted: Expectation['share'], evidence: Evidence): CheckFinding {
  if (wanted === undefined) return OK;
  const n = evidence.curl.transfers.length;
  return worst([
    ...entries(wanted).map(([server, percent]) => {
      const found = answeredBy(evidence, server);
      return shareFinding(percent, found, n, `answered by ${server}`, `${found}; ${callWords(evidence)}`);
    }),
    apiHeard(evidence),
  ]);
}

/** Requests that a server saw besides those whose answer the caller got, as a share of the calls. */
export function matchMirrored(wanted: Expectation['mirrored'], evidence: Evidence): CheckFinding {
  const n = evidence.curl.transfers.length;
  return perServer(wanted, evidence, (server, percent) => {
    const found = seenBy(evidence, server) - answeredBy(evidence, server);
    return shareFinding(percent, found, n, `mirrored to ${server}`, String(found));
  });
}

/**
 * Beside the answers, by how much it holds where servers are counted: '22 of 200 copied to canary (5 to 42 is chance)'. Of
 * shares it tells the small ones, which chance moves most.
 */
export function countedWords({ share, mirrored, requests }: Expectation, evidence: Evidence): string[] {
  const n = evidence.curl.transfers.length;
  const counted = (found: number, percent: string, what: string) => {
    const { low, high } = interval(n, parsePercent(percent));
    return `${found} of ${n} ${what}${low === high ? '' : ` (${low} to ${high} is chance)`}`;
  };
  return [
    ...entries(share)
      .filter(([, percent]) => parsePercent(percent) > 0 && parsePercent(percent) <= 0.5)
      .map(([server, percent]) => counted(answeredBy(evidence, server), percent, `from ${server}`)),
    ...entries(mirrored).map(([server, percent]) =>
      counted(seenBy(evidence, server) - answeredBy(evidence, server), percent, `copied to ${server}`),
    ),
    ...entries(requests).map(([server]) => {
      const found = seenBy(evidence, server);
      return `${server} saw ${amount(found, 'request')}`;
    }),
  ];
}

function shareFinding(percent: string, found: number, n: number, what: string, text: string): CheckFinding {
  const { low, high } = interval(n, parsePercent(percent));
  if (found >= low && found <= high) return OK;
  const bounds = low === high ? String(low) : `${low} to ${high}`;
  return miss(`${percent} of ${n} ${what} (${bounds})`, text);
}

function perServer<T>(
  wanted: Partial<Record<string, T>> | undefined,
  evidence: Evidence,
  match: (server: string, value: T) => CheckFinding,
): CheckFinding {
  if (wanted === undefined) return OK;
  if (!evidence.api.read) return { ok: 'unknown', why: evidence.api.why };
  return worst(entries(wanted).map(([server, value]) => match(server, value)));
}

function entries<T>(wanted: Partial<Record<string, T>> | undefined): [string, T][] {
  return Object.entries(wanted ?? {}).filter(([, value]) => value !== undefined) as [string, T][];
}

function answeredBy(evidence: Evidence, server: string): number {
  return evidence.curl.transfers.filter(t => t.body.api?.version === server).length;
}

function seenBy(evidence: Evidence, server: string): number {
  return evidence.api.read ? evidence.api.lines.filter(line => line.version === server).length : 0;
}
