/**
 * A sidecar's lines whose client port is not the one that curl had. iptables redirects each connection to the sidecar's
 * one port; where the client's port is still taken there by an earlier connection to another address, the kernel gives
 * the new one a port of its own choice. Seen on kind: of 3,600 calls in half a minute 169. Pure.
 */
import { portOf } from './access-log.ts';
import type { CurlSide, LogLine } from './evidence.ts';

/** The client port of a line, as curl knows it. */
export function clientPortOf(line: LogLine): number {
  return line.clientPort ?? portOf(line.downstreamRemote);
}

/**
 * Lines that must belong to the call's connections without a line, with the port that curl had. `lost` are the ports
 * of these; `free` are lines of connections that are nobody else's. A line that could still be somebody else's is
 * left: where there are more of a kind than are missing, none is taken.
 */
export function renumbered(
  { transfers }: CurlSide,
  lost: readonly number[],
  free: readonly LogLine[],
): readonly LogLine[] {
  const kindOf = new Map(transfers.map(({ localPort, url }) => [localPort, kindOfUrl(url)]));
  const found: LogLine[] = [];
  for (const kind of new Set(lost.map(port => kindOf.get(port)))) {
    const missing = lost.filter(port => kindOf.get(port) === kind);
    const lines = free.filter(line => kindOfLine(line) === kind);
    const ports = [...new Set(lines.map(clientPortOf))];
    if (ports.length !== missing.length) continue;
    for (const line of lines) {
      const clientPort = missing[ports.indexOf(clientPortOf(line))] as number;
      found.push({ ...line, clientPort });
    }
  }
  return found;
}

/** What a connection is known by on both sides: the name that TLS asks for; '' for what is sent in clear text. */
function kindOfUrl(url: string): string {
  const { protocol, hostname } = URL.canParse(url) ? new URL(url) : { protocol: '', hostname: '' };
  return protocol === 'https:' ? hostname : '';
}

function kindOfLine({ sni }: LogLine): string {
  return sni === '-' ? '' : sni;
}
