/**
 * Which log lines belong to which transfer: the sidecar's by the client's source port, requests on one connection
 * in order, so that TLS pass-through, where no header can be seen, is found too; the API's by the User-Agent. Pure.
 */
import type { CurlSide, Evidence, LogLine } from './evidence.ts';
import { clientPortOf, renumbered } from './renumbered.ts';

/** What the User-Agent of a call begins with, unless the learner gave one. */
export const TAG = 'istio-tutor-';

/** The sidecar logged a connection but no request: TLS pass-through, TCP, the catch-all. */
export function isConnection(line: LogLine): boolean {
  return line.protocol === '' && line.method === '';
}

/**
 * The lines of this call, in the order of its transfers, those that no transfer claims (redirects followed) last.
 * `isAnothers` is given once all lines should be there: it says which ports are other calls', so that the lines of
 * connections without one are looked for among those that are nobody's.
 */
export function linesOfCall(
  curl: CurlSide,
  userAgent: string,
  lines: readonly LogLine[],
  isAnothers?: (port: number) => boolean,
): LogLine[] {
  const ports = new Set(curl.transfers.map(transfer => transfer.localPort).filter(port => port > 0));
  const isTagged = (line: LogLine) => userAgent.startsWith(TAG) && line.userAgent === userAgent;
  let own = lines.filter(line => ports.has(clientPortOf(line)) || isTagged(line));
  if (isAnothers !== undefined) {
    const there = new Set(own.map(clientPortOf));
    const lost = [...ports].filter(port => !there.has(port));
    const free = lines.filter(line => {
      const port = clientPortOf(line);
      return !ports.has(port) && (isTagged(line) || (isConnection(line) && !isAnothers(port)));
    });
    const found = lost.length === 0 ? [] : renumbered(curl, lost, free);
    const again = new Set(found.map(line => line.downstreamRemote));
    own = [...own.filter(line => !again.has(line.downstreamRemote)), ...found];
  }
  const claimed = new Set(linesByTransfer(curl, own).filter(line => line !== undefined));
  return [...claimed, ...own.filter(line => !claimed.has(line))];
}

/** What was already matched, so that a thousand calls are not matched a thousand times. */
const known = new WeakMap<Evidence, readonly (LogLine | undefined)[]>();

/** The sidecar's line of one transfer (index from 0), or undefined: none was made, or it has not come. */
export function lineOf(evidence: Evidence, index: number): LogLine | undefined {
  if (!evidence.sidecar.read) return undefined;
  const lines = known.get(evidence) ?? linesByTransfer(evidence.curl, evidence.sidecar.lines);
  known.set(evidence, lines);
  return lines[index];
}

/** For each transfer its line: that of its connection, or the one of its request in order on that connection. */
export function linesByTransfer(curl: CurlSide, lines: readonly LogLine[]): (LogLine | undefined)[] {
  const byPort = groupByPort(lines);
  for (const here of byPort.values())
    here.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  const alone = transfersByPort(curl);
  const used = new Map<number, number>();
  return curl.transfers.map(({ localPort }) => {
    if (localPort === 0) return undefined;
    const here = byPort.get(localPort) ?? [];
    const before = used.get(localPort) ?? 0;
    used.set(localPort, before + 1);
    // A transfer that followed redirects or tried again made several requests; its answer is the last one's.
    const own = alone.get(localPort) === 1 ? here.at(-1) : here[before];
    return here.find(isConnection) ?? own;
  });
}

/**
 * curl's exit code where a SOCKS proxy refused: in the sandbox, whose pods' network is behind one, the connection went
 * nowhere, and past the sidecar (sandbox/net/door.ts).
 */
const REFUSED_BY_SOCKS = 97;

function transfersByPort(curl: CurlSide): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { localPort, exit } of curl.transfers) {
    if (localPort > 0 && exit !== REFUSED_BY_SOCKS) counts.set(localPort, (counts.get(localPort) ?? 0) + 1);
  }
  return counts;
}

function groupByPort(lines: readonly LogLine[]): Map<number, LogLine[]> {
  const byPort = new Map<number, LogLine[]>();
  for (const line of lines) {
    const port = clientPortOf(line);
    const here = byPort.get(port);
    if (here === undefined) byPort.set(port, [line]);
    else here.push(line);
  }
  return byPort;
}

/** How many of the sidecar's lines are still to come: one per connection, or one per request where it reads HTTP. */
export function missingLines(curl: CurlSide, lines: readonly LogLine[]): number {
  const byPort = groupByPort(lines);
  let missing = 0;
  for (const [port, count] of transfersByPort(curl)) {
    const here = byPort.get(port) ?? [];
    if (!here.some(isConnection)) missing += Math.max(0, count - here.length);
  }
  return missing;
}

export function countBy(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
