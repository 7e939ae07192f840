import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { portOf, readAccessLog } from '../../src/probe/access-log.ts';
import { readApiLog } from '../../src/probe/api-log.ts';

// A sidecar that wrote each line twice: in Istio's text format, and in its JSON encoding.
const log = readFileSync(join(import.meta.dirname, '../fixtures/access-log.txt'), 'utf8')
  .trim()
  .split('\n');

function read(text: string) {
  const found = readAccessLog(text);
  if (found.kind !== 'access') throw new Error(`${found.kind}: ${text}`);
  return found.line;
}

describe('the access log', () => {
  const access = log.filter(line => readAccessLog(line).kind === 'access');

  it('is told apart from the messages around it', () => {
    expect(log.filter(line => readAccessLog(line).kind === 'message')).toHaveLength(3);
    expect(access).toHaveLength(18);
  });

  it('is read whatever a route is called', () => {
    const line = access.find(each => each.startsWith('[')) ?? '';
    for (const name of ['the old door', 'a\r\x1b[2Jb', 'a\u2028b']) {
      expect(read(line.replace(/\S+$/, name))).toEqual({ ...read(line), route: name });
    }
    // More fields than Istio's format has are a format of somebody's own.
    expect(readAccessLog(`${line} "more"`).kind).toBe('unknown');
  });

  it('says the same in both formats', () => {
    const text = access.filter(line => line.startsWith('['));
    const json = access.filter(line => line.startsWith('{'));
    expect(text).toHaveLength(9);
    expect(json.map(read)).toEqual(text.map(read));
  });

  it('keeps what a request tells', () => {
    const line = access.find(text => text.includes('/tls HTTP/1.1')) ?? '';
    expect(read(line)).toEqual({
      start: '2026-11-23T12:27:04.272Z',
      method: 'GET',
      path: '/tls',
      protocol: 'HTTP/1.1',
      code: 503,
      flags: 'URX,UF',
      details:
        'upstream_reset_before_response_started{remote_connection_failure|TLS_error:|268435703:SSL_routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end}',
      termination: '-',
      transportFailure:
        'TLS_error:|268435703:SSL_routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end',
      bytesReceived: 0,
      bytesSent: 121,
      milliseconds: 58,
      userAgent: 'a "quoted" agent',
      requestId: 'af193386-6db6-4c82-8eea-4129a2a83680',
      authority: 'web',
      upstreamHost: '10.244.0.6:8080',
      cluster: 'outbound|80||web.mesh-network.svc.cluster.local',
      downstreamLocal: '10.96.115.93:80',
      downstreamRemote: '10.244.0.5:59578',
      sni: '-',
      route: '-',
    });
  });

  it('reads details with spaces, as older proxies write them', () => {
    const line = read(
      '[2024-01-01T00:00:00.000Z] "GET / HTTP/1.1" 503 UF upstream_reset_before_response_started{connection failure,TLS error: 268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED} closed by peer "TLS error: 268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED" 0 190 8 - "-" "curl" "id" "web" "10.0.0.1:443" outbound|443||web - 10.96.0.1:80 10.0.0.5:40000 - default',
    );
    expect(line.details).toBe(
      'upstream_reset_before_response_started{connection failure,TLS error: 268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED}',
    );
    expect([line.termination, line.route]).toEqual(['closed by peer', 'default']);
  });

  it.each([
    ['a format of somebody’s own', 'GET /data 200 12ms'],
    ['JSON with other fields', '{"status":200,"path":"/data"}'],
    ['half a line', '[2026-11-23T12:27:04.272Z] "GET /tls HTTP/1.1" 503'],
    ['broken JSON', '{"response_flags":'],
  ])('does not guess at %s', (_what, text) => {
    expect(readAccessLog(text).kind).toBe('unknown');
  });

  it.each([
    '2026-11-23T12:07:58.462739Z\tinfo\tEnvoy proxy is ready',
    '{"level":"info","time":"2026-11-23T12:07:58.462739Z","msg":"Envoy proxy is ready"}',
    '',
  ])('takes %j for a message', text => {
    expect(readAccessLog(text).kind).toBe('message');
  });
});

describe('addresses', () => {
  it.each([
    ['10.244.0.5:59578', 59578],
    ['[fd00::5]:443', 443],
    ['-', 0],
  ])('%s has port %i', (address, port) => {
    expect(portOf(address)).toBe(port);
  });
});

describe("the API's log", () => {
  it('is read line by line', () => {
    const text =
      '{"version":"stable","method":"GET","path":"/data","host":"api","scheme":"https","sni":"api","status":200,"ua":"x"}';
    const line = {
      version: 'stable',
      method: 'GET',
      path: '/data',
      host: 'api',
      scheme: 'https',
      sni: 'api',
      status: 200,
      ua: 'x',
    };
    expect(readApiLog(text, 'stable')).toEqual(line);
    expect(readApiLog(`2026-01-01T00:00:00.000000001Z ${text}`, 'stable')).toEqual(line);
  });

  it('is that of the server whose pod wrote it, whatever it calls itself', () => {
    const text = '{"version":"stable","path":"/data"}';
    expect(readApiLog(text, 'canary')).toMatchObject({ version: 'canary', claims: 'stable' });
  });

  it.each(['listening on 8080', '{"port":8080}', '{broken'])('leaves out %j', text => {
    expect(readApiLog(text, 'stable')).toBeNull();
  });
});
