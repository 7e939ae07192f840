/** Upgrades and CONNECT, as Envoy 1.39.3 served them with the connection manager that istiod sends. */
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Route } from '../../../../src/envoy/config.ts';
import { readLine } from '../log-line.ts';
import { type HttpProxy, received, request, type Serve, startProxy } from './http-proxy.ts';

let proxy: HttpProxy | undefined;
afterEach(() => {
  vi.useRealTimers();
  proxy?.close();
});

const EVERYTHING = { prefix: '/' };
const TAGGED = { response_headers_to_add: [{ header: { key: 'x-tag', value: '%RESPONSE_CODE%' } }] };
const toA: Route = { match: EVERYTHING, ...TAGGED, route: { cluster: 'a', timeout: '0s' } };
const ABORT = { 'envoy.filters.http.fault': { abort: { http_status: 418, percentage: { numerator: 100 } } } };

async function start(route: Route, serve?: Serve): Promise<HttpProxy> {
  proxy = await startProxy({
    routes: [route],
    manager: { upgrade_configs: [{ upgrade_type: 'websocket' }] },
    ...(serve && { serve: { a: serve } }),
  });
  return proxy;
}

const ask = (...more: readonly string[]) =>
  request('/', 'Connection: keep-alive, Upgrade', 'Upgrade: WebSocket', 'Sec-WebSocket-Key: abc', ...more);
const ACCEPT =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n';
const accept: Serve = (_head, socket) => {
  socket.write(`${ACCEPT}hello `);
  socket.on('data', chunk => socket.write(`echo ${chunk} `));
};
const answer = (text: string): Serve => {
  return (_head, socket) => socket.write(text);
};

const logged = async (of: HttpProxy) => {
  await of.until(() => of.lines.length > 0);
  const { code, flags, details } = readLine(of.lines[0] ?? '');
  return `${code} ${flags} ${details}`;
};
const lines = (text: string) => text.split('\r\n').filter(line => line !== '' && !line.startsWith('date'));

describe('an upgrade that the upstream accepts', () => {
  it('streams bytes both ways, those that came with the heads as well, for as long as both like', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const there = await start({ ...toA, route: { cluster: 'a', timeout: '1s' } }, accept);
    const app = await there.open();
    app.write(`${ask()}early`);
    const text = await received(app, /echo early /);
    expect(lines(text)).toEqual([
      ...['HTTP/1.1 101 Switching Protocols', 'upgrade: websocket', 'connection: Upgrade'],
      ...['sec-websocket-accept: x', 'x-tag: 101', 'server: envoy', 'hello echo early '],
    ]);
    expect(there.seen[0]?.split('\n').slice(0, 5)).toEqual([
      'a GET / HTTP/1.1',
      ...[
        'host: api.test',
        'connection: keep-alive, Upgrade',
        'upgrade: WebSocket',
        'sec-websocket-key: abc',
      ],
    ]);
    // The timeout was one for the answer.
    vi.advanceTimersByTime(60_000);
    const again = received(app, /echo late /);
    app.write('late');
    await again;
    app.end();
    expect(await logged(there)).toBe('101 DC downstream_remote_disconnect');
    expect(there.lines[0]).toMatch(/ 9 27 /);
    await there.until(() => there.seen.at(-1) === 'a closed');
  });

  it('ends with the upstream, which is a reset', async () => {
    const there = await start(toA, (_head, socket) => socket.end(`${ACCEPT}bye`));
    const app = await there.open();
    app.write(ask());
    await received(app, /bye$/);
    await new Promise(resolve => app.once('close', resolve));
    expect(await logged(there)).toBe('101 UC upstream_reset_after_response_started{connection_termination}');
  });
});

