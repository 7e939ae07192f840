/**
 * The walk: app -> sidecar -> cluster -> API, drawn from what the three sides said of a call. A pure function of
 * the evidence, the same for every provider. Of many calls it shows the first that failed, or the first, and counts.
 */
import { portOf } from './access-log.ts';
import { curlExitSentence } from './curl-exits.ts';
import type { ApiLine, CurlSide, Evidence, LogLine, Transfer } from './evidence.ts';
import { type Finding, find, withoutConnection } from './finding.ts';
import { countBy, isConnection, lineOf } from './match.ts';
import { answers, copies } from './tallies.ts';
import type { Hop, HopState, Walk } from './walk-types.ts';

const ORDER = ['app', 'sidecar', 'cluster', 'api'] as const;

/** The whole walk, when the lines of the sidecar and the API are there (or are known not to come). */
export function walk(evidence: Evidence): Walk {
  const walked = walkOf(evidence);
  const refused = (evidence.refused ?? []).join(' ');
  if (refused === '') return walked;
  return { ...walked, sentence: `${walked.sentence} The sidecar has refused an update: ${refused}` };
}

function walkOf(evidence: Evidence): Walk {
  const { transfers } = evidence.curl;
  if (transfers.length === 0) return withoutTransfers(evidence.curl);
  const at = representative(evidence);
  const transfer = transfers[at] as Transfer;
  const line = lineOf(evidence, at);
  const { mirrored, asked } = copies(evidence);
  const counted = transfers.length > 1 ? answers(evidence) : [];
  const common = { answers: counted, mirrored, logLine: logLine(evidence, line), apiLine: apiLine(evidence) };
  if (line === undefined && transfer.localPort > 0) {
    const why = evidence.sidecar.read ? 'Its line has not come.' : evidence.sidecar.why;
    const hops = unknownHops(transfer, versions(evidence, transfer), evidence.api);
    return { hops, sentence: `${ofCurl(transfer)} What the sidecar did is not known: ${why}`, ...common };
  }
  const finding = line === undefined ? withoutConnection(transfer) : find(transfer, line);
  const tried = asked > transfers.length ? ` In all the API was asked ${asked} times.` : '';
  const hops = hopsOf(finding, transfer, line, versions(evidence, transfer));
  return { hops, sentence: `${prefix(evidence.curl)}${finding.sentence}${tried}`, ...common };
}

/** Of many calls: how they went, and which of them is drawn. */
function prefix({ transfers }: CurlSide): string {
  if (transfers.length < 2) return '';
  const failures = transfers.filter(bad).length;
  if (failures > 0)
    return `${failures} of ${transfers.length} calls failed. ${failures > 1 ? 'The first of them: ' : ''}`;
  const alike = new Set(transfers.map(transfer => transfer.body.api?.version)).size === 1;
  return `All ${transfers.length} calls went well. ${alike ? '' : 'The first: '}`;
}

/** The walk as far as curl's answer tells it, while the sidecar's line is still on its way. */
export function walkOfAnswer(curl: CurlSide): Walk {
  const nothing = { answers: [], mirrored: [], logLine: null, apiLine: null };
  const transfer = curl.transfers.find(bad) ?? curl.transfers[0];
  if (transfer === undefined) return withoutTransfers(curl);
  if (transfer.localPort === 0) {
    const finding = withoutConnection(transfer);
    return { hops: hopsOf(finding, transfer, undefined, []), sentence: finding.sentence, ...nothing };
  }
  const seen = [...new Set(curl.transfers.flatMap(one => one.body.api?.version ?? []))];
  return { hops: unknownHops(transfer, seen), sentence: `${prefix(curl)}${ofCurl(transfer)}`, ...nothing };
}

function withoutTransfers(curl: CurlSide): Walk {
  const finding = withoutConnection(curl);
  const hops = ORDER.map(id =>
    hop(id, id === 'app' ? 'failed' : 'not-reached', id === 'app' ? [`exit ${curl.exit}`] : []),
  );
  return { hops, sentence: finding.sentence, answers: [], mirrored: [], logLine: null, apiLine: null };
}

function bad(transfer: Transfer): boolean {
  return transfer.exit !== 0 || transfer.code >= 400;
}

/** The first transfer that failed and whose line is there; else the first that failed; else the first. */
function representative(evidence: Evidence): number {
  const failed = [...evidence.curl.transfers.keys()].filter(index =>
    bad(evidence.curl.transfers[index] as Transfer),
  );
  return failed.find(index => lineOf(evidence, index) !== undefined) ?? failed[0] ?? 0;
}

function ofCurl(transfer: Transfer): string {
  return transfer.exit === 0 ? `The answer is ${transfer.code}.` : curlExitSentence(transfer.exit);
}

/** Who this walk ends at: the answer's own word; else the API's log, when only one server was asked. */
function versions(evidence: Evidence, transfer: Transfer): string[] {
  const all = evidence.curl.transfers;
  const answered = [...new Set(all.flatMap(one => one.body.api?.version ?? []))];
  if (!bad(transfer) && answered.length > 0) return answered;
  if (transfer.body.api !== undefined) return [transfer.body.api.version];
  const logged = evidence.api.read ? [...new Set(evidence.api.lines.map(line => line.version))] : [];
  return logged.length === 1 && all.length === 1 ? logged : [];
}

