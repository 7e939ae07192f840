import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RouteAction } from '../../../../src/envoy/config.ts';
import { type Lab, startLab } from './http-lab.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await startLab();
});
afterEach(() => lab.close());

const everything = { match: { prefix: '/' } };
const route = (action: RouteAction) =>
  lab.routes([{ ...everything, route: { cluster: 'main', timeout: '0s', ...action } }]);
const answers =
  (...statuses: number[]) =>
  (_: unknown, response: { writeHead(status: number): { end(text: string): void } }) =>
    response.writeHead(statuses.shift() ?? 200).end('answer');

test('retryOn 5xx tries again and counts the attempts', async () => {
  route({ retry_policy: { retry_on: '5xx', num_retries: 3 } });
  lab.serve = answers(503, 500);
  expect((await lab.get()).status).toBe(200);
  const counts = lab.seen.map(({ headers }) => headers.find(line => line.includes('attempt-count')));
  expect(counts).toEqual([
    'x-envoy-attempt-count: 1',
    'x-envoy-attempt-count: 2',
    'x-envoy-attempt-count: 3',
  ]);
  expect(await lab.line()).toMatchObject({ code: 200, flags: '-' });
  expect(lab.main.retries).toBe(0);
});

test('used-up retries pass the last answer on with URX', async () => {
  route({ retry_policy: { retry_on: 'gateway-error,retriable-4xx', num_retries: 1 } });
  lab.serve = answers(503, 409, 200);
  expect((await lab.get()).status).toBe(409);
  expect(await lab.line()).toMatchObject({ code: 409, flags: 'URX', details: 'via_upstream' });
});

test('the default policy does not retry a 503 of the API', async () => {
  route({
    retry_policy: { retry_on: 'connect-failure,refused-stream,unavailable,cancelled', num_retries: 2 },
  });
  lab.serve = answers(503);
  expect((await lab.get()).status).toBe(503);
  expect(lab.seen).toHaveLength(1);
});

test('retriable-status-codes retries the codes that it names', async () => {
  route({
    retry_policy: { retry_on: 'retriable-status-codes', num_retries: 2, retriable_status_codes: [418] },
  });
  lab.serve = answers(418, 500);
  expect((await lab.get()).status).toBe(500);
  expect(lab.seen).toHaveLength(2);
});

test('connections that fail are retried; the reply tells the last reason, the log also the transport’s', async () => {
  route({ retry_policy: { retry_on: 'connect-failure', num_retries: 2 } });
  lab.main.failure = {
    flag: 'UF',
    reason: 'remote connection failure',
    transportFailure: 'TLS_error:|268435703:SSL routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end',
    host: lab.main.host,
  };
  const answer = await lab.get();
  expect(answer.body).toBe(
    'upstream connect error or disconnect/reset before headers. retried and the latest reset reason: remote connection failure',
  );
  expect(answer.headers.map(header => header.split(':')[0])).toEqual([
    'content-length',
    'content-type',
    'date',
    'server',
  ]);
  expect(lab.main.sent).toHaveLength(3);
  expect((await lab.line()).text).toContain(
    '503 URX,UF upstream_reset_before_response_started{remote_connection_failure|TLS_error:|268435703:SSL_routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end} - "TLS_error:|268435703:SSL_routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end" 0 121 ',
  );
});

test('overflow is not retried and says that the pool is overloaded', async () => {
  route({ retry_policy: { retry_on: '5xx,reset', num_retries: 2 } });
  lab.main.failure = { flag: 'UO', reason: 'overflow', transportFailure: '', host: null };
  const answer = await lab.get();
  expect(answer.headers[0]).toBe('x-envoy-overloaded: true');
  expect(lab.main.sent).toHaveLength(1);
  expect(await lab.line()).toMatchObject({
    code: 503,
    flags: 'UO',
    details: 'upstream_reset_before_response_started{overflow}',
  });
});

