import { createServer, type RequestListener } from 'node:http';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cluster } from '../../../../src/envoy/config.ts';
import type { SendOptions, UpstreamOutcome } from '../../../../src/sandbox/data-plane/contract.ts';
import { ClusterManager } from '../../../../src/sandbox/data-plane/upstream/cluster-manager.ts';
import { config, get, Loopback, ORIGINAL, staticCluster, text } from '../loopback.ts';

let network: Loopback;
let clusters: ClusterManager;
let time: number;

beforeEach(() => {
  network = new Loopback();
  time = 1_000_000;
  clusters = new ClusterManager({
    network,
    resolver: network,
    readFile: () => null,
    podIp: '10.244.0.5',
    random: () => 0,
    now: () => time,
  });
});

afterEach(() => {
  clusters.close();
  network.close();
});

const OPTIONS: SendOptions = { worker: 0, originalDestination: ORIGINAL, downstreamProtocol: 'http1' };

async function serveHttp(at: string, handler: RequestListener): Promise<void> {
  await network.listen(at, createServer(handler));
}

function cluster(endpoints: readonly string[], more: Partial<Cluster> = {}) {
  clusters.update(config({ clusters: [staticCluster('c', endpoints, more)] }));
  const live = clusters.get('c');
  if (live === null) throw new Error('no cluster');
  return live;
}

async function status(outcome: Promise<UpstreamOutcome>): Promise<number | string> {
  const settled = await outcome;
  if (settled.kind === 'failure') return `${settled.failure.flag} ${settled.failure.reason}`;
  await text(settled.response.body);
  return settled.response.status;
}

describe('a plain request', () => {
  it('arrives with its headers in order and nothing added, and comes back streamed', async () => {
    let seen: readonly string[] = [];
    await serveHttp('10.0.0.1:80', async (request, response) => {
      seen = request.rawHeaders;
      response.writeHead(
        201,
        [
          ['X-B', '1'],
          ['Set-Cookie', 'a'],
          ['Set-Cookie', 'b'],
        ].flat(),
      );
      response.end(`${request.method} ${request.url} ${await text(request)}`);
    });
    const live = cluster(['10.0.0.1:80']);
    const stream = live.send(
      get('/a?b', {
        method: 'POST',
        headers: [
          ['x-two', '2'],
          ['x-one', '1'],
        ],
        body: Readable.from([Buffer.from('bo'), Buffer.from('dy')]),
      }),
      OPTIONS,
    );
    const outcome = await stream.outcome;
    if (outcome.kind !== 'response') throw new Error(JSON.stringify(outcome));
    expect(seen).toEqual([
      'host',
      'api.example.com',
      'x-two',
      '2',
      'x-one',
      '1',
      'transfer-encoding',
      'chunked',
    ]);
    expect(outcome.response.status).toBe(201);
    expect(outcome.response.headers.slice(0, 3)).toEqual([
      ['x-b', '1'],
      ['set-cookie', 'a'],
      ['set-cookie', 'b'],
    ]);
    expect(outcome.host.address).toEqual({ ip: '10.0.0.1', port: 80 });
    expect(outcome.local.ip).toBe('10.244.0.5');
    expect(await text(outcome.response.body)).toBe('POST /a?b body');
  });

  it('reuses the connection, until maxRequestsPerConnection says otherwise', async () => {
    await serveHttp('10.0.0.1:80', (_request, response) => response.end('ok'));
    const reusing = cluster(['10.0.0.1:80']);
    for (let i = 0; i < 3; i++) expect(await status(reusing.send(get('/'), OPTIONS).outcome)).toBe(200);
    expect(network.dialed).toHaveLength(1);
    const once = cluster(['10.0.0.1:80'], {
      typed_extension_protocol_options: {
        'envoy.extensions.upstreams.http.v3.HttpProtocolOptions': {
          common_http_protocol_options: { max_requests_per_connection: 1 },
        },
      },
    });
    for (let i = 0; i < 3; i++) expect(await status(once.send(get('/'), OPTIONS).outcome)).toBe(200);
    expect(network.dialed).toHaveLength(4);
  });

  it('sends nothing to an original destination where no app has one, as for a mirror', async () => {
    await serveHttp('10.96.0.9:80', (_request, response) => response.end('ok'));
    const passing = cluster([], { type: 'ORIGINAL_DST', lb_policy: 'CLUSTER_PROVIDED' });
    expect(await status(passing.send(get('/'), OPTIONS).outcome)).toBe('UH no healthy upstream');
    const ofApp = { ...OPTIONS, downstreamRemote: { ip: '10.244.0.5', port: 4000 } };
    expect(await status(passing.send(get('/'), ofApp).outcome)).toBe(200);
  });

  it('sends a path that has a blank in it as it is', async () => {
    let line = '';
    await network.serve('10.0.0.4:80', socket =>
      socket.once('data', data => {
        line = String(data).split('\r\n')[0] ?? '';
        socket.end('HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n');
      }),
    );
    expect(await status(cluster(['10.0.0.4:80']).send(get('/x y'), OPTIONS).outcome)).toBe(400);
    expect(line).toBe('GET /x y HTTP/1.1');
  });

  it('fails as Envoy says it fails', async () => {
    await network.serve('10.0.0.2:80', socket => socket.once('data', () => socket.destroy()));
    await network.serve('10.0.0.3:80', socket => socket.once('data', () => socket.end('what?\r\n\r\n')));
    expect(await status(cluster([]).send(get('/'), OPTIONS).outcome)).toBe('UH no healthy upstream');
    expect(await status(cluster(['10.0.0.1:80']).send(get('/'), OPTIONS).outcome)).toBe(
      'UF remote connection failure',
    );
    expect(await status(cluster(['10.0.0.2:80']).send(get('/'), OPTIONS).outcome)).toBe(
      'UC connection termination',
    );
    expect(await status(cluster(['10.0.0.3:80']).send(get('/'), OPTIONS).outcome)).toBe('UPE protocol error');
  });
});
