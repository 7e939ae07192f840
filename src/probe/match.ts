/**
 * Which log lines belong to which transfer. The sidecar's by the client's source port, requests on one connection
 * in order; so TLS pass-through, where no header can be seen, is certain too. The API's by the User-Agent. Pure.
 */
import { portOf } from './access-log.ts';
import type { ApiLine, CurlSide, Evidence, LogLine } from './evidence.ts';

/** The sidecar logged a connection and no request: TLS pass-through, TCP, the catch-all. */
export function isConnection(line: LogLine): boolean {
  return line.protocol === '' && line.method === '';
}

/** The lines of this call, in the order of its transfers, those that no transfer claims (redirects followed) last. */
export function linesOfCall(curl: CurlSide, userAgent: string, lines: readonly LogLine[]): LogLine[] {
  const ports = new Set(curl.transfers.map(transfer => transfer.localPort).filter(port => port > 0));
  const own = lines.filter(
    line =>
      ports.has(portOf(line.downstreamRemote)) ||
      (userAgent.startsWith('istio-tutor-') && line.userAgent === userAgent),
  );
  const claimed = new Set<LogLine>();
  for (const index of curl.transfers.keys()) {
    const line = lineAt(curl, own, index);
    if (line !== undefined) claimed.add(line);
  }
  return [...claimed, ...own.filter(line => !claimed.has(line))];
}

/** The sidecar's line of one transfer (index from 0), or undefined: none was made, or it has not come. */
export function lineOf(evidence: Evidence, index: number): LogLine | undefined {
  return evidence.sidecar.read ? lineAt(evidence.curl, evidence.sidecar.lines, index) : undefined;
}

function lineAt(curl: CurlSide, lines: readonly LogLine[], index: number): LogLine | undefined {
  const port = curl.transfers[index]?.localPort ?? 0;
  if (port === 0) return undefined;
  const here = lines.filter(line => portOf(line.downstreamRemote) === port);
  const connection = here.find(isConnection);
  if (connection !== undefined) return connection;
  const before = curl.transfers.slice(0, index).filter(transfer => transfer.localPort === port).length;
  return here.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))[before];
}

/** How many of the sidecar's lines are still to come: one a connection, or one a request where it reads HTTP. */
export function missingLines(curl: CurlSide, lines: readonly LogLine[]): number {
  const transfers = new Map<number, number>();
  for (const { localPort } of curl.transfers) {
    if (localPort > 0) transfers.set(localPort, (transfers.get(localPort) ?? 0) + 1);
  }
  let missing = 0;
  for (const [port, expected] of transfers) {
    const here = lines.filter(line => portOf(line.downstreamRemote) === port);
    if (!here.some(isConnection)) missing += Math.max(0, expected - here.length);
  }
  return missing;
}

/** How many of the API's lines are surely still to come: each answer of the API's own has one. */
export function missingApiLines(curl: CurlSide, lines: readonly ApiLine[]): number {
  const answers = countBy(curl.transfers.flatMap(transfer => transfer.body.api?.version ?? []));
  const seen = countBy(lines.map(line => line.version));
  return [...answers].reduce(
    (sum, [version, count]) => sum + Math.max(0, count - (seen.get(version) ?? 0)),
    0,
  );
}

export function countBy(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
