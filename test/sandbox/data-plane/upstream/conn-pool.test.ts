import { createServer, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CircuitBreakerThresholds } from '../../../../src/envoy/config.ts';
import type { UpstreamStream } from '../../../../src/sandbox/data-plane/contract.ts';
import type { ClusterManager } from '../../../../src/sandbox/data-plane/upstream/cluster-manager.ts';
import type { LiveCluster } from '../../../../src/sandbox/data-plane/upstream/upstream-cluster.ts';
import { clustersOn, config, get, Loopback, ORIGINAL, staticCluster, text } from '../loopback.ts';

const TO_ONE = { worker: 0, originalDestination: ORIGINAL, downstreamProtocol: 'http1' } as const;

let network: Loopback;
let clusters: ClusterManager;
/** Requests that the upstream holds until the test lets them go. */
let held: ServerResponse[];

beforeEach(async () => {
  network = new Loopback();
  held = [];
  await network.listen(
    '10.0.0.1:80',
    createServer((_request, response) => held.push(response)),
  );
  clusters = clustersOn(network);
});

afterEach(() => {
  clusters.close();
  network.close();
});

function limited(limits: CircuitBreakerThresholds): LiveCluster {
  const cluster = staticCluster('c', ['10.0.0.1:80'], { circuit_breakers: { thresholds: [limits] } });
  clusters.update(config({ clusters: [cluster] }));
  return clusters.get('c') as LiveCluster;
}

function send(cluster: LiveCluster, worker = 0): UpstreamStream {
  return cluster.send(get('/'), { ...TO_ONE, worker });
}

async function said(stream: UpstreamStream): Promise<string> {
  const outcome = await stream.outcome;
  return outcome.kind === 'response' ? await text(outcome.response.body) : outcome.failure.flag;
}

it('queues beyond max_connections and refuses beyond max_pending_requests', async () => {
  const cluster = limited({ max_connections: 1, max_pending_requests: 1 });
  const first = send(cluster);
  await expect.poll(() => held.length).toBe(1);
  const second = send(cluster);
  expect(await said(send(cluster))).toBe('UO');
  held[0]?.end('first');
  expect(await said(first)).toBe('first');
  await expect.poll(() => held.length).toBe(2);
  held[1]?.end('second');
  expect(await said(second)).toBe('second');
  expect(network.dialed).toHaveLength(1);
  expect(cluster.counters.get('upstream_rq_pending_overflow')).toBe(1);
});

it('gives each worker a connection, also beyond max_connections', async () => {
  const cluster = limited({ max_connections: 1, max_pending_requests: 10 });
  send(cluster, 0);
  await expect.poll(() => held.length).toBe(1);
  send(cluster, 1);
  await expect.poll(() => held.length).toBe(2);
  send(cluster, 0);
  expect(network.dialed).toHaveLength(2);
});

it('counts a request as pending while its connection is being opened', async () => {
  const cluster = limited({ max_pending_requests: 1 });
  send(cluster);
  expect(await said(send(cluster))).toBe('UO');
});

it('refuses beyond max_requests', async () => {
  const cluster = limited({ max_requests: 1 });
  send(cluster);
  await expect.poll(() => held.length).toBe(1);
  expect(await said(send(cluster))).toBe('UO');
});

it('names a host for what its requests are too many for, and none for what may not even wait', async () => {
  const hostOf = async (limits: Parameters<typeof limited>[0]) => {
    const outcome = await send(limited(limits)).outcome;
    return outcome.kind === 'failure' ? outcome.failure.host?.address.port : undefined;
  };
  expect(await hostOf({ max_pending_requests: 0 })).toBeUndefined();
  expect(await hostOf({ max_requests: 0 })).toBe(80);
});

it('has as many retries at once as max_retries says', () => {
  const cluster = limited({ max_retries: 1 });
  expect(cluster.takeRetry()).toBe(true);
  expect(cluster.takeRetry()).toBe(false);
  cluster.releaseRetry();
  expect(cluster.takeRetry()).toBe(true);
});

it('gives places back when a request is reset, pending or under way', async () => {
  const cluster = limited({ max_connections: 1, max_pending_requests: 1 });
  const first = send(cluster);
  await expect.poll(() => held.length).toBe(1);
  send(cluster).reset('cancelled');
  const third = send(cluster);
  first.reset('timeout');
  await expect.poll(() => held.length).toBe(2);
  held[1]?.end('third');
  expect(await said(third)).toBe('third');
  expect(cluster.breakers.requests.used).toBe(0);
  expect(cluster.breakers.pendingRequests.used).toBe(0);
});

it('keeps its connections over an update that leaves the cluster as it is', async () => {
  const cluster = limited({});
  const first = send(cluster);
  await expect.poll(() => held.length).toBe(1);
  held[0]?.end('ok');
  await said(first);
  expect(limited({})).toBe(cluster);
  send(cluster);
  await expect.poll(() => held.length).toBe(2);
  expect(network.dialed).toHaveLength(1);
  expect(limited({ max_connections: 3 })).not.toBe(cluster);
});

it('leaves nothing on a connection from the requests that it has carried', async () => {
  const cluster = limited({});
  const sockets: Socket[] = [];
  const dial = network.dial.bind(network);
  network.dial = async (...to) => {
    const socket = await dial(...to);
    sockets.push(socket);
    return socket;
  };
  const listeners = () =>
    ['error', 'close', 'end', 'data', 'timeout'].map(name => sockets[0]?.listenerCount(name));
  const exchange = async () => {
    const stream = send(cluster);
    await expect.poll(() => held.length).toBe(1);
    held.pop()?.end('ok');
    await said(stream);
    await expect.poll(() => cluster.breakers.requests.used).toBe(0);
  };
  await exchange();
  const after = listeners();
  for (let i = 0; i < 3; i++) await exchange();
  expect(sockets).toHaveLength(1);
  expect(listeners()).toEqual(after);
});

it('notices when an answer breaks off', async () => {
  const cluster = limited({});
  const stream = send(cluster);
  await expect.poll(() => held.length).toBe(1);
  held[0]?.write('half');
  const outcome = await stream.outcome;
  if (outcome.kind !== 'response') throw new Error('no response');
  held[0]?.destroy();
  await expect(text(outcome.response.body)).rejects.toThrow('aborted');
  await expect.poll(() => cluster.breakers.connections.used).toBe(0);
});

it('sends headers at once, so that the upstream can answer before the body has come', async () => {
  const cluster = limited({});
  const body = new Readable({ read: () => {} });
  const headers = [['content-length', '5']] as const;
  const stream = cluster.send(get('/', { method: 'PUT', headers, body }), TO_ONE);
  await expect.poll(() => held.length).toBe(1);
  held[0]?.end('early');
  expect(await said(stream)).toBe('early');
  body.destroy();
});

it('writes methods as they are, and says of a request without a body that it has none', async () => {
  const heads: string[] = [];
  await network.serve('10.0.0.2:80', socket =>
    socket.on('data', chunk => {
      heads.push(String(chunk));
      socket.write('HTTP/1.1 204 No Content\r\n\r\n');
    }),
  );
  clusters.update(config({ clusters: [staticCluster('c', ['10.0.0.2:80'])] }));
  for (const method of ['POST', 'put', 'GET', 'DELETE']) {
    await (clusters.get('c') as LiveCluster).send(get('/', { method }), TO_ONE).outcome;
  }
  expect(heads.map(head => [head.split(' ')[0], /content-length: 0/.test(head)])).toEqual([
    ['POST', true],
    ['put', true],
    ['GET', false],
    ['DELETE', false],
  ]);
});
