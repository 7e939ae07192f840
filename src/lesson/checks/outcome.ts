/** Whether one transfer is what an expectation says: exit, status, body, headers, the sidecar's line, time. */
import type { Evidence, LogLine, Side, Transfer } from '../../probe/evidence.ts';
import { lineOf } from '../../probe/match.ts';
import type { Outcome } from '../schema.ts';
import { describeTransfer, short } from './describe.ts';
import { type Finding, miss, OK, worst } from './finding.ts';

/** Compares transfer `index` (from 0) of a call with an outcome. */
export function matchOutcome(outcome: Outcome, evidence: Evidence, index: number): Finding {
  const transfer = evidence.curl.transfers[index];
  if (transfer === undefined) return miss(`${index + 1} transfers`, `${evidence.curl.transfers.length}`);
  return worst([
    matchNumber('curl exit', outcome.exit, transfer.exit, transfer),
    matchNumber('status', outcome.code, transfer.code, transfer),
    matchBody(outcome.body, transfer),
    matchHeaders('answer header', outcome.headers, transfer.headers),
    matchLog(outcome.log, evidence.sidecar, lineFor(evidence, index)),
    matchSeconds(outcome.seconds, transfer),
  ]);
}

/**
 * A transfer's line. curl tells no port for some connections that failed early: a call of one transfer
 * with one line leaves no doubt.
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
): Finding {
  if (wanted === undefined) return OK;
  const list = typeof wanted === 'number' ? [wanted] : wanted;
  return list.includes(found) ? OK : miss(`${what} ${list.join(' or ')}`, describeTransfer(transfer));
}

function matchBody(wanted: Outcome['body'], transfer: Transfer): Finding {
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
): Finding {
  const lower = Object.fromEntries(Object.entries(found).map(([k, v]) => [k.toLowerCase(), v]));
  for (const [name, value] of Object.entries(wanted ?? {})) {
    const there = lower[name.toLowerCase()];
    if (value === null && there !== undefined) return miss(`no ${what} ${name}`, `${name}: ${there}`);
    if (value !== null && there !== value)
      return miss(`${what} ${name}: ${value}`, there === undefined ? 'not there' : `${name}: ${there}`);
  }
  return OK;
}

function matchLog(wanted: Outcome['log'], side: Side<LogLine>, line: LogLine | undefined): Finding {
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

/** 'UF' is in 'UF,URX'; '-' is no flag at all; 'UF,URX' is exactly that. */
export function hasFlag(line: LogLine, flag: string): boolean {
  return line.flags === flag || line.flags.split(',').includes(flag);
}

function describeLine(line: LogLine): string {
  return line.details === '-' ? `status ${line.code}` : line.details;
}

function matchSeconds(wanted: Outcome['seconds'], transfer: Transfer): Finding {
  if (wanted === undefined) return OK;
  const { min = 0, max = Number.POSITIVE_INFINITY } = wanted;
  if (transfer.seconds >= min && transfer.seconds <= max) return OK;
  const bounds = [
    wanted.min === undefined ? null : `at least ${min} s`,
    wanted.max === undefined ? null : `at most ${max} s`,
  ];
  return miss(bounds.filter(b => b !== null).join(', '), `${transfer.seconds.toFixed(1)} s`);
}
