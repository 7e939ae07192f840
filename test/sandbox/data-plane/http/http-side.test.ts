import { once } from 'node:events';
import { connect as connectHttp2, constants } from 'node:http2';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Lab, startLab } from './http-lab.ts';

let lab: Lab;
beforeEach(async () => {
  lab = await startLab();
  lab.routes([{ match: { prefix: '/' }, route: { cluster: 'main', timeout: '0s' }, name: 'default' }]);
});
afterEach(() => lab.close());

test('a plain request goes through with the headers that a sidecar adds', async () => {
  const answer = await lab.get('/a?b=c', 'User-Agent: test', 'Accept: */*');
  expect(answer.status).toBe(200);
  expect(answer.body).toBe('hello');
  expect(answer.headers.map(header => header.split(':')[0])).toEqual([
    'date',
    'content-length',
    'x-envoy-upstream-service-time',
    'server',
  ]);
  expect(answer.headers).toContain('server: envoy');
  const [seen] = lab.seen;
  expect(seen?.url).toBe('/a?b=c');
  expect(seen?.headers.map(header => header.split(':')[0])).toEqual([
    'host',
    'user-agent',
    'accept',
    'x-forwarded-proto',
    'x-request-id',
    'x-envoy-attempt-count',
    'Connection',
  ]);
  const line = await lab.line();
  expect(line).toMatchObject({
    code: 200,
    flags: '-',
    details: 'via_upstream',
    cluster: 'main',
    bytesSent: 5,
  });
  expect(line.text).toMatch(
    /^\[\S+Z\] "GET \/a\?b=c HTTP\/1.1" 200 - via_upstream - "-" 0 5 \d+ \d+ "-" "test" "[0-9a-f-]{36}" "api.test" "127.0.0.1:\d+" main 127.0.0.1:\d+ 10.96.0.1:80 10.244.0.5:\d+ - default$/,
  );
});

test('the caller’s request id is kept, its orders to Envoy are not', async () => {
  await lab.get('/', 'X-Request-Id: mine', 'x-envoy-upstream-rq-timeout-ms: 1', 'Connection: close');
  expect(lab.seen[0]?.headers).toContain('x-request-id: mine');
  expect(lab.seen[0]?.headers.join()).not.toContain('rq-timeout');
});

test('no virtual host and no route are both 404 NR', async () => {
  const answer = await lab.call('GET / HTTP/1.1\r\nHost: nobody.test\r\n\r\n');
  expect(answer).toMatchObject({ status: 404, body: '' });
  expect(answer.headers.map(header => header.split(':')[0])).toEqual(['date', 'server', 'content-length']);
  expect(await lab.line()).toMatchObject({ flags: 'NR', details: 'route_not_found', cluster: '-' });
  lab.routes([{ match: { prefix: '/only' }, route: { cluster: 'main' } }]);
  expect((await lab.get('/else')).status).toBe(404);
});

test('a cluster that does not exist is 503 NC', async () => {
  lab.routes([{ match: { prefix: '/' }, route: { cluster: 'gone' } }]);
  expect(await lab.get()).toMatchObject({ status: 503, body: '' });
  expect(await lab.line()).toMatchObject({ flags: 'NC', details: 'cluster_not_found', cluster: '-' });
});

test('host matching ignores the port and the case', async () => {
  expect((await lab.call('GET / HTTP/1.1\r\nHost: API.test:80\r\n\r\n')).status).toBe(200);
});

test('two requests on one connection, the second sent before the first is answered', async () => {
  const socket = lab.open();
  socket.write('GET /1 HTTP/1.1\r\nHost: api.test\r\n\r\nGET /2 HTTP/1.1\r\nHost: api.test\r\n\r\n');
  let text = '';
  socket.on('data', chunk => {
    text += chunk;
  });
  await new Promise<void>(resolve => {
    socket.on('data', () => {
      if (text.match(/HTTP\/1.1 200 OK/g)?.length === 2) resolve();
    });
  });
  expect(lab.seen.map(({ url }) => url)).toEqual(['/1', '/2']);
  socket.destroy();
});

