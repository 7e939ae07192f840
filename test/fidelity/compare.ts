/**
 * When two recordings of a case agree: the same manifests are refused; each call gives the same exits, codes and
 * bodies; the sidecar logs the same flags and clusters; the same servers are reached. Repeated calls are compared as
 * shares, within three standard deviations and a little slack: chance decides each of them anew.
 */
import type { LogRow, Outcome, ProbeOutcome, Transfer } from './recording.ts';

export interface Differences {
  /** What a user would meet. */
  readonly hard: readonly string[];
  /** Texts alone: refusals, response bodies. */
  readonly soft: readonly string[];
}

const SLACK = 0.05;
/** Seconds. */
const TIME_SLACK = 0.6;
/**
 * Calls at a server. A retry keeps clear of the host before it for six choices (host_selection_retry_max_attempts and
 * the first): between two hosts one in 64 comes back to it all the same, so three of sixteen all but never do.
 */
const RETRY_SLACK = 2;
/** An empty reply and a reset are the same event, seen a moment apart. */
const RESET: Readonly<Record<number, number>> = { 52: 56 };
/** Which of the two endpoints is hit is chance; how many answers each sort gets is not. */
const ANY_ENDPOINT = new Set(['dr-outlier-two-endpoints', 'dr-hash-header', 'full-https-untouched']);

type Counts = Map<string, number>;

export function compare(real: Outcome, ours: Outcome): Differences {
  const hard: string[] = [];
  const soft: string[] = [];
  for (const [at, [what, said]] of real.applied.entries()) {
    const here = ours.applied[at]?.[1] ?? 'not applied';
    if (accepted(said) !== accepted(here)) hard.push(`${what}: real ${said} | ours ${here}`);
    else if (!accepted(said) && gist(said) !== gist(here))
      soft.push(`${what}: real ${gist(said)} | ours ${gist(here)}`);
  }
  const blind = ANY_ENDPOINT.has(real.name);
  for (const [at, probe] of real.probes.entries()) {
    const other = ours.probes[at];
    if (other === undefined) hard.push(`probe ${at + 1} is missing`);
    else compareProbes(probe, other, blind, hard, soft);
  }
  const [tcp, tcpHere] = [tcpRows(real), tcpRows(ours)];
  if (tcp !== tcpHere) hard.push(`TCP log: real ${tcp} | ours ${tcpHere}`);
  return { hard, soft };
}

function compareProbes(
  real: ProbeOutcome,
  ours: ProbeOutcome,
  blind: boolean,
  hard: string[],
  soft: string[],
): void {
  const what = real.curl.join(' ').replaceAll('api.safedata-zone.io', 'API');
  const differ = (kind: string, a: Counts, b: Counts) => {
    if (!sameShares(a, b)) hard.push(`${what}: ${kind} real ${show(a)} | ours ${show(b)}`);
  };
  const outcomes = (probe: ProbeOutcome) => count(probe.transfers.map(each => outcome(each, blind)));
  differ('answers', outcomes(real), outcomes(ours));
  differ('log', httpRows(real), httpRows(ours));
  compareUpstreams(what, real, ours, blind, hard);
  if (!real.curl.includes('-Z')) {
    const late = real.transfers.findIndex(
      (each, at) => each.time > 0.4 && Math.abs(each.time - (ours.transfers[at]?.time ?? 0)) > TIME_SLACK,
    );
    if (late >= 0)
      hard.push(`${what}: took real ${real.transfers[late]?.time} s | ours ${ours.transfers[late]?.time} s`);
  }
  const texts = (probe: ProbeOutcome) =>
    [...new Set(probe.transfers.map(each => String(each.body.text ?? '').slice(0, 40)))].sort().join(' / ');
  if (texts(real) !== texts(ours)) soft.push(`${what}: text real ${texts(real)} | ours ${texts(ours)}`);
}

