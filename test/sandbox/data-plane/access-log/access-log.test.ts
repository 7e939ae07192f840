import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readAccessLog } from '../../../../src/probe/access-log.ts';
import { accessLogLine } from '../../../../src/sandbox/data-plane/access-log/access-log.ts';
import type { AccessLogEntry } from '../../../../src/sandbox/data-plane/contract.ts';
import type { Address } from '../../../../src/sandbox/rooms.ts';

const recorded = readFileSync(new URL('../../../fixtures/access-log.txt', import.meta.url), 'utf8').split(
  '\n',
);
const upstreamLocalOf = (line: string) => line.split(' ').at(-5) ?? '-';

test('a real sidecar’s lines come out again as they were recorded', () => {
  const lines = recorded.filter(line => readAccessLog(line).kind === 'access' && line.startsWith('['));
  expect(lines.length).toBeGreaterThan(5);
  for (const line of lines) expect(accessLogLine(entryOf(line))).toBe(line);
});

test('spaces in a transport failure become underscores', () => {
  const line = accessLogLine({
    ...entryOf(recorded.find(row => row.includes('"GET /tls')) ?? ''),
    transportFailure: 'TLS_error:|268435703:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER',
  });
  expect(line).toContain('"TLS_error:|268435703:SSL_routines:OPENSSL_internal:WRONG_VERSION_NUMBER"');
});

function entryOf(line: string): AccessLogEntry {
  const read = readAccessLog(line);
  if (read.kind !== 'access') throw new Error(`no access-log line: ${line}`);
  const { start, upstreamHost, downstreamLocal, downstreamRemote, userAgent, requestId, authority, ...same } =
    read.line;
  const host = addressOf(upstreamHost);
  const local = addressOf(upstreamLocalOf(line));
  return {
    ...same,
    // The reader takes '-' for nothing; written, nothing and an empty header differ.
    ...(userAgent && { userAgent }),
    ...(requestId && { requestId }),
    ...(authority && { authority }),
    start: new Date(start),
    downstreamLocal: addressOf(downstreamLocal) ?? { ip: '', port: 0 },
    downstreamRemote: addressOf(downstreamRemote) ?? { ip: '', port: 0 },
    ...(host === undefined ? {} : { upstreamHost: host }),
    ...(local === undefined ? {} : { upstreamLocal: local }),
  };
}

function addressOf(value: string): Address | undefined {
  const [ip, port] = value.split(':');
  return ip === undefined || port === undefined ? undefined : { ip, port: Number(port) };
}