test('HTTP/1.0 is told to upgrade, a missing Host is a bad request, bytes that are no HTTP are a protocol error', async () => {
  expect(await lab.call('GET / HTTP/1.0\r\nHost: api.test\r\n\r\n')).toMatchObject({
    status: 426,
    body: 'Upgrade Required',
  });
  expect(await lab.line(1)).toMatchObject({ flags: 'DPE', details: 'low_version', protocol: 'HTTP/1.1' });
  expect(await lab.call('GET / HTTP/1.1\r\n\r\n')).toMatchObject({ status: 400, body: '' });
  expect(await lab.line(2)).toMatchObject({ details: 'missing_host_header' });
  const answer = await lab.call('GET / HTTP/1.1\r\nHost: api.test\r\nbroken header\r\n\r\n');
  expect(answer).toMatchObject({ status: 400, body: 'Bad Request' });
  expect((await lab.line(3)).text).toMatch(
    /"- - HTTP\/1.1" 400 DPE http1.codec_error - "-" 0 11 \d+ - "-" "-" "-" "-" "-" - - 10/,
  );
});

test('an answer whose upstream dies half-way is broken off', async () => {
  lab.serve = (_request, response) => {
    response.write('half');
    setImmediate(() => response.destroy());
  };
  await expect(lab.get()).rejects.toThrow('half');
  expect(await lab.line()).toMatchObject({
    code: 200,
    flags: 'UC',
    details: 'upstream_reset_after_response_started{connection_termination}',
  });
});

test('an app that leaves is logged as DC with code 0, and its try is broken off', async () => {
  lab.serve = () => {};
  const socket = lab.open();
  socket.write('GET / HTTP/1.1\r\nHost: api.test\r\n\r\n');
  await lab.until(() => lab.seen.length === 1);
  socket.destroy();
  expect(await lab.line()).toMatchObject({ code: 0, flags: 'DC', details: 'downstream_remote_disconnect' });
  expect(lab.main.resets).toEqual(['cancelled']);
});

test('HEAD has no body, and its content-length stays', async () => {
  lab.serve = (_request, response) => response.writeHead(200, { 'content-length': 5 }).end();
  const answer = await lab.call('HEAD / HTTP/1.1\r\nHost: api.test\r\n\r\n');
  expect(answer.headers).toContain('content-length: 5');
  expect(await lab.line()).toMatchObject({ bytesSent: 0, flags: '-' });
});

test('a body is passed on and counted', async () => {
  const body = 'x'.repeat(100_000);
  const answer = await lab.call(
    `POST / HTTP/1.1\r\nHost: api.test\r\nContent-Length: ${body.length}\r\nExpect: 100-continue\r\n\r\n${body}`,
  );
  expect(answer.status).toBe(200);
  expect(lab.seen[0]?.body).toBe(body);
  expect(await lab.line()).toMatchObject({ bytesReceived: body.length });
});

test('dot segments are resolved before routing', async () => {
  await lab.get('/a/../b/./c/%2e%2e/d//e?x=/../y');
  expect(lab.seen[0]?.url).toBe('/b/d//e?x=/../y');
});

test('what the codec refuses is a protocol error without a request in the log', async () => {
  const refused = async (request: string) => {
    const answer = await lab.call(request);
    const line = await lab.line(lab.lines.length || 1);
    return [answer.status, line.flags, line.details, line.method];
  };
  const head = 'GET / HTTP/1.1\r\nHost: api.test\r\n';
  expect(await refused('GET / HTTP/1.1\r\nHost: bad host\r\n\r\n')).toEqual([
    400,
    'DPE',
    'http.invalid_authority',
    '',
  ]);
  expect(await refused('CONNECT /x HTTP/1.1\r\nHost: api.test\r\n\r\n')).toEqual([
    400,
    'DPE',
    'http1.invalid_url',
    '',
  ]);
  expect(await refused('FOO / HTTP/1.1\r\nHost: api.test\r\n\r\n')).toEqual([
    400,
    'DPE',
    'http1.codec_error',
    '',
  ]);
  expect(await refused(`${head}X-Big: ${'a'.repeat(70_000)}\r\n\r\n`)).toEqual([
    431,
    'DPE',
    'http1.headers_too_large',
    '',
  ]);
  expect(await refused(`${head}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`)).toEqual([
    400,
    'DPE',
    'http1.content_length_and_chunked_not_allowed',
    '',
  ]);
});

