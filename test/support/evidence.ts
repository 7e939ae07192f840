import type { ApiAnswer, ApiLine, Evidence, LogLine, Transfer } from '../../src/probe/evidence.ts';

/** Evidence for tests: whole objects from the few facts that a test is about. */

function apiAnswer(facts: Partial<ApiAnswer> = {}): ApiAnswer {
  return {
    version: 'stable',
    scheme: 'http',
    method: 'GET',
    host: 'api.safedata-zone.io',
    path: '/v2/data',
    sni: '',
    status: 200,
    clientCert: null,
    headers: {},
    ...facts,
  };
}

let port = 40_000;

export function transfer(
  facts: Partial<Transfer> & { api?: Partial<ApiAnswer>; text?: string } = {},
): Transfer {
  const { api, text, ...rest } = facts;
  const answer = api === undefined ? undefined : apiAnswer(api);
  const body = answer === undefined ? { text: text ?? '' } : { text: JSON.stringify(answer), api: answer };
  return {
    exit: 0,
    code: 200,
    method: 'GET',
    url: 'http://api.safedata-zone.io/v2/data',
    body,
    error: null,
    localPort: port++,
    connects: 1,
    seconds: 0.01,
    redirectUrl: null,
    headers: {},
    ...rest,
  };
}

/** The sidecar's line of a transfer. */
export function logLine(of: Transfer, facts: Partial<LogLine> = {}): LogLine {
  return {
    start: '2026-11-23T12:00:00.000Z',
    method: 'GET',
    path: '/v2/data',
    protocol: 'HTTP/1.1',
    code: of.code,
    flags: '-',
    details: 'via_upstream',
    termination: '-',
    transportFailure: '',
    bytesReceived: 0,
    bytesSent: 0,
    milliseconds: 1,
    userAgent: 'istio-tutor-1',
    requestId: '',
    authority: 'api.safedata-zone.io',
    upstreamHost: '10.0.0.1:8080',
    cluster: 'outbound|80||api.safedata-zone.io',
    downstreamLocal: '10.0.0.1:80',
    downstreamRemote: `10.1.0.1:${of.localPort}`,
    sni: '-',
    route: '-',
    ...facts,
  };
}

export function apiLine(version: string, facts: Partial<ApiLine> = {}): ApiLine {
  return {
    version,
    method: 'GET',
    path: '/v2/data',
    host: 'api.safedata-zone.io',
    scheme: 'http',
    sni: '',
    status: 200,
    ua: 'istio-tutor-1',
    ...facts,
  };
}

export function evidence(
  transfers: readonly Transfer[],
  lines: readonly LogLine[] | null = [],
  api: readonly ApiLine[] | null = [],
): Evidence {
  const failed = transfers.find(t => t.exit !== 0);
  return {
    provider: 'test',
    curl: {
      argv: [transfers[0]?.url ?? ''],
      exit: failed?.exit ?? 0,
      transfers,
      message: '',
      seconds: 0.01,
    },
    sidecar: lines === null ? { read: false, why: 'the log could not be read' } : { read: true, lines },
    api: api === null ? { read: false, why: 'the log could not be read' } : { read: true, lines: api },
  };
}
