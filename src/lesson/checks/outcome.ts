/** Whether one transfer is what an expectation says: exit, status, body, headers, the sidecar's line, time. */
import type { Outcome } from '../../course/schema.ts';
import { arrived } from '../../probe/believe.ts';
import type { Evidence, LogLine, Side, Transfer } from '../../probe/evidence.ts';
import { lineOf } from '../../probe/match.ts';
import { describeTransfer, short } from './describe.ts';
import { type CheckFinding, miss, OK, worst } from './finding.ts';

/** Compares transfer `index` (from 0) of a call with an outcome. */
export function matchOutcome(outcome: Outcome, evidence: Evidence, index: number): CheckFinding {
  const transfer = evidence.curl.transfers[index];
  if (transfer === undefined) return miss(`${index + 1} transfers`, `${evidence.curl.transfers.length}`);
  return worst([
    matchNumber('curl exit', outcome.exit, transfer.exit, transfer),
    matchNumber('status', outcome.code, transfer.code, transfer),
    matchBody(outcome.body, transfer),
    matchArrival(outcome, evidence, index),
    matchBlocked(outcome.blocked, evidence, index),
    matchHeaders('answer header', outcome.headers, transfer.headers),
    matchLog(outcome.log, evidence.sidecar, lineFor(evidence, index)),
    matchSeconds(outcome.seconds, transfer),
  ]);
}

/**
 * A transfer's line. curl reports no port for some connections that failed early: when a call has one transfer
 * and one line, they can only belong together.
 */
function lineFor(evidence: Evidence, index: number): LogLine | undefined {
  const line = lineOf(evidence, index);
  if (line !== undefined || !evidence.sidecar.read) return line;
  return evidence.curl.transfers.length === 1 ? evidence.sidecar.lines.at(-1) : undefined;
}

function matchNumber(
  what: string,
  wanted: number | readonly number[] | undefined,
  found: number,
  transfer: Transfer,
): CheckFinding {
  if (wanted === undefined) return OK;
  const list = typeof wanted === 'number' ? [wanted] : wanted;
  return list.includes(found) ? OK : miss(`${what} ${list.join(' or ')}`, describeTransfer(transfer));
}

/**
 * A success, and what the API is expected to have seen, must come from the API itself: the sidecar can be told to
 * answer with any status and any text. A check that looks at the sidecar's line, or wants a text that is not the API's,
 * is content with the sidecar's word.
 */
function matchArrival({ code, body, log }: Outcome, evidence: Evidence, index: number): CheckFinding {
  const transfer = evidence.curl.transfers[index];
  if (transfer === undefined) return OK;
  const { text, ...ofApi } = body ?? {};
  const success = code !== undefined && isSuccess(transfer.code) && log === undefined && text === undefined;
  if (!success && Object.keys(ofApi).length === 0) return OK;
  const heard = apiHeard(evidence);
  if (heard.ok !== true || arrived(evidence, index)) return heard;
  return miss('an answer of the API itself', describeTransfer(transfer));
}

/** Whether the API's log is there and complete. */
export function apiHeard({ api }: Evidence): CheckFinding {
  if (!api.read) return { ok: 'unknown', why: api.why };
  return api.missing === undefined ? OK : { ok: 'unknown', why: api.missing };
}

export function isSuccess(code: number): boolean {
  return code >= 200 && code < 300;
}

/** What the sidecar answers to a host that it does not know, under REGISTRY_ONLY. */
const BLOCKED = 502;

/** Kept in by REGISTRY_ONLY and by nothing else: no fault, route or server has answered. */
function matchBlocked(wanted: Outcome['blocked'], evidence: Evidence, index: number): CheckFinding {
  const transfer = evidence.curl.transfers[index];
  if (wanted === undefined || transfer === undefined) return OK;
  const missed = miss('blocked by REGISTRY_ONLY', describeTransfer(transfer));
  if (transfer.exit === 0 && transfer.code !== BLOCKED) return missed;
  if (!evidence.sidecar.read) return { ok: 'unknown', why: evidence.sidecar.why };
  const line = lineFor(evidence, index);
  return line?.route === 'block_all' || line?.cluster === 'BlackHoleCluster' ? OK : missed;
}

