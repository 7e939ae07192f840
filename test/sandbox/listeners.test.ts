/** What a sandbox has open on the machine, and what somebody else there gets of it. */
import { connect, Server } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExecTarget, exec } from '../../src/kube/exec.ts';
import { readyPod } from '../../src/kube/wait.ts';
import type { OpenPort } from '../../src/world/health.ts';
import { CLIENT } from '../../src/world/names.ts';
import { type SandboxWorld, sandboxWorld } from '../support/sandbox-world.ts';

let world: SandboxWorld;
let client: ExecTarget;
let others: Server[];

/** Every server of this process that listens, whoever opened it; node tells them by no public name. */
function servers(): Server[] {
  const { _getActiveHandles } = process as typeof process & { _getActiveHandles(): unknown[] };
  return _getActiveHandles().filter(each => each instanceof Server && each.listening) as Server[];
}

beforeAll(async () => {
  others = servers();
  world = await sandboxWorld();
  const pod = await readyPod(world.kube, world.names.mesh, CLIENT.selector);
  client = { namespace: world.names.mesh, pod: pod.name, container: CLIENT.container };
}, 60_000);
afterAll(() => world.end());

async function curl(...words: string[]): Promise<string> {
  const { signal } = new AbortController();
  const { stdout } = await exec(world.kube, client, ['curl', '-sS', ...words], { signal });
  return stdout;
}

async function listens(): Promise<readonly OpenPort[]> {
  const health = await world.cluster.health(new AbortController().signal);
  expect(health.state).toBe('ready');
  return health.listens ?? [];
}

/** What a program of the machine gets there. */
function asked(port: number, tls = false): Promise<string> {
  return new Promise(resolve => {
    const to = { port, host: '127.0.0.1' };
    const socket = tls ? connectTls({ ...to, rejectUnauthorized: false }) : connect(to);
    let got = '';
    socket.on('data', chunk => {
      got += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(got));
    socket.write('GET /stranger HTTP/1.1\r\nHost: catalog\r\nConnection: close\r\n\r\n');
  });
}

describe('what listens', () => {
  it('is on loopback alone, and status knows all of it', async () => {
    await curl('http://nowhere.example/'); // The DNS that knows no name begins with the first such call.
    const open = servers().filter(each => !others.includes(each));
    const found = open.map(each => each.address() as { address: string; port: number });
    expect(new Set(found.map(({ address }) => address))).toEqual(new Set(['127.0.0.1']));
    const told = await listens();
    const sorted = (ports: number[]) => ports.sort((a, b) => a - b);
    expect(sorted(told.map(({ port }) => port))).toEqual(sorted(found.map(({ port }) => port)));
    expect(told.map(({ what }) => what).join('\n')).toMatch(
      /^the Kubernetes API: .*\nthe door .*\na DNS .*\n(pod [\w-]+\/[\w-]+, port \d+: .*\n?){7}$/,
    );
  });

  it('lets nobody in without a token or a password, and does not count them', async () => {
    const every = ['-H', 'x-lab-fail-every: 2', '-o', '/dev/null', '-w', '%{http_code} '];
    const called = () => curl(...every, 'http://catalog/');
    const first = await called();
    for (const { port, what } of await listens()) {
      if (!what.startsWith('pod ')) continue;
      expect(await asked(port), what).toBe('');
      expect(await asked(port, true), what).toBe('');
    }
    const second = await called();
    expect([first, second].sort()).toEqual(['200 ', '503 ']);
    const { body } = await world.kube.request(
      'GET',
      `/api/v1/namespaces/${world.names.mesh}/pods?labelSelector=app%3Dcatalog`,
    );
    const [catalog] = (body as { items: { metadata: { name: string } }[] }).items;
    const log = await world.kube.request(
      'GET',
      `/api/v1/namespaces/${world.names.mesh}/pods/${catalog?.metadata.name}/log`,
    );
    expect(JSON.stringify(log.body)).toContain('503');
    expect(JSON.stringify(log.body)).not.toContain('stranger');
  });
});
