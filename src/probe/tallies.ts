/** Counting many calls: who answered, who was asked again, who got a copy. Pure. */
import type { ApiLine, Evidence, Transfer } from './evidence.ts';
import { countBy, lineOf } from './match.ts';
import type { Tally } from './walk-types.ts';

/** What the caller saw, the most frequent first: 'stable', '503 UO', 'stable 404', 'exit 28'. */
export function answers(evidence: Evidence): Tally[] {
  const { transfers } = evidence.curl;
  const labels = transfers.map((transfer, index) =>
    answerLabel(transfer, lineOf(evidence, index)?.flags ?? '-'),
  );
  return tallies(countBy(labels), transfers.length);
}

/** What the caller saw of one call: 'stable', '503 UO', 'stable 404', 'exit 28'. */
export function answerLabel(transfer: Transfer, flags: string): string {
  if (transfer.exit !== 0 && transfer.code === 0) return `exit ${transfer.exit}`;
  const { version } = transfer.body.api ?? {};
  if (transfer.body.unlogged) return `${transfer.code} of no server`;
  if (version !== undefined) return transfer.code < 400 ? version : `${version} ${transfer.code}`;
  return flags === '-' ? String(transfer.code) : `${transfer.code} ${flags}`;
}

export interface Copies {
  /** Requests that a server saw besides those whose answers, or retries, the caller got. */
  readonly mirrored: readonly Tally[];
  /** Requests that servers saw for these calls, mirrored ones aside: more than the calls if the sidecar tried again. */
  readonly asked: number;
}

/**
 * Splits the API's lines that no answer accounts for into retries and mirrored requests. Envoy counts its attempts in
 * the header x-envoy-attempt-count, which the API's answer shows; a call that got no answer from the API may have
 * been tried any number of times, so failed requests are then retries and never taken for mirrored ones.
 */
export function copies(evidence: Evidence): Copies {
  if (!evidence.api.read) return { mirrored: [], asked: 0 };
  const { transfers } = evidence.curl;
  const answered = countBy(transfers.flatMap(transfer => transfer.body.api?.version ?? []));
  const left = new Map<string, ApiLine[]>();
  for (const line of evidence.api.lines) left.set(line.version, [...(left.get(line.version) ?? []), line]);
  for (const [version, count] of answered) {
    // The answers' own lines go first; the status tells them from earlier tries.
    const lines = [...(left.get(version) ?? [])].sort((a, b) => a.status - b.status);
    left.set(version, lines.slice(count));
  }
  let budget = furtherTries(evidence);
  const surplus = [...left.values()].flat().sort((a, b) => b.status - a.status);
  const copied: string[] = [];
  for (const line of surplus) {
    if (budget > 0) budget--;
    else copied.push(line.version);
  }
  return {
    mirrored: tallies(countBy(copied), transfers.length),
    asked: evidence.api.lines.length - copied.length,
  };
}

/** Requests besides the answered ones that may have been the sidecar's own tries; where retries ran out, any number. */
function furtherTries(evidence: Evidence): number {
  let tries = 0;
  for (const [index, transfer] of evidence.curl.transfers.entries()) {
    const line = lineOf(evidence, index);
    if (line !== undefined && /URX|UT/.test(line.flags)) return Number.POSITIVE_INFINITY;
    if (transfer.body.api !== undefined) tries += attempts(transfer) - 1;
    else if (line === undefined || line.upstreamHost !== '-') tries += 1;
  }
  return tries;
}

/** How often the sidecar tried, as Envoy tells the server that answered. */
export function attempts(transfer: Transfer): number {
  const count = Number(transfer.body.api?.headers['x-envoy-attempt-count'] ?? 1);
  return Number.isInteger(count) && count > 0 ? count : 1;
}

function tallies(counts: ReadonlyMap<string, number>, of: number): Tally[] {
  return [...counts].map(([label, count]) => ({ label, count, of })).sort((a, b) => b.count - a.count);
}