function hopsOf(
  finding: Finding,
  transfer: Transfer,
  line: LogLine | undefined,
  seen: readonly string[],
): Hop[] {
  const end = ORDER.indexOf(finding.reached);
  return ORDER.map((id, index) => {
    if (index > end) return hop(id, 'not-reached', [], seen);
    const note = index === end && finding.note !== null ? [finding.note] : [];
    const state: HopState = index === end && finding.failed ? 'failed' : 'passed';
    return hop(id, state, [...facts(id, transfer, line, state), ...note].slice(0, 3), seen);
  });
}

function unknownHops(transfer: Transfer, seen: readonly string[], api?: Evidence['api']): Hop[] {
  const came = transfer.body.api !== undefined || (api?.read === true && api.lines.length > 0);
  return [
    hop('app', 'passed', facts('app', transfer, undefined, 'passed')),
    hop('sidecar', 'unknown', []),
    hop('cluster', 'unknown', []),
    came
      ? hop('api', bad(transfer) ? 'failed' : 'passed', facts('api', transfer, undefined, 'passed'), seen)
      : hop('api', 'unknown', [], seen),
  ];
}

function hop(id: Hop['id'], state: HopState, notes: readonly string[], seen: readonly string[] = []): Hop {
  return { id, title: id === 'api' ? apiTitle(seen) : id, state, notes };
}

function apiTitle(seen: readonly string[]): string {
  if (seen.length === 0) return 'API';
  return seen.length === 1 && seen[0] === 'catalog' ? 'catalog' : `API ${seen.join(', ')}`;
}

/** What stands below a hop that the call came to. */
function facts(id: Hop['id'], transfer: Transfer, line: LogLine | undefined, state: HopState): string[] {
  switch (id) {
    case 'app': {
      const scheme = /^(\w+):\/\//.exec(transfer.url)?.[1]?.toLowerCase() ?? 'http';
      return [scheme];
    }
    case 'sidecar':
      return line === undefined ? [] : [listener(line), ...chosenBy(line, transfer)];
    case 'cluster':
      return line === undefined || line.cluster === '-' ? [] : clusterNotes(line);
    case 'api': {
      const { api } = transfer.body;
      if (api === undefined) return [];
      const certificate = api.clientCert === null ? [] : ['client certificate'];
      const path = state === 'failed' ? [] : [api.path];
      return [`sees ${api.scheme}`, ...path, ...certificate];
    }
  }
}

function listener(line: LogLine): string {
  const port = portOf(line.downstreamLocal);
  const how = isConnection(line) ? (line.sni === '-' ? 'bytes' : 'TLS') : 'HTTP';
  return port === 0 ? how : `port ${port}, ${how}`;
}

function chosenBy(line: LogLine, transfer: Transfer): string[] {
  if (line.sni !== '-') return [line.sni === hostOf(transfer.url) ? 'chosen by SNI' : `SNI ${line.sni}`];
  return line.route === '-' || line.route === 'default' ? [] : [`route ${line.route}`];
}

function hostOf(url: string): string {
  return /^(?:\w+:\/\/)?(?:[^@/]*@)?([^:/?#]+)/.exec(url)?.[1]?.toLowerCase() ?? '';
}

/** 'outbound|443||api.safedata-zone.io' fits into 34 columns; a longer name is parted before the host. */
function clusterNotes(line: LogLine): string[] {
  const { cluster, upstreamHost } = line;
  const cut = cluster.lastIndexOf('|') + 1;
  const name = cluster.length > 34 && cut > 0 ? [cluster.slice(0, cut), cluster.slice(cut)] : [cluster];
  return upstreamHost === '-' ? name : [...name, upstreamHost];
}

/** '0 -  outbound|443||api.safedata-zone.io'; of many calls the lines counted. */
function logLine(evidence: Evidence, line: LogLine | undefined): string | null {
  if (!evidence.sidecar.read) return null;
  const { lines } = evidence.sidecar;
  if (lines.length <= 1) return line === undefined ? null : brief(line);
  return grouped(lines.map(brief));
}

function brief(line: LogLine): string {
  const details = ['-', 'via_upstream'].includes(line.details) ? '' : `  ${line.details}`;
  return `${line.code} ${line.flags}  ${line.cluster}${details}`;
}

function apiLine(evidence: Evidence): string | null {
  if (!evidence.api.read) return null;
  const { lines } = evidence.api;
  if (lines.length > 0) return grouped(lines.map(line => request(line, lines.length > 1)));
  const { sidecar, curl } = evidence;
  const opened =
    sidecar.read && sidecar.lines.some(line => line.upstreamHost !== '-' && !line.flags.includes('UF'));
  if (!opened) return sidecar.read ? 'nothing arrived' : 'no request logged';
  return curl.transfers.every(bad) ? 'no request that it could read' : 'no request logged';
}

/** Of many, the query is left out: it is what numbers them. */
function request(line: ApiLine, many: boolean): string {
  const path = many ? line.path.replace(/\?.*/, '') : line.path;
  return `${line.version}: ${line.method} ${path}, ${line.scheme}, ${line.status}`;
}

/** Equal texts counted; at most three, and how many more. */
function grouped(texts: readonly string[]): string {
  const groups = [...countBy(texts)].sort((a, b) => b[1] - a[1]);
  const shown = groups.slice(0, 3).map(([text, count]) => (count === 1 ? text : `${count} x ${text}`));
  const more = groups.length > 3 ? [`${groups.length - 3} other`] : [];
  return [...shown, ...more].join('; ');
}
