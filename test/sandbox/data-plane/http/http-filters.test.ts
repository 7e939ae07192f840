import { afterEach, beforeEach, expect, test } from 'vitest';
import type { CorsPolicy, HttpFault, MirrorPolicy } from '../../../../src/envoy/config.ts';
import { type Lab, startLab } from './http-lab.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await startLab();
});
afterEach(() => lab.close());

const all = { numerator: 100 };
const fault = (policy: HttpFault, timeout = '0s') =>
  lab.routes([
    {
      match: { prefix: '/' },
      route: { cluster: 'main', timeout },
      typed_per_filter_config: { 'envoy.filters.http.fault': policy },
    },
  ]);

test('an abort answers itself', async () => {
  fault({ abort: { http_status: 418, percentage: all } });
  const answer = await lab.call('POST / HTTP/1.1\r\nHost: api.test\r\nContent-Length: 1\r\n\r\nx');
  expect(answer).toMatchObject({ status: 418, body: 'fault filter abort' });
  expect(answer.headers).toContain('connection: close');
  expect(await lab.line()).toMatchObject({
    flags: 'FI',
    details: 'fault_filter_abort',
    cluster: 'main',
    bytesReceived: 0,
  });
  expect(lab.seen).toHaveLength(0);
});

test('a delay comes before the abort, and no timeout cuts it', async () => {
  fault(
    { delay: { fixed_delay: '0.050s', percentage: all }, abort: { http_status: 503, percentage: all } },
    '0.020s',
  );
  expect((await lab.get()).status).toBe(503);
  const line = await lab.line();
  expect(line.flags).toBe('DI,FI');
  expect(line.milliseconds).toBeGreaterThanOrEqual(49);
});

test('a fault without a percentage never fires, and one of a half by chance', async () => {
  fault({ abort: { http_status: 418 } });
  expect((await lab.get()).status).toBe(200);
  fault({ abort: { http_status: 418, percentage: { numerator: 500_000, denominator: 'MILLION' } } });
  lab.random = () => 0.49;
  expect((await lab.get()).status).toBe(418);
  lab.random = () => 0.5;
  expect((await lab.get()).status).toBe(200);
});

test('a gRPC status is told to gRPC callers only', async () => {
  fault({ abort: { grpc_status: 14, percentage: all } });
  expect(await lab.get()).toMatchObject({ status: 200, body: 'fault filter abort' });
  const answer = await lab.get('/', 'content-type: application/grpc');
  expect(answer.headers.slice(0, 3)).toEqual([
    'content-type: application/grpc',
    'grpc-status: 14',
    'grpc-message: fault filter abort',
  ]);
});

test('an app that leaves during a delay ends it', async () => {
  fault({ delay: { fixed_delay: '600s', percentage: all } });
  const socket = lab.open();
  socket.write('GET / HTTP/1.1\r\nHost: api.test\r\n\r\n', () => setImmediate(() => socket.destroy()));
  expect(await lab.line()).toMatchObject({ code: 0, flags: 'DI,DC' });
});

const cors: CorsPolicy = {
  allow_origin_string_match: [{ exact: 'https://a.example' }],
  allow_methods: 'GET,POST',
  allow_headers: 'x-h',
  expose_headers: 'x-e',
  max_age: '3600',
  allow_credentials: true,
};
const withCors = (policy: CorsPolicy) =>
  lab.routes([
    {
      match: { prefix: '/' },
      route: { cluster: 'main' },
      typed_per_filter_config: { 'envoy.filters.http.cors': policy },
    },
  ]);
const preflight = (origin: string) =>
  lab.call(
    `OPTIONS / HTTP/1.1\r\nHost: api.test\r\nOrigin: ${origin}\r\nAccess-Control-Request-Method: GET\r\n\r\n`,
  );

test('a preflight request is answered with the headers as recorded', async () => {
  withCors(cors);
  const answer = await preflight('https://a.example');
  expect(answer.headers.map(header => header.replace(/^date.*/, 'date'))).toEqual([
    'access-control-allow-origin: https://a.example',
    'access-control-allow-credentials: true',
    'access-control-allow-methods: GET,POST',
    'access-control-allow-headers: x-h',
    'access-control-max-age: 3600',
    'access-control-expose-headers: x-e',
    'date',
    'server: envoy',
    'content-length: 0',
  ]);
  expect(await lab.line()).toMatchObject({
    code: 200,
    flags: '-',
    details: 'cors_response',
    cluster: 'main',
  });
});

test('a preflight from elsewhere goes to the API, unless such are not forwarded', async () => {
  withCors(cors);
  await preflight('https://b.example');
  expect(lab.seen[0]?.headers).toContain('content-length: 0');
  withCors({ ...cors, forward_not_matching_preflights: false });
  expect((await preflight('https://b.example')).headers.join()).not.toContain('allow-origin');
  expect(lab.seen).toHaveLength(1);
});

test('answers to allowed origins are marked, others are not', async () => {
  withCors(cors);
  expect((await lab.get('/', 'Origin: https://a.example')).headers).toContain(
    'access-control-allow-origin: https://a.example',
  );
  expect((await lab.get('/', 'Origin: https://b.example')).headers.join()).not.toContain('access-control');
});

