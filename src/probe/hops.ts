/** The four hops of one transfer, and what is shown below each. Pure. */
import { portOf } from './access-log.ts';
import type { Evidence, LogLine, Transfer } from './evidence.ts';
import type { Finding } from './finding.ts';
import { isConnection } from './match.ts';
import type { Hop, HopState } from './walk-types.ts';

export const ORDER = ['app', 'sidecar', 'cluster', 'api'] as const;

/** What became of one transfer. */
export interface Found {
  readonly finding: Finding;
  readonly transfer: Transfer;
  readonly line: LogLine | undefined;
}

export function bad(transfer: Transfer): boolean {
  return transfer.exit !== 0 || transfer.code >= 400;
}

/** Who this walk ends at: the answer's own word; else the API's log, when only one server was asked. */
export function versions(evidence: Evidence, transfer: Transfer): string[] {
  const all = evidence.curl.transfers;
  const answered = [...new Set(all.flatMap(one => one.body.api?.version ?? []))];
  if (!bad(transfer) && answered.length > 0) return answered;
  if (transfer.body.api !== undefined) return [transfer.body.api.version];
  const logged = evidence.api.read ? [...new Set(evidence.api.lines.map(line => line.version))] : [];
  return logged.length === 1 && all.length === 1 ? logged : [];
}

export function hopsOf({ finding, transfer, line }: Found, seen: readonly string[]): Hop[] {
  const end = ORDER.indexOf(finding.reached);
  return ORDER.map((id, index) => {
    if (index > end) return hop(id, 'not-reached', [], seen);
    const note = index === end && finding.note !== null ? [finding.note] : [];
    const state: HopState = index === end && finding.failed ? 'failed' : 'passed';
    return hop(id, state, [...facts(id, transfer, line, state), ...note].slice(0, 3), seen);
  });
}

export function unknownHops(transfer: Transfer, seen: readonly string[], api?: Evidence['api']): Hop[] {
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

export function hop(
  id: Hop['id'],
  state: HopState,
  notes: readonly string[],
  seen: readonly string[] = [],
): Hop {
  return { id, title: id === 'api' ? apiTitle(seen) : id, state, notes, by: null, wire: null };
}

function apiTitle(seen: readonly string[]): string {
  if (seen.length === 0) return 'API';
  return seen.length === 1 && seen[0] === 'catalog' ? 'catalog' : `API ${seen.join(', ')}`;
}

/** What is shown below a hop that the call reached. */
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

const CATCH_ALL: ReadonlySet<string> = new Set(['PassthroughCluster', 'BlackHoleCluster']);

/** The cluster of what no configuration names. */
export const isCatchAll = ({ cluster }: LogLine) => CATCH_ALL.has(cluster);

function chosenBy(line: LogLine, transfer: Transfer): string[] {
  if (line.sni !== '-') {
    // What no filter chain names goes to one of these two, whatever the hello says.
    if (isCatchAll(line)) return ['no SNI matched'];
    return [line.sni === hostOf(transfer.url) ? 'chosen by SNI' : `SNI ${line.sni}`];
  }
  return line.route === '-' || line.route === 'default' ? [] : [`route ${line.route}`];
}

/** The host of a URL as it was given to curl, in lower case. */
export function hostOf(url: string): string {
  return /^(?:\w+:\/\/)?(?:[^@/]*@)?([^:/?#]+)/.exec(url)?.[1]?.toLowerCase() ?? '';
}

/** 'outbound|443||api.safedata-zone.io' fits into 34 columns; a longer name is split before the host. */
function clusterNotes(line: LogLine): string[] {
  const { cluster, upstreamHost } = line;
  const cut = cluster.lastIndexOf('|') + 1;
  const name = cluster.length > 34 && cut > 0 ? [cluster.slice(0, cut), cluster.slice(cut)] : [cluster];
  return upstreamHost === '-' ? name : [...name, upstreamHost];
}
