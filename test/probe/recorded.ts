/**
 * What real Istio did, as evidence. The recordings (test/fixtures/recorded.json) hold what curl, the sidecar and
 * the API said of 214 calls; equal neighbours are stored once with a count. Source ports were not recorded, so
 * they are given here, in the order of the connections.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ApiLine, Evidence, LogLine, Transfer } from '../../src/probe/evidence.ts';

interface Counted {
  readonly n?: number;
}
interface RecordedTransfer extends Counted {
  readonly exit: number;
  readonly code: number;
  readonly err?: string;
  readonly conn: number;
  readonly redirect?: string;
  readonly body: {
    version?: string;
    scheme?: 'http' | 'https';
    host?: string;
    path?: string;
    sni?: string;
    text?: string;
  };
}
interface RecordedLine extends Counted {
  readonly req: string;
  readonly code: string;
  readonly flags: string;
  readonly details: string;
  readonly cluster: string;
  readonly auth: string;
  readonly sni: string;
  readonly route: string;
}
interface RecordedProbe {
  readonly curl: readonly string[];
  readonly exit: number;
  readonly transfers: readonly RecordedTransfer[];
  readonly log: readonly RecordedLine[];
  readonly upstream: Readonly<
    Record<string, readonly (Counted & Pick<ApiLine, 'path' | 'host' | 'scheme' | 'sni' | 'status'>)[]>
  >;
  readonly stderr?: string;
}
export interface Recorded {
  /** 'vs-mirror-100#1': the case, and which of its probes. */
  readonly name: string;
  readonly evidence: Evidence;
}

export function recorded(): Recorded[] {
  const path = join(import.meta.dirname, '../fixtures/recorded.json');
  const cases = JSON.parse(readFileSync(path, 'utf8')) as { name: string; probes: RecordedProbe[] }[];
  return cases.flatMap(({ name, probes }) =>
    probes.map((probe, index) => ({ name: `${name}#${index + 1}`, evidence: evidenceOf(probe) })),
  );
}

function evidenceOf(probe: RecordedProbe): Evidence {
  const raw = spread(probe.transfers);
  const logged = spread(probe.log);
  const url = probe.curl.find(word => /^https?:/.test(word)) ?? '';
  let port = 40_000;
  let at = 0;
  const transfers: Transfer[] = [];
  const lines: LogLine[] = [];
  for (const [index, transfer] of raw.entries()) {
    if (transfer.conn > 0) port++;
    // curl told the port of a connection that was used again; exit 6 made none.
    const localPort = transfer.exit === 6 ? 0 : port;
    const next = logged[at];
    const covered = lines.some(line => line.protocol === '' && line.downstreamRemote.endsWith(`:${port}`));
    if (localPort > 0 && next !== undefined && !covered) {
      lines.push(lineOfRecord(next, index, port, transfer));
      at++;
    }
    transfers.push(transferOf(transfer, url.replace(/\[1-\d+\]/, String(index + 1)), index, localPort));
  }
  return {
    provider: 'kind',
    curl: { argv: probe.curl, exit: probe.exit, transfers, message: probe.stderr ?? '', seconds: 0 },
    sidecar: { read: true, lines },
    api: {
      read: true,
      lines: Object.entries(probe.upstream).flatMap(([version, rows]) =>
        spread(rows).map((row, index) => ({
          ...row,
          path: counted(row.path, index),
          version,
          method: 'GET',
          ua: 'probe',
        })),
      ),
    },
  };
}

function transferOf(transfer: RecordedTransfer, url: string, index: number, localPort: number): Transfer {
  const { version, scheme = 'http', host = '', path = '', sni = '', text } = transfer.body;
  const api = {
    version: version ?? '',
    scheme,
    method: 'GET',
    host,
    path: counted(path, index),
    sni,
    status: transfer.code,
  };
  return {
    exit: transfer.exit,
    code: transfer.code,
    method: 'GET',
    url,
    body:
      version === undefined
        ? { text: text ?? '' }
        : { text: '{}', api: { ...api, clientCert: null, headers: {} } },
    error: transfer.err ?? null,
    localPort,
    connects: transfer.conn,
    seconds: 0,
    redirectUrl: transfer.redirect ?? null,
    headers: {},
  };
}

function lineOfRecord(row: RecordedLine, index: number, port: number, transfer: RecordedTransfer): LogLine {
  const [method = '', path = '', protocol = ''] = row.req.split(' ').map(word => (word === '-' ? '' : word));
  const cut = row.details.lastIndexOf(' ');
  // Not recorded: that bytes came back is known where curl read an answer or complained of its first bytes.
  const answered = transfer.exit === 0 || transfer.err?.includes('wrong version number') === true;
  const opened = row.cluster !== '-' && row.cluster !== 'BlackHoleCluster' && !/U[FHO]|NC|NR/.test(row.flags);
  const fromSidecar = /^(direct_response|fault_filter_abort|cors_response)/.test(row.details);
  return {
    start: new Date(index).toISOString(),
    method,
    path: counted(path, index),
    protocol,
    code: Number(row.code),
    flags: row.flags,
    details: row.details.slice(0, cut),
    termination: row.details.slice(cut + 1),
    transportFailure: '',
    bytesReceived: 0,
    bytesSent: answered ? 100 : 0,
    milliseconds: 0,
    userAgent: method === '' ? '' : 'probe',
    requestId: '',
    authority: row.auth,
    upstreamHost: opened && !fromSidecar ? '10.0.0.9:8443' : '-',
    cluster: row.cluster,
    downstreamLocal: '-',
    downstreamRemote: `10.0.0.5:${port}`,
    sni: row.sni,
    route: row.route,
  };
}

function spread<T extends Counted>(rows: readonly T[]): T[] {
  return rows.flatMap(row => Array.from({ length: row.n ?? 1 }, () => row));
}

function counted(path: string, index: number): string {
  return path.replace('{i}', String(index + 1));
}
