/** Evidence in a few words, for a verdict's `found`. */
import type { Evidence, Transfer } from '../../probe/evidence.ts';
import { answers } from '../../probe/tallies.ts';

/** One transfer: '200 from stable, scheme https', '400 "Client sent an HTTP request..."', 'curl exit 35 (TLS)'. */
export function describeTransfer(transfer: Transfer): string {
  if (transfer.exit !== 0) {
    const status = transfer.code === 0 ? '' : `, status ${transfer.code}`;
    return `curl exit ${transfer.exit}${status}`;
  }
  const { api, text, unlogged } = transfer.body;
  if (api !== undefined) {
    const status =
      transfer.code === api.status ? String(transfer.code) : `${transfer.code} (the API said ${api.status})`;
    return `${status} from ${api.version}, scheme ${api.scheme}`;
  }
  if (unlogged) return `${transfer.code} with an answer that no server has logged`;
  return text === '' ? `${transfer.code}, empty` : `${transfer.code} "${short(text, 60)}"`;
}

/** A whole call: one transfer as above, many as a tally: 'stable 181, canary 19'. */
export function callWords(evidence: Evidence): string {
  const [first] = evidence.curl.transfers;
  if (first === undefined) return `curl exit ${evidence.curl.exit}, no transfer`;
  if (evidence.curl.transfers.length === 1) return describeTransfer(first);
  return answers(evidence)
    .map(t => `${t.label} ${t.count}`)
    .join(', ');
}

/** The same with the sidecar's side, for authors: what the log says of each transfer, the first ten of them. */
export function describeEvidence(evidence: Evidence): string {
  const { sidecar } = evidence;
  if (!sidecar.read) return `${callWords(evidence)}; no log: ${sidecar.why}`;
  const lines = sidecar.lines.slice(0, 10).map(({ code, flags, cluster }) => `${code} ${flags} ${cluster}`);
  return `${callWords(evidence)}; log ${lines.length === 0 ? 'empty' : lines.join(', ')}`;
}

export function short(text: string, length: number): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}