test('redirects and direct responses answer without a cluster', async () => {
  lab.routes([
    {
      match: { prefix: '/old' },
      redirect: { path_redirect: '/new', host_redirect: 'x.example', response_code: 'PERMANENT_REDIRECT' },
    },
    { match: { path: '/none' }, direct_response: { status: 204 } },
    {
      match: { path: '/teapot' },
      direct_response: { status: 418, body: { inline_string: 'short and stout' } },
      response_headers_to_add: [{ header: { key: 'x-direct', value: '1' } }],
    },
  ]);
  const redirect = await lab.get('/old/a?b=1');
  expect(redirect.status).toBe(308);
  expect(redirect.headers[0]).toBe('location: http://x.example/new?b=1');
  expect(await lab.line()).toMatchObject({ code: 308, flags: '-', details: 'direct_response', cluster: '-' });
  const teapot = await lab.get('/teapot');
  expect(teapot.body).toBe('short and stout');
  expect(teapot.headers.slice(0, 3)).toEqual([
    'x-direct: 1',
    'content-length: 15',
    'content-type: text/plain',
  ]);
  expect((await lab.get('/none')).headers.map(header => header.split(':')[0])).toEqual(['date', 'server']);
  const head = await lab.call('HEAD /old HTTP/1.1\r\nHost: api.test\r\n\r\n');
  expect(head.headers).toContain('transfer-encoding: chunked');
});

test('a direct response of 201 or 3xx names its own URL as Location, which the route may change', async () => {
  const own = { header: { key: 'location', value: '/own' } };
  lab.routes([
    { match: { prefix: '/302' }, direct_response: { status: 302 } },
    { match: { prefix: '/201' }, direct_response: { status: 201 } },
    { match: { prefix: '/399' }, direct_response: { status: 399 } },
    { match: { prefix: '/200' }, direct_response: { status: 200 } },
    { match: { prefix: '/307' }, direct_response: { status: 307 }, response_headers_to_add: [own] },
    { match: { prefix: '/303' }, direct_response: { status: 303 }, response_headers_to_remove: ['location'] },
  ]);
  const location = async (path: string) => {
    const request = `GET ${path} HTTP/1.1\r\nHost: API.test:80\r\nConnection: close\r\n\r\n`;
    return (await lab.call(request)).headers.find(header => header.startsWith('location: '));
  };
  expect(await location('/302/x%20Y?q=1&b')).toBe('location: http://API.test:80/302/x%20Y?q=1&b');
  expect(await location('/201')).toBe('location: http://API.test:80/201');
  expect(await location('/399')).toBe('location: http://API.test:80/399');
  expect(await location('/200')).toBeUndefined();
  expect(await location('/307')).toBe('location: http://API.test:80/307,/own');
  expect(await location('/303')).toBeUndefined();
});

const mirror = (policy: Partial<MirrorPolicy>, timeout = '0s') =>
  lab.routes([
    {
      match: { prefix: '/' },
      route: {
        cluster: 'main',
        timeout,
        request_mirror_policies: [{ cluster: 'other', disable_shadow_host_suffix_append: true, ...policy }],
      },
    },
  ]);

test('a mirrored request goes to the other cluster as well, and says where it comes from', async () => {
  mirror({}, '5s');
  await lab.call('POST /p HTTP/1.1\r\nHost: api.test\r\nContent-Length: 4\r\n\r\nbody');
  await lab.until(() => lab.seen.length === 2);
  expect(lab.seen.map(({ body }) => body)).toEqual(['body', 'body']);
  const [sent] = lab.other.sent;
  expect(sent?.request.authority).toBe('api.test');
  expect(sent?.request.headers).toEqual(
    expect.arrayContaining([
      ['x-envoy-internal', 'true'],
      ['x-forwarded-for', '10.244.0.5'],
      ['x-envoy-expected-rq-timeout-ms', '5000'],
    ]),
  );
  expect(lab.lines).toHaveLength(1);
});

test('without Istio’s switch a mirror’s host has the suffix of old', async () => {
  mirror({ disable_shadow_host_suffix_append: false });
  await lab.call('GET / HTTP/1.1\r\nHost: api.test:80\r\n\r\n');
  expect(lab.other.sent[0]?.request.authority).toBe('api.test-shadow:80');
});

test('a mirror is drawn by chance, and one to a cluster that is not there is lost silently', async () => {
  mirror({ runtime_fraction: { default_value: { numerator: 100_000, denominator: 'MILLION' } } });
  lab.random = () => 0.1;
  await lab.get();
  expect(lab.other.sent).toHaveLength(0);
  lab.random = () => 0.09;
  await lab.get();
  expect(lab.other.sent).toHaveLength(1);
  mirror({ cluster: 'gone' });
  expect((await lab.get()).status).toBe(200);
});

test('what becomes of a mirror does not touch the answer', async () => {
  mirror({});
  lab.other.failure = { flag: 'UF', reason: 'remote connection failure', transportFailure: '', host: null };
  expect((await lab.get()).status).toBe(200);
  expect(await lab.line()).toMatchObject({ flags: '-' });
});

test('a regular expression that takes long holds up its own request only', async () => {
  const regex = `${'a{1,1000}'.repeat(2)}b`;
  const value = 'a'.repeat(1500);
  lab.routes([
    {
      match: { prefix: '/', headers: [{ name: 'x', string_match: { safe_regex: { regex } } }] },
      route: { cluster: 'main', regex_rewrite: { pattern: { regex: '/(.*)' }, substitution: '/found/\\1' } },
    },
    { match: { prefix: '/' }, route: { cluster: 'main' } },
  ]);
  const ended: string[] = [];
  const call = (name: string, ...headers: string[]) =>
    lab.get(`/${name}`, ...headers).then(() => ended.push(name));
  await Promise.all([call('fits', `x: ${value}b`), call('fits-not', `x: ${value}`), call('plain')]);
  expect(ended[0]).toBe('plain');
  expect(lab.seen.map(({ url }) => url).sort()).toEqual(['/fits-not', '/found/fits', '/plain']);
});
