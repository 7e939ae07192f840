/** The four hops of many transfers: every cluster with its share, and where some ended and the others did not. Pure. */
import type { Evidence, LogLine, Transfer } from './evidence.ts';
import { find, withoutConnection } from './finding.ts';
import { bad, type Found, hopsOf, versions } from './hops.ts';
import { countBy, lineOf } from './match.ts';
import type { Hop } from './walk-types.ts';

/** `told` is the transfer that the sentence is about: the first that failed, or the first. */
export function hopsOfMany(evidence: Evidence, told: Found): Hop[] {
  const all = evidence.curl.transfers.map((_, index) => foundAt(evidence, index));
  const failed = all.filter(({ transfer }) => bad(transfer));
  const well = all.filter(({ transfer }) => !bad(transfer));
  const shown = failed.length === 0 ? told : (well.find(({ line }) => line !== undefined) ?? well[0] ?? told);
  return hopsOf(shown, versions(evidence, shown.transfer)).map(hop => {
    const passed = withShares(hop, evidence);
    const here = shown === told ? [] : failed.filter(({ finding }) => finding.reached === hop.id);
    if (here.length === 0) return passed;
    const why = new Set(here.map(({ finding }) => finding.note ?? 'failed'));
    const note = `${here.length} of ${all.length}: ${why.size === 1 ? [...why][0] : 'failed'}`;
    return { ...passed, state: 'partly', notes: [...passed.notes.slice(0, 2), note] };
  });
}

function foundAt(evidence: Evidence, index: number): Found {
  const transfer = evidence.curl.transfers[index] as Transfer;
  const line = lineOf(evidence, index);
  return { finding: line === undefined ? withoutConnection(transfer) : find(transfer, line), transfer, line };
}

/** The path is shown without its query, which is what numbers the calls. */
function withShares(hop: Hop, evidence: Evidence): Hop {
  if (hop.state === 'not-reached') return hop;
  if (hop.id === 'api') return { ...hop, notes: hop.notes.map(note => note.replace(/^(\/[^?]*)\?.*/, '$1')) };
  return hop.id === 'cluster'
    ? { ...hop, notes: clustersOf(evidence) ?? withEndpoints(hop.notes, evidence) }
    : hop;
}

/** One cluster: the address of its one endpoint, or how many of them were met. */
function withEndpoints(notes: readonly string[], evidence: Evidence): readonly string[] {
  const met = new Set(linesOf(evidence).map(line => line.upstreamHost));
  met.delete('-');
  return met.size > 1 ? notes.map(note => (met.has(note) ? `${met.size} endpoints` : note)) : notes;
}

function linesOf(evidence: Evidence): LogLine[] {
  return evidence.curl.transfers.flatMap((_, index) => lineOf(evidence, index) ?? []);
}

/**
 * '37 x outbound|80|stable|', the most frequent first; a host that all of them share is shown once, below them. Null
 * unless there are several.
 */
function clustersOf(evidence: Evidence): string[] | null {
  const named = linesOf(evidence).map(line => line.cluster);
  const groups = [...countBy(named.filter(name => name !== '-'))].sort((a, b) => b[1] - a[1]);
  if (groups.length < 2) return null;
  const cut = (name: string) => name.lastIndexOf('|') + 1;
  const hosts = new Set(groups.map(([name]) => name.slice(cut(name))));
  const [host] = hosts;
  const one = hosts.size === 1 && host !== undefined && groups.every(([name]) => cut(name) > 0);
  const counted = groups
    .slice(0, 3)
    .map(([name, count]) => `${count} x ${one ? name.slice(0, cut(name)) : name}`);
  return one ? [...counted, host] : counted;
}
