import { createServer as createHttp1Server } from 'node:http';
import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Cluster } from '../../../../src/envoy/config.ts';
import type { UpstreamRequest, UpstreamStream } from '../../../../src/sandbox/data-plane/contract.ts';
import type { ClusterManager } from '../../../../src/sandbox/data-plane/upstream/cluster-manager.ts';
import type { LiveCluster } from '../../../../src/sandbox/data-plane/upstream/upstream-cluster.ts';
import { request, startProxy } from '../http/http-proxy.ts';
import { clustersOn, config, get, Loopback, ORIGINAL, staticCluster, text } from '../loopback.ts';

const OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

let network: Loopback;
let clusters: ClusterManager;
let server: Http2Server;
/** Requests that the upstream holds until the test lets them go. */
let held: ServerHttp2Stream[];

beforeEach(async () => {
  network = new Loopback();
  held = [];
  server = createServer();
  server.on('stream', (stream, headers) => {
    const { ':method': method, ':path': path, ':authority': authority } = headers;
    if (path === '/held') return void held.push(stream);
    const pieces: Buffer[] = [];
    stream.on('data', piece => pieces.push(Buffer.from(piece)));
    stream.on('end', () => {
      stream.respond({ ':status': 200, 'x-two': ['a', 'b'] });
      stream.end(`${method} ${authority}${path} ${headers['x-a'] ?? ''} ${Buffer.concat(pieces)}`);
    });
  });
  await network.listen('10.0.0.1:80', server as never);
  await network.listen(
    '10.0.0.2:80',
    createHttp1Server((_request, response) => response.end('never')),
  );
  clusters = clustersOn(network);
});

afterEach(() => {
  clusters.close();
  network.close();
});

function http2Cluster(endpoint: string, http2: object = {}, more: Partial<Cluster> = {}): LiveCluster {
  const options = { '@type': '', explicit_http_config: { http2_protocol_options: http2 } };
  const cluster = staticCluster('c', [endpoint], {
    typed_extension_protocol_options: { [OPTIONS]: options },
    ...more,
  });
  clusters.update(config({ clusters: [cluster] }));
  return clusters.get('c') as LiveCluster;
}

const send = (
  cluster: LiveCluster,
  request: UpstreamRequest,
  downstreamProtocol: 'http1' | 'http2' = 'http1',
) => cluster.send(request, { worker: 0, originalDestination: ORIGINAL, downstreamProtocol });

async function said(stream: UpstreamStream): Promise<string> {
  const outcome = await stream.outcome;
  if (outcome.kind === 'failure') return `${outcome.failure.flag} ${outcome.failure.reason}`;
  const twice = outcome.response.headers.filter(([name]) => name === 'x-two').map(([, value]) => value);
  return `${outcome.response.status} ${await text(outcome.response.body)} ${twice}`;
}

it('carries a request with its name, its headers and its body', async () => {
  const cluster = http2Cluster('10.0.0.1:80');
  const headers = [
    ['x-a', '1'],
    ['connection', 'close'],
  ] as const;
  const request = get('/v2?q', { method: 'POST', headers, body: Readable.from([Buffer.from('body')]) });
  expect(await said(send(cluster, request))).toBe(`200 POST ${request.authority}/v2?q 1 body a,b`);
});

it('has many requests at a time on one connection, as the breakers allow', async () => {
  const cluster = http2Cluster(
    '10.0.0.1:80',
    {},
    { circuit_breakers: { thresholds: [{ max_requests: 2 }] } },
  );
  const streams = [send(cluster, get('/held')), send(cluster, get('/held'))];
  await expect.poll(() => held.length).toBe(2);
  expect(await said(send(cluster, get('/x')))).toBe('UO overflow');
  for (const each of held) each.respond({ ':status': 204 }, { endStream: true });
  expect(await Promise.all(streams.map(said))).toEqual(['204  ', '204  ']);
  expect(await said(send(cluster, get('/x')))).toMatch(/^200 GET/);
  expect(network.dialed).toEqual(['10.0.0.1:80']);
});

it('opens another connection beyond max_concurrent_streams', async () => {
  const cluster = http2Cluster('10.0.0.1:80', { max_concurrent_streams: 1 });
  send(cluster, get('/held'));
  await expect.poll(() => held.length).toBe(1);
  expect(await said(send(cluster, get('/x')))).toMatch(/^200 GET/);
  expect(network.dialed).toHaveLength(2);
});

it('ends a request and keeps the connection', async () => {
  const cluster = http2Cluster('10.0.0.1:80');
  const stream = send(cluster, get('/held'));
  await expect.poll(() => held.length).toBe(1);
  stream.reset('cancelled');
  await expect.poll(() => held[0]?.closed).toBe(true);
  expect(await said(send(cluster, get('/x')))).toMatch(/^200 GET/);
  expect(network.dialed).toHaveLength(1);
});

it('meets a server that speaks HTTP/1.1 alone with a protocol error', async () => {
  expect(await said(send(http2Cluster('10.0.0.2:80'), get('/')))).toBe('UPE protocol error');
});

it('tells of a connection that breaks before the answer', async () => {
  const stream = send(http2Cluster('10.0.0.1:80'), get('/held'));
  await expect.poll(() => held.length).toBe(1);
  held[0]?.session?.destroy();
  expect(await said(stream)).toBe('UC connection termination');
});

it('speaks what the app speaks where the cluster follows it', async () => {
  const follows = { '@type': '', use_downstream_protocol_config: {} };
  const more = { typed_extension_protocol_options: { [OPTIONS]: follows } };
  const cluster = http2Cluster('10.0.0.1:80', {}, more);
  expect(await said(send(cluster, get('/x'), 'http2'))).toMatch(/^200 GET/);
  expect(await said(send(cluster, get('/x'), 'http1'))).toMatch(/^UPE|^UC/);
});

it('names in the log its end of a connection on which a request failed', async () => {
  const options = { '@type': '', explicit_http_config: { http2_protocol_options: {} } };
  const proxy = await startProxy({
    routes: [{ match: { prefix: '/' }, route: { cluster: 'a' } }],
    clusters: [
      staticCluster('a', ['10.0.0.3:80'], { typed_extension_protocol_options: { [OPTIONS]: options } }),
    ],
  });
  await proxy.network.serve('10.0.0.3:80', socket => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
  await proxy.call(request('/'), /protocol error$/);
  await expect.poll(() => proxy.lines.length).toBe(1);
  expect(proxy.lines[0]).toMatch(/ 502 UPE .*"10\.0\.0\.3:80" a 127\.0\.0\.1:\d+ /);
  proxy.close();
});