test('no host is UH, a protocol error 502', async () => {
  route({});
  lab.main.failure = { flag: 'UH', reason: '', transportFailure: '', host: null };
  expect(await lab.get()).toMatchObject({ status: 503, body: 'no healthy upstream' });
  expect(await lab.line()).toMatchObject({ flags: 'UH', details: 'no_healthy_upstream', cluster: 'main' });
  lab.main.failure = { flag: 'UPE', reason: 'protocol error', transportFailure: '', host: null };
  expect((await lab.get()).status).toBe(502);
  expect(await lab.line(2)).toMatchObject({ flags: 'UPE' });
});

test('a full max_retries ends the retrying with UO', async () => {
  route({ retry_policy: { retry_on: '5xx', num_retries: 2 } });
  lab.main.maxRetries = 0;
  lab.serve = answers(503);
  expect((await lab.get()).status).toBe(503);
  expect(await lab.line()).toMatchObject({ flags: 'UO', details: 'via_upstream' });
});

test('hosts of earlier tries are named to be avoided where the policy says so', async () => {
  const retry_policy = { retry_on: '5xx', num_retries: 1 };
  const retry_host_predicate = [{ name: 'envoy.retry_host_predicates.previous_hosts' }];
  route({ retry_policy: { ...retry_policy, retry_host_predicate } });
  lab.serve = answers(503);
  await lab.get();
  expect(lab.main.sent.map(({ options }) => options.avoid)).toEqual([undefined, [lab.main.host]]);
});

test('the route’s timeout cuts a slow answer, and tells the upstream beforehand', async () => {
  route({ timeout: '0.050s' });
  lab.serve = () => {};
  expect(await lab.get()).toMatchObject({ status: 504, body: 'upstream request timeout' });
  expect(lab.seen[0]?.headers).toContain('x-envoy-expected-rq-timeout-ms: 50');
  expect(await lab.line()).toMatchObject({ flags: 'UT', details: 'response_timeout', cluster: 'main' });
  expect((await lab.line()).upstreamHost).toMatch(/^127.0.0.1:/);
  expect(lab.main.resets).toEqual(['timeout']);
});

test('a try’s own timeout is a reset that 5xx retries', async () => {
  route({ retry_policy: { retry_on: '5xx', num_retries: 1, per_try_timeout: '0.050s' } });
  lab.serve = () => {};
  expect((await lab.get()).status).toBe(504);
  expect(await lab.line()).toMatchObject({ flags: 'URX,UT', details: 'upstream_per_try_timeout' });
  expect(lab.seen).toHaveLength(2);
});

test('the default policy does not retry a try that took too long', async () => {
  route({ retry_policy: { retry_on: 'connect-failure', num_retries: 1, per_try_timeout: '0.050s' } });
  lab.serve = () => {};
  expect((await lab.get()).status).toBe(504);
  expect(await lab.line()).toMatchObject({ flags: 'UT', details: 'upstream_per_try_timeout' });
  expect(lab.seen).toHaveLength(1);
});

test('a retried request carries its body again', async () => {
  route({ retry_policy: { retry_on: '5xx', num_retries: 1 } });
  lab.serve = answers(503);
  await lab.call('POST / HTTP/1.1\r\nHost: api.test\r\nContent-Length: 4\r\n\r\nbody');
  expect(lab.seen.map(({ body }) => body)).toEqual(['body', 'body']);
  expect(await lab.line()).toMatchObject({ bytesReceived: 4 });
});

