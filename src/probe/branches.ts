/** Where a call forks: many calls that went different ways, copies of them, and tries one after the other. Pure. */
import type { ApiLine, Evidence, Transfer } from './evidence.ts';
import { find, withoutConnection } from './finding.ts';
import { bad } from './hops.ts';
import { lineOf } from './match.ts';
import { answerLabel, attempts, copies } from './tallies.ts';
import type { Branch } from './walk-types.ts';

/** Most calls first, then copies; the tries of one call in their order. Empty where all went one way. */
export function branchesOf(evidence: Evidence): readonly Branch[] {
  const { mirrored } = copies(evidence);
  const ways = [...waysTaken(evidence), ...mirrored.map(copyBranch)];
  if (ways.length > 1) return ways;
  const tries = triesOf(evidence);
  return tries.length > 1 ? tries : [];
}

function waysTaken(evidence: Evidence): Branch[] {
  const { transfers } = evidence.curl;
  const found = new Map<string, Branch & { count: number }>();
  for (const [index, transfer] of transfers.entries()) {
    const branch = branchOf(evidence, index, transfer);
    const key = JSON.stringify([branch.cluster, branch.target, branch.reached]);
    const known = found.get(key);
    if (known === undefined) found.set(key, { ...branch });
    else known.count++;
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}

function branchOf(evidence: Evidence, index: number, transfer: Transfer): Branch {
  const line = lineOf(evidence, index);
  const finding = line === undefined ? withoutConnection(transfer) : find(transfer, line);
  const label = answerLabel(transfer, line?.flags ?? '-');
  const { version } = transfer.body.api ?? {};
  return {
    ...{ kind: bad(transfer) ? 'failed' : 'answered', count: 1, of: evidence.curl.transfers.length },
    cluster: line === undefined || line.cluster === '-' ? '' : line.cluster,
    target: version === undefined ? label : `API ${label}`,
    reached: finding.reached,
    note: finding.note ?? '',
  };
}

function copyBranch({ label, count, of }: { label: string; count: number; of: number }): Branch {
  return {
    kind: 'copy',
    count,
    of,
    cluster: '',
    target: `API ${label}`,
    reached: 'api',
    note: 'nobody waits for it',
  };
}

/** What the servers saw of one call: each of its tries that came as far as a server, in order. */
function triesOf(evidence: Evidence): Branch[] {
  const [transfer, ...more] = evidence.curl.transfers;
  if (transfer === undefined || more.length > 0 || !evidence.api.read) return [];
  const { lines } = evidence.api;
  if (lines.length < 2 || attempts(transfer) < lines.length) return [];
  const cluster = lineOf(evidence, 0)?.cluster ?? '';
  return lines.map((line: ApiLine, at) => ({
    ...{ kind: line.status >= 400 ? 'failed' : 'answered', count: at + 1, of: lines.length, cluster },
    ...{ target: `API ${line.version} ${line.status}`, reached: 'api', note: '', try: true },
  }));
}