function compareUpstreams(
  what: string,
  real: ProbeOutcome,
  ours: ProbeOutcome,
  blind: boolean,
  hard: string[],
): void {
  const seen = (probe: ProbeOutcome) => {
    const counts = ['stable', 'canary'].map(version => probe.upstream[version]?.length ?? 0);
    return blind ? counts.sort((a, b) => a - b) : counts;
  };
  const [expected, found] = [seen(real), seen(ours)];
  const total = expected.reduce((sum, each) => sum + each, 0);
  const calls = real.transfers.length;
  for (const [at, version] of ['stable', 'canary'].entries()) {
    const [a, b] = [expected[at] ?? 0, found[at] ?? 0];
    const drawn = a !== 0 && a !== calls && (calls > 12 || total > calls);
    const counted = what.includes('x-lab-fail-every') || real.curl.includes('-Z');
    const slack =
      counted || (calls > 12 && what.includes('x-lab-fail-first'))
        ? RETRY_SLACK
        : drawn
          ? 1 + 3 * deviation(a, b, Math.max(calls, total))
          : 0;
    if (Math.abs(a - b) > slack) hard.push(`${what}: ${version} saw real ${a} | ours ${b}`);
  }
}

/** Standard deviation of the difference of two counts out of `n` draws each. */
function deviation(a: number, b: number, n: number): number {
  const share = (a + b) / (2 * n);
  return Math.sqrt(2 * n * share * (1 - share));
}

/** Do two counts look like draws from one distribution? Single calls must be the same. */
function sameShares(a: Counts, b: Counts): boolean {
  const [sumA, sumB] = [sum(a), sum(b)];
  if (sumA === 0 || sumB === 0) return sumA === sumB;
  const keys = new Set([...a.keys(), ...b.keys()]);
  if (sumA === 1 || sumB === 1) return [...keys].every(key => a.get(key) === b.get(key));
  return [...keys].every(key => {
    const [inA, inB] = [a.get(key) ?? 0, b.get(key) ?? 0];
    const share = (inA + inB) / (sumA + sumB);
    const deviation = Math.sqrt(share * (1 - share) * (1 / sumA + 1 / sumB));
    return Math.abs(inA / sumA - inB / sumB) <= 3 * deviation + SLACK;
  });
}

function outcome({ exit, code, body, redirect }: Transfer, blind: boolean): string {
  const path = String(body.path ?? '').split('?')[0];
  const { version, scheme, host, sni, headers } = body;
  return JSON.stringify([
    RESET[exit] ?? exit,
    code,
    blind ? null : (version ?? null),
    path,
    scheme ?? null,
    host ?? null,
    sni ?? null,
    Object.entries((headers ?? {}) as Record<string, string>).sort(),
    redirect ?? null,
  ]);
}

const isTcp = (row: LogRow) => row.req === '- - -';

function httpRows(probe: ProbeOutcome): Counts {
  const rows = probe.log.filter(row => !isTcp(row));
  return count(rows.map(row => `${row.code} ${row.flags} ${row.cluster}`));
}

function tcpRows({ probes }: Outcome): string {
  const rows = probes.flatMap(probe => probe.log.filter(isTcp));
  return [...new Set(rows.map(row => `${row.flags} ${row.cluster}`))].sort().join(', ');
}

function accepted(said: string): boolean {
  return said === 'ok' || said.startsWith('Warning');
}

/** The words that matter of a refusal: what stands before them names files and verbs. */
function gist(said: string): string {
  for (const mark of ['configuration is invalid: ', 'strict decoding error: ', 'is invalid: ']) {
    const from = said.indexOf(mark);
    if (from >= 0) return said.slice(from + mark.length, from + mark.length + 60);
  }
  return said.slice(0, 60);
}

function count(keys: readonly string[]): Counts {
  const counts: Counts = new Map();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function sum(counts: Counts): number {
  return [...counts.values()].reduce((total, each) => total + each, 0);
}

function show(counts: Counts): string {
  return [...counts].map(([key, times]) => `${times} x ${key}`).join(' + ') || 'nothing';
}