test('past the buffer’s limit a request is not retried', async () => {
  route({ retry_policy: { retry_on: '5xx', num_retries: 1 } });
  lab.serve = answers(503);
  const body = 'x'.repeat(1_100_000);
  const answer = await lab.call(
    `POST / HTTP/1.1\r\nHost: api.test\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
  );
  expect(answer.status).toBe(503);
  expect(lab.seen[0]?.body.length).toBe(body.length);
  expect(lab.seen).toHaveLength(1);
});

test('rewrites change path and host, and keep what was in headers of their own', async () => {
  lab.routes([
    {
      match: { prefix: '/v2/data' },
      route: { cluster: 'main', prefix_rewrite: '/data', host_rewrite_literal: 'new.test' },
    },
    {
      match: { prefix: '/r' },
      route: {
        cluster: 'main',
        regex_rewrite: { pattern: { regex: '^/r/(.*)$' }, substitution: '/\\1/x' },
      },
    },
  ]);
  await lab.get('/v2/database?q=1');
  expect(lab.seen[0]?.url).toBe('/database?q=1');
  expect(lab.seen[0]?.headers).toEqual(
    expect.arrayContaining([
      'host: new.test',
      'x-envoy-original-path: /v2/database?q=1',
      'x-envoy-original-host: api.test',
    ]),
  );
  expect(await lab.line()).toMatchObject({ path: '/v2/database?q=1', authority: 'new.test' });
  await lab.get('/r/a?q=1');
  expect(lab.seen[1]?.url).toBe('/a/x?q=1');
});

test('weighted clusters are drawn, each with its own headers', async () => {
  const set = (value: string) => [
    { header: { key: 'x-to', value }, append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' as const },
  ];
  const clusters = [
    { name: 'main', weight: 90, request_headers_to_add: set('90') },
    { name: 'main', weight: 10, request_headers_to_add: set('10') },
    { name: 'other' },
  ];
  lab.routes([{ ...everything, route: { weighted_clusters: { clusters } } }]);
  for (const draw of [0, 0.89, 0.9, 0.99]) {
    lab.random = () => draw;
    await lab.get();
  }
  expect(lab.seen.map(({ headers }) => headers.find(line => line.startsWith('x-to')))).toEqual([
    'x-to: 90',
    'x-to: 90',
    'x-to: 10',
    'x-to: 10',
  ]);
});

test('header operations as recorded: what is set moves to the end, what is removed is gone, server stays', async () => {
  const overwrite = { append_action: 'OVERWRITE_IF_EXISTS_OR_ADD' as const };
  lab.routes([
    {
      ...everything,
      route: { cluster: 'main' },
      request_headers_to_remove: ['x-gone'],
      request_headers_to_add: [
        { header: { key: 'x-two', value: 'b' } },
        { header: { key: 'x-set', value: '%PROTOCOL% %REQ(x-gone)%' }, ...overwrite },
      ],
      response_headers_to_add: [
        { header: { key: 'server', value: 'mine' }, ...overwrite },
        { header: { key: 'x-res', value: '1' } },
      ],
      response_headers_to_remove: ['content-length'],
    },
  ]);
  const answer = await lab.get('/', 'x-two: a', 'x-set: 0', 'x-gone: 1');
  expect(answer.headers.map(header => header.replace(/^date.*/, 'date'))).toEqual([
    'date',
    expect.stringMatching(/^x-envoy-upstream-service-time: \d+$/),
    'server: envoy',
    'x-res: 1',
    'transfer-encoding: chunked',
  ]);
  expect(answer.body).toBe('hello');
  expect(lab.seen[0]?.headers.filter(line => /^x-(two|set|gone|envoy-attempt)/.test(line))).toEqual([
    'x-two: a',
    'x-envoy-attempt-count: 1',
    'x-set: HTTP/1.1 1',
    'x-two: b',
  ]);
});

test('the route’s operation goes along', async () => {
  lab.routes([
    { ...everything, route: { cluster: 'main', timeout: '0s' }, decorator: { operation: 'api.test:80/*' } },
  ]);
  await lab.get();
  expect(lab.seen[0]?.headers.slice(-3, -1)).toEqual([
    'x-envoy-decorator-operation: api.test:80/*',
    'x-envoy-attempt-count: 1',
  ]);
});

test('a header beyond ASCII is matched as the UTF-8 that it is', async () => {
  const string_match = { safe_regex: { regex: '(?i)ä.b' } };
  lab.routes([
    { match: { prefix: '/', headers: [{ name: 'x-user', string_match }] }, route: { cluster: 'main' } },
  ]);
  expect((await lab.get('/', 'x-user: Ä€B')).status).toBe(200);
  expect((await lab.get('/', 'x-user: A€B')).status).toBe(404);
});
