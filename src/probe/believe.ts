/**
 * Which answers are the API's own. Anyone who may write configuration can make the sidecar answer in the API's
 * words, and anyone who may change a server can make it answer in another one's name; so an answer counts only
 * when the log of the server that it names has the request. Pure.
 */
import type { ApiAnswer, ApiLine, CurlSide, Evidence, LogLine, Side, Transfer } from './evidence.ts';
import { linesByTransfer } from './match.ts';

/** How many of the API's lines must still come: one for each answer, unless that is known to be made up. */
export function missingApiLines(
  curl: CurlSide,
  api: readonly ApiLine[],
  sidecar: readonly LogLine[],
): number {
  const without = unlogged(curl, api);
  if (without.length === 0) return 0;
  const lines = linesByTransfer(curl, sidecar);
  const pretending = [...api];
  return without.filter(index => {
    if (lines[index]?.upstreamHost === '-') return false;
    const answer = curl.transfers[index]?.body.api;
    const at = pretending.findIndex(line => line.claims !== undefined && line.claims === answer?.version);
    if (at >= 0) pretending.splice(at, 1);
    return at < 0;
  }).length;
}

/** The call, with only those answers taken for the API's that a line of its log accounts for. */
export function believed(curl: CurlSide, api: readonly ApiLine[]): CurlSide {
  const without = new Set(unlogged(curl, api));
  if (without.size === 0) return curl;
  const transfers = curl.transfers.map((transfer, index): Transfer => {
    if (!without.has(index)) return transfer;
    return { ...transfer, body: { text: transfer.body.text, unlogged: true } };
  });
  return { ...curl, transfers };
}

/** The answers (index of the transfer) that no server's log accounts for. A line accounts for one answer. */
function unlogged(curl: CurlSide, api: readonly ApiLine[]): number[] {
  const left = new Map<string, number>();
  for (const line of api) left.set(facts(line), (left.get(facts(line)) ?? 0) + 1);
  return curl.transfers.flatMap(({ body }, index) => {
    if (body.api === undefined) return [];
    const key = facts(body.api);
    const count = left.get(key) ?? 0;
    left.set(key, count - 1);
    return count > 0 ? [] : [index];
  });
}

function facts({ version, method, path, host, scheme, sni, status }: ApiLine | ApiAnswer): string {
  return [version, method, path, host, scheme, sni, status].join(' ');
}

const known = new WeakMap<Evidence, readonly boolean[]>();

/**
 * Whether the request of transfer `index` reached a server that answered it. An answer without the API's JSON (to HEAD,
 * or a body that curl did not print) is known by a line with its status that no other answer accounts for.
 */
export function arrived(evidence: Evidence, index: number): boolean {
  const all = known.get(evidence) ?? arrivals(evidence.curl, evidence.api);
  known.set(evidence, all);
  return all[index] === true;
}

function arrivals({ transfers }: CurlSide, api: Side<ApiLine>): boolean[] {
  const left = new Map<number, number>();
  const add = (status: number, count: number) => left.set(status, (left.get(status) ?? 0) + count);
  for (const { status } of api.read ? api.lines : []) add(status, 1);
  for (const { body } of transfers) if (body.api !== undefined) add(body.api.status, -1);
  return transfers.map(({ body, code }) => {
    if (body.api !== undefined) return true;
    if (body.unlogged || (left.get(code) ?? 0) <= 0) return false;
    add(code, -1);
    return true;
  });
}