describe('an upgrade that comes to nothing', () => {
  const bare = (status: string, ...more: string[]) => [
    `HTTP/1.1 ${status}`,
    ...more,
    ...['server: envoy', 'connection: close'],
  ];
  it.each<[string, Route, Serve | undefined, readonly string[], string]>([
    [
      'an answer of success has its status only',
      toA,
      answer('HTTP/1.1 200 OK\r\nx-up: 1\r\ncontent-length: 2\r\n\r\nok'),
      [...bare('200 OK', 'x-tag: 0'), 'content-length: 0'],
      '200 - websocket_handshake_unsuccessful',
    ],
    [
      'a redirect has its Location',
      toA,
      answer('HTTP/1.1 302 Found\r\nlocation: /x\r\ncontent-length: 0\r\n\r\n'),
      [...bare('302 Found', 'x-tag: 0', 'location: /x'), 'content-length: 0'],
      '302 - websocket_handshake_unsuccessful',
    ],
    [
      'a refusal is passed on',
      toA,
      answer('HTTP/1.1 404 Not Found\r\nx-up: 1\r\ncontent-length: 2\r\n\r\nno'),
      [...bare('404 Not Found', 'x-up: 1', 'content-length: 2', 'x-tag: 404'), 'no'],
      '404 - via_upstream',
    ],
    [
      'an error is retried',
      { ...toA, route: { cluster: 'a', timeout: '0s', retry_policy: { retry_on: '5xx', num_retries: 1 } } },
      answer('HTTP/1.1 503 No\r\ncontent-length: 0\r\n\r\n'),
      bare('503 Service Unavailable', 'content-length: 0', 'x-tag: 503'),
      '503 URX via_upstream',
    ],
    [
      'silence is a timeout',
      { ...toA, route: { cluster: 'a', timeout: '0.02s' } },
      () => {},
      [
        ...bare('504 Gateway Timeout', 'x-tag: 0', 'content-length: 24', 'content-type: text/plain'),
        'upstream request timeout',
      ],
      '504 UT response_timeout',
    ],
    [
      'a redirect of the route',
      { match: EVERYTHING, redirect: { path_redirect: '/x' } },
      undefined,
      [...bare('301 Moved Permanently', 'location: http://api.test/x'), 'content-length: 0'],
      '301 - direct_response',
    ],
    [
      'no route',
      { ...toA, match: { prefix: '/other' } },
      undefined,
      [...bare('404 Not Found'), 'content-length: 0'],
      '404 NR route_not_found',
    ],
    [
      'an abort',
      { ...toA, typed_per_filter_config: ABORT },
      undefined,
      [
        ...bare('418 Unknown', 'x-tag: 0', 'content-length: 18', 'content-type: text/plain'),
        'fault filter abort',
      ],
      '418 FI fault_filter_abort',
    ],
  ])('%s', async (_, route, serve, expected, log) => {
    const there = await start(route, serve);
    const app = await there.open();
    app.write(ask());
    const text = await received(app, /\r\n\r\n/);
    await new Promise(resolve => app.once('close', resolve));
    expect(lines(text)).toEqual(expected);
    expect(await logged(there)).toBe(log);
  });

  it.each([
    ['another protocol on a route', toA, 'Upgrade: foo', 403, '403 - upgrade_failed'],
    ['several protocols', toA, 'Upgrade: foo, websocket', 403, '403 - upgrade_failed'],
    [
      'another protocol without a route',
      { ...toA, match: { prefix: '/x' } },
      'Upgrade: foo',
      404,
      '404 NR route_not_found',
    ],
    [
      'another protocol where the route answers',
      { match: EVERYTHING, direct_response: { status: 200 } },
      'Upgrade: foo',
      403,
      '403 - upgrade_failed',
    ],
    ['h2c is not taken up', toA, 'Upgrade: h2c', 200, '200 - via_upstream'],
  ] as const)('%s', async (_, route, upgrade, status, log) => {
    const there = await start(route);
    const text = await there.call(request('/', 'Connection: Upgrade', upgrade));
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(await logged(there)).toBe(log);
  });

  it('without "Connection: Upgrade" it is no upgrade', async () => {
    const there = await start(toA);
    expect(await there.call(request('/', 'Upgrade: websocket'))).toMatch(/^HTTP\/1.1 200 OK/);
    expect(there.seen[0]).not.toContain('upgrade');
  });
});

describe('CONNECT', () => {
  it.each([
    ['has no path that a route could match', 'api.test:443', [], 404, '404 NR route_not_found'],
    ['needs a port', 'api.test', [], 400, '400 DPE http1.invalid_url'],
    ['names no user', 'a@api.test:443', [], 400, '400 DPE http1.invalid_url'],
    ['has no body', 'api.test:443', ['content-length: 3'], 400, '400 DPE http1.body_disallowed'],
  ] as const)('%s', async (_, target, headers, status, log) => {
    const there = await start(toA);
    const text = await there.call(
      [`CONNECT ${target} HTTP/1.1`, 'Host: api.test', ...headers, '', 'abc'].join('\r\n'),
    );
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(text).toContain('connection: close');
    expect(await logged(there)).toBe(log);
    expect(there.seen).toEqual([]);
  });
});