test('hop-by-hop headers, those that Connection names among them, end here', async () => {
  await lab.get(
    '/',
    'Connection: keep-alive, x-hop',
    'x-hop: 1',
    'Keep-Alive: 3',
    'Proxy-Connection: x',
    'TE: trailers',
  );
  const names = lab.seen[0]?.headers.map(line => line.split(':')[0]);
  expect(names).toContain('te');
  expect(names).not.toContain('x-hop');
  expect(names).not.toContain('keep-alive');
});

test('a forwarded address is the peer in the log; a star is no path here', async () => {
  await lab.get('/', 'X-Forwarded-For: 9.9.9.9, 1.2.3.4');
  expect(await lab.line()).toMatchObject({ downstreamRemote: '1.2.3.4:0' });
  expect((await lab.call('OPTIONS * HTTP/1.1\r\nHost: api.test\r\n\r\n')).status).toBe(404);
  expect(await lab.line(2)).toMatchObject({ flags: '-', details: 'absolute_path_rejected', requestId: '' });
});

test('the next request sees the configuration of its moment, on the same connection', async () => {
  const socket = lab.open();
  socket.write('GET /1 HTTP/1.1\r\nHost: api.test\r\n\r\n');
  await lab.line(1);
  lab.routes([{ match: { prefix: '/' }, direct_response: { status: 410 } }]);
  socket.write('GET /2 HTTP/1.1\r\nHost: api.test\r\n\r\n');
  expect(await lab.line(2)).toMatchObject({ code: 410 });
  socket.destroy();
});

test('HTTP/2 with prior knowledge', async () => {
  const client = connectHttp2('http://api.test', { createConnection: () => lab.open() });
  const stream = client.request({ ':authority': 'api.test', ':path': '/h2', 'x-a': '1' });
  stream.setEncoding('utf8');
  let body = '';
  stream.on('data', chunk => {
    body += chunk;
  });
  const [headers] = await once(stream, 'response');
  await once(stream, 'end');
  expect(headers).toMatchObject({ ':status': 200, server: 'envoy' });
  expect(body).toBe('hello');
  expect(await lab.line()).toMatchObject({
    protocol: 'HTTP/2',
    authority: 'api.test',
    flags: '-',
    code: 200,
  });
  client.close();
});

test('requests that wait behind another end with their connection, too', async () => {
  lab.serve = () => {};
  const socket = lab.open();
  socket.write('GET /1 HTTP/1.1\r\nHost: api.test\r\n\r\nGET /2 HTTP/1.1\r\nHost: api.test\r\n\r\n');
  await lab.until(() => lab.seen.length === 2);
  socket.destroy();
  expect((await lab.line(2)).flags).toBe('DC');
  expect(lab.main.resets).toEqual(['cancelled', 'cancelled']);
});

test('an app that leaves in the middle of its body ends the try', async () => {
  const socket = lab.open();
  socket.write('POST / HTTP/1.1\r\nHost: api.test\r\nContent-Length: 100\r\n\r\nhalf');
  await lab.until(() => lab.arrivals === 1);
  socket.destroy();
  expect(await lab.line()).toMatchObject({ code: 0, flags: 'DC', bytesReceived: 4 });
  expect(lab.main.resets).toEqual(['cancelled']);
});

test('text beyond ASCII goes through as the bytes that it is', async () => {
  lab.routes([
    {
      match: { prefix: '/' },
      direct_response: { status: 200, body: { inline_string: 'é' } },
      response_headers_to_add: [{ header: { key: 'x-text', value: 'ü✓' } }],
    },
  ]);
  const answer = await lab.get('/', 'User-Agent: größe');
  expect(answer.headers).toContain('x-text: ü✓');
  expect(await lab.line()).toMatchObject({ userAgent: 'größe', bytesSent: 2 });
});

