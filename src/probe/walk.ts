/**
 * The walk: app -> sidecar -> cluster -> API, drawn from what the three sides said of a call. A pure function of
 * the evidence, the same for every provider. Of many calls it draws what became of all of them, and describes the
 * first that failed, or the first.
 */
import { branchesOf } from './branches.ts';
import { curlExitSentence } from './curl-exits.ts';
import type { ApiLine, CurlSide, Evidence, LogLine, Transfer } from './evidence.ts';
import { find, withoutConnection } from './finding.ts';
import { bad, hop, hopsOf, ORDER, unknownHops, versions } from './hops.ts';
import { hopsOfMany } from './hops-of-many.ts';
import { withLayers } from './layers.ts';
import { countBy, lineOf } from './match.ts';
import { answers, copies } from './tallies.ts';
import type { Walk } from './walk-types.ts';

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
  const common = {
    answers: counted,
    mirrored,
    branches: branchesOf(evidence),
    bypass: line?.cluster === 'PassthroughCluster',
    logLine: logLine(evidence, line),
    apiLine: apiLine(evidence),
  };
  if (line === undefined && transfer.localPort > 0) {
    const why = evidence.sidecar.read ? 'Its line has not come.' : evidence.sidecar.why;
    const hops = unknownHops(transfer, versions(evidence, transfer), evidence.api);
    return { hops, sentence: `${ofCurl(transfer)} What the sidecar did is not known: ${why}`, ...common };
  }
  const finding = line === undefined ? withoutConnection(transfer) : find(transfer, line);
  const tried = asked > transfers.length ? ` In all the API was asked ${asked} times.` : '';
  const own = { finding, transfer, line };
  const plain =
    transfers.length === 1 ? hopsOf(own, versions(evidence, transfer)) : hopsOfMany(evidence, own);
  const hops = withLayers(plain, evidence, transfer, line);
  return { hops, sentence: `${prefix(evidence.curl)}${finding.sentence}${tried}`, ...common };
}

/** While only curl's side is known. */
const NOTHING = {
  answers: [],
  mirrored: [],
  branches: [],
  bypass: false,
  logLine: null,
  apiLine: null,
} as const;

/** Of many calls: how they went, and which of them is described. */
function prefix({ transfers }: CurlSide): string {
  if (transfers.length < 2) return '';
  const failures = transfers.filter(bad).length;
  if (failures > 0)
    return `${failures} of ${transfers.length} calls failed. ${failures > 1 ? 'The first of them: ' : ''}`;
  const alike = new Set(transfers.map(transfer => transfer.body.api?.version)).size === 1;
  const all = transfers.length === 2 ? 'Both' : `All ${transfers.length}`;
  return `${all} calls went well. ${alike ? '' : 'The first: '}`;
}

/** The walk as far as curl's answer tells it, while the sidecar's line is still on its way. */
export function walkOfAnswer(curl: CurlSide): Walk {
  const transfer = curl.transfers.find(bad) ?? curl.transfers[0];
  if (transfer === undefined) return withoutTransfers(curl);
  if (transfer.localPort === 0) {
    const finding = withoutConnection(transfer);
    const hops = hopsOf({ finding, transfer, line: undefined }, []);
    return { hops, sentence: finding.sentence, ...NOTHING };
  }
  const seen = [...new Set(curl.transfers.flatMap(one => one.body.api?.version ?? []))];
  return { hops: unknownHops(transfer, seen), sentence: `${prefix(curl)}${ofCurl(transfer)}`, ...NOTHING };
}

function withoutTransfers(curl: CurlSide): Walk {
  const finding = withoutConnection(curl);
  const hops = ORDER.map(id =>
    hop(id, id === 'app' ? 'failed' : 'not-reached', id === 'app' ? [`exit ${curl.exit}`] : []),
  );
  return { hops, sentence: finding.sentence, ...NOTHING };
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
