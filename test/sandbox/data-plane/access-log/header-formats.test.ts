import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatTime } from '../../../../src/sandbox/data-plane/access-log/format-time.ts';
import { type HttpProxy, startProxy } from '../http/http-proxy.ts';
import { staticCluster } from '../loopback.ts';

interface Recorded {
  readonly values: readonly (readonly [
    value: string,
    request: string | null,
    answer: string | null,
    timeout: string | null,
  ])[];
  readonly startTime: { readonly micros: number; readonly formats: Readonly<Record<string, string>> };
}

const recorded: Recorded = JSON.parse(
  readFileSync(new URL('../../../fixtures/header-formats.json', import.meta.url), 'utf8'),
);
const filled = recorded.values.map(([value], i) => ({ header: { key: `x-v-${i}`, value } }));

const HEADERS = [
  ...['x-a: Anabel', 'x-two: 1', 'x-two: 2', 'x-empty:', 'x-utf: Ã¤Ã¶Ã¼', 'user-agent: probe'],
  ...['content-type: text/x', 'content-length: 4', 'cookie: c=d', 'cookie: e=f', 'x-forwarded-for: 10.1.2.3'],
];
const post = (path: string, host: string) =>
  [`POST ${path} HTTP/1.1`, `Host: ${host}`, ...HEADERS, '', 'body'].join('\r\n');

let proxy: HttpProxy;
let answered: string;
let timedOut: string;

beforeAll(async () => {
  proxy = await startProxy({
    routes: [
      {
        name: 'slow-route',
        match: { prefix: '/slow' },
        route: { cluster: 'a', timeout: '0.15s' },
        response_headers_to_add: filled,
      },
      {
        name: 'the-route',
        match: { prefix: '/' },
        decorator: { operation: 'op' },
        metadata: { filter_metadata: { istio: { config: '/apis/x' } } },
        route: { cluster: 'a', timeout: '7s', prefix_rewrite: '/new/' },
        request_headers_to_add: filled,
        response_headers_to_add: filled,
      },
    ],
    clusters: [
      staticCluster('a', ['10.0.0.1:80'], {
        metadata: { filter_metadata: { istio: { config: '/apis/c', n: 1 } } },
      }),
    ],
    environment: { HOME: '/root', HOSTNAME: 'vm' },
    serve: {
      a: (head, socket) => {
        if (head.includes('/slow')) return;
        const cookies = 'set-cookie: a=1\r\nset-cookie: b=2\r\n';
        socket.write(
          `HTTP/1.1 201 Made\r\ncontent-type: text/y\r\nx-up: upper\r\n${cookies}content-length: 2\r\n\r\nok`,
        );
      },
    },
  });
  answered = await proxy.call(post('/p/q?a=b%20c&long=12345', 'Api.test:80'), /\r\n\r\nok$/);
  timedOut = await proxy.call(post('/slow', 'api.test'), /upstream request timeout$/);
});

afterAll(() => proxy.close());

/** The header that the i-th value made; addresses as the recording has them. */
function headerOf(text: string, i: number): string | null {
  const found = new RegExp(`^x-v-${i}: ?(.*)$`, 'm').exec(text)?.[1]?.replace(/\r$/, '');
  if (found === undefined) return null;
  return found.replace(/\d+\.\d+\.0\.\d+:\d+/g, 'ADDRESS').replace(/\b(?:127\.0|10\.\d+)\.0\.\d+/g, 'IP');
}

describe('header values are made as Envoy makes them', () => {
  const sent = () => proxy.seen.find(line => line.startsWith('a POST /new')) ?? '';
  it.each<[string, () => string, 1 | 2 | 3]>([
    ['of the request that goes on', sent, 1],
    ["of the upstream's answer", () => answered, 2],
    ["of the proxy's own answer", () => timedOut, 3],
  ])('%s', (_, text, column) => {
    const ours = recorded.values.map(([value], i) => [value, headerOf(text(), i)]);
    expect(ours).toEqual(recorded.values.map(row => [row[0], row[column]]));
  });
});

it('START_TIME is written in the format that it is given', () => {
  const { micros, formats } = recorded.startTime;
  const ours = Object.keys(formats).map(format => [format, formatTime(format, micros)]);
  expect(Object.fromEntries(ours)).toEqual(formats);
});

it.each([
  ['2021-01-03T00:00:00Z', '%U %V %W %G %u %w %I%p %j', '01 53 00 2020 7 0 12AM 003'],
  ['2024-12-30T12:05:09Z', '%U %V %W %g %e|%k|%l', '52 01 53 25 30|12|12'],
])('weeks and hours of %s in %s', (time, format, expected) => {
  expect(formatTime(format, Date.parse(time) * 1000)).toBe(expected);
});