test('close ends what is open', async () => {
  lab.serve = () => {};
  const socket = lab.open();
  socket.on('error', () => {});
  socket.write('GET / HTTP/1.1\r\nHost: api.test\r\n\r\n');
  await lab.until(() => lab.seen.length === 1);
  const closed = once(socket, 'close');
  await lab.close();
  await closed;
  lab = await startLab();
});

test('a request with a body over HTTP/2 is complete with its answer', async () => {
  const client = connectHttp2('http://api.test', { createConnection: () => lab.open() });
  const stream = client.request({ ':authority': 'api.test', ':path': '/h2', ':method': 'POST' });
  stream.end('abc');
  stream.resume();
  await once(stream, 'end');
  client.destroy();
  expect(await lab.line()).toMatchObject({
    code: 200,
    flags: '-',
    details: 'via_upstream',
    bytesReceived: 3,
  });
});

test('an app that leaves before the answer over HTTP/2 is told of', async () => {
  lab.serve = (_request, response) => void response.write('hel');
  const client = connectHttp2('http://api.test', { createConnection: () => lab.open() });
  const stream = client.request({ ':authority': 'api.test', ':path': '/h2', ':method': 'POST' });
  stream.on('error', () => {});
  stream.end('abc');
  await once(stream, 'response');
  client.destroy();
  expect(await lab.line()).toMatchObject({ code: 200, flags: 'DC' });
});

test('an empty Host belongs to the virtual host for everybody, and stands in the log as it is', async () => {
  lab.routes([{ match: { prefix: '/' }, route: { cluster: 'main' } }], { domains: ['*'] });
  expect((await lab.call('GET / HTTP/1.1\r\nHost:\r\n\r\n')).status).toBe(200);
  expect(lab.seen[0]?.headers).toContain('host: ');
  expect((await lab.line()).text).toContain(' "" "127.0.0.1:');
});

test('a bad request closes the connection, whoever says so', async () => {
  lab.routes([
    { match: { prefix: '/direct' }, direct_response: { status: 400, body: { inline_string: 'no' } } },
    { match: { prefix: '/other' }, direct_response: { status: 401 } },
    { match: { prefix: '/' }, route: { cluster: 'main' } },
  ]);
  expect((await lab.get('/direct')).headers).toContain('connection: close');
  expect((await lab.get('/%00')).headers).toContain('connection: close');
  expect((await lab.get('/other')).headers).not.toContain('connection: close');
  expect((await lab.line(2)).text).toContain('"GET /%00 HTTP/1.1" 400 - path_normalization_failed');
});

test('more than a hundred headers are too many', async () => {
  const more = (n: number) => Array.from({ length: n }, (_, i) => `x-${i}: a`);
  expect((await lab.get('/', ...more(99))).status).toBe(200);
  expect(await lab.get('/', ...more(100))).toMatchObject({
    status: 431,
    body: 'Request Header Fields Too Large',
  });
  expect(await lab.line(2)).toMatchObject({ flags: 'DPE', details: 'http1.too_many_headers' });
});

test.each([
  [
    'too many',
    Object.fromEntries(Array.from({ length: 130 }, (_, i) => [`x-${i}`, 'a'])),
    'too_many_headers',
  ],
  ['too long', { a: 'x'.repeat(31_000), b: 'x'.repeat(31_000) }, 'header_list_size_too_large'],
])('headers that are %s end a stream of HTTP/2, and no other', async (_, headers, details) => {
  const client = connectHttp2('http://api.test', { createConnection: () => lab.open() });
  const ask = (more: object) => client.request({ ':authority': 'api.test', ':path': '/', ...more });
  const stream = ask(headers);
  const [error] = await once(stream, 'close').then(
    () => [],
    (error: unknown) => [error],
  );
  expect(String(error)).toContain('NGHTTP2_INTERNAL_ERROR');
  expect(stream.rstCode).toBe(constants.NGHTTP2_INTERNAL_ERROR);
  expect((await lab.line()).text).toContain(`"- - HTTP/2" 0 DR http2.${details} - "-" 0 0 `);
  const [answer] = await once(ask({}), 'response');
  expect(answer).toMatchObject({ ':status': 200 });
  client.destroy();
});