function matchBody(wanted: Outcome['body'], transfer: Transfer): CheckFinding {
  if (wanted === undefined) return OK;
  const { api, text } = transfer.body;
  const { text: wantedText, headers, version, clientCert, ...fields } = wanted;
  if (wantedText !== undefined && !text.includes(wantedText)) {
    return miss(`an answer with "${wantedText}"`, describeTransfer(transfer));
  }
  if (version !== undefined && api?.version !== version)
    return miss(`an answer of ${version}`, describeTransfer(transfer));
  for (const [name, value] of Object.entries(fields) as [keyof typeof fields, string | undefined][]) {
    if (value === undefined) continue;
    if (api === undefined) return miss(`${name} ${value} at the API`, describeTransfer(transfer));
    if (api[name] !== value)
      return miss(`${name} ${value} at the API`, `${name} ${api[name] === '' ? 'empty' : api[name]}`);
  }
  if (clientCert !== undefined) {
    const expected =
      clientCert === null
        ? 'no client certificate at the API'
        : `client certificate ${clientCert} at the API`;
    if (api === undefined) return miss(expected, describeTransfer(transfer));
    const right =
      clientCert === null ? api.clientCert === null : (api.clientCert?.includes(clientCert) ?? false);
    if (!right) return miss(expected, api.clientCert === null ? 'none' : api.clientCert);
  }
  if (headers === undefined) return OK;
  if (api === undefined) return miss("the API's own answer", describeTransfer(transfer));
  return matchHeaders('header at the API', headers, api.headers);
}

function matchHeaders(
  what: string,
  wanted: Readonly<Record<string, string | null>> | undefined,
  found: Readonly<Record<string, string>>,
): CheckFinding {
  const lower = Object.fromEntries(Object.entries(found).map(([k, v]) => [k.toLowerCase(), v]));
  for (const [name, value] of Object.entries(wanted ?? {})) {
    const there = lower[name.toLowerCase()];
    if (value === null && there !== undefined) return miss(`no ${what} ${name}`, `${name}: ${there}`);
    if (value !== null && there !== value)
      return miss(`${what} ${name}: ${value}`, there === undefined ? 'not there' : `${name}: ${there}`);
  }
  return OK;
}

function matchLog(wanted: Outcome['log'], side: Side<LogLine>, line: LogLine | undefined): CheckFinding {
  if (wanted === undefined) return OK;
  if (!side.read) return { ok: 'unknown', why: side.why };
  if (line === undefined) return miss("a line in the sidecar's log", 'none');
  if (wanted.flags !== undefined && !hasFlag(line, wanted.flags)) {
    const expected = wanted.flags === '-' ? 'no response flag in the log' : `flag ${wanted.flags} in the log`;
    return miss(expected, line.flags === '-' ? `no flag, ${describeLine(line)}` : line.flags);
  }
  if (wanted.cluster !== undefined && line.cluster !== wanted.cluster) {
    return miss(`cluster ${wanted.cluster}`, line.cluster === '-' ? 'no cluster' : line.cluster);
  }
  if (wanted.details !== undefined && !line.details.includes(wanted.details)) {
    return miss(`"${wanted.details}" in the log`, `"${short(line.details, 60)}"`);
  }
  if (wanted.code !== undefined && line.code !== wanted.code) {
    return miss(`status ${wanted.code} in the log`, String(line.code));
  }
  return OK;
}

/** 'UF' is in 'UF,URX'; '-' means no flag at all; 'UF,URX' means exactly that. */
export function hasFlag(line: LogLine, flag: string): boolean {
  return line.flags === flag || line.flags.split(',').includes(flag);
}

function describeLine(line: LogLine): string {
  return line.details === '-' ? `status ${line.code}` : line.details;
}

function matchSeconds(wanted: Outcome['seconds'], transfer: Transfer): CheckFinding {
  if (wanted === undefined) return OK;
  const { min = 0, max = Number.POSITIVE_INFINITY } = wanted;
  if (transfer.seconds >= min && transfer.seconds <= max) return OK;
  const bounds = [
    wanted.min === undefined ? null : `at least ${min} s`,
    wanted.max === undefined ? null : `at most ${max} s`,
  ];
  return miss(bounds.filter(b => b !== null).join(', '), `${transfer.seconds.toFixed(1)} s`);
}
