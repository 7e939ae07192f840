/** What clients do wrong on real sockets: a Status or a clean close, others are answered as before, nothing is left. */
import { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import https from 'node:https';
import { connect as connectTcp } from 'node:net';
import { tmpdir } from 'node:os';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExecTarget, exec } from '../../src/kube/exec.ts';
import { readyPod, until } from '../../src/kube/wait.ts';
import { CLIENT } from '../../src/world/names.ts';
import { type SandboxWorld, sandboxWorld } from '../support/sandbox-world.ts';

let world: SandboxWorld;
let address: { host: string; port: number };
let trust: { ca: Buffer };
let token: string;
let client: ExecTarget;

const ENTRIES = '/apis/networking.istio.io/v1/namespaces/mesh-network/serviceentries';
const CONFIG_MAPS = '/api/v1/namespaces/mesh-network/configmaps';

beforeAll(async () => {
  world = await sandboxWorld();
  const { config } = world.kube;
  const cluster = config.getCurrentCluster();
  const { hostname: host, port } = new URL(cluster?.server ?? '');
  address = { host, port: Number(port) };
  trust = { ca: Buffer.from(cluster?.caData ?? '', 'base64') };
  token = config.getCurrentUser()?.token ?? '';
  const pod = await readyPod(world.kube, world.names.mesh, CLIENT.selector);
  client = { namespace: world.names.mesh, pod: pod.name, container: CLIENT.container };
}, 60_000);
afterAll(() => world.end());

const ABORT = { abort: { httpStatus: 418, percentage: { value: 100 } } };

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** One request over a connection of its own, with exactly these headers. */
function send(method: string, path: string, headers: Record<string, string>, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = https.request({ ...address, ...trust, method, path, headers, agent: false }, response => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      response.on('error', reject);
    });
    request.on('error', reject);
    request.end(body);
  });
}

const bearer = () => ({ authorization: `Bearer ${token}` });

async function secured(): Promise<TLSSocket> {
  const socket = connectTls({ ...address, ...trust });
  await once(socket, 'secureConnect');
  socket.on('error', () => {});
  return socket.resume();
}

/** A call through the sidecar: curl's exit and the status, '0 200'. */
async function probe(path = ''): Promise<string> {
  const { exit, stdout } = await exec(world.kube, client, [
    ...['curl', '-sS', '-o', '/dev/null', '-w', '%{http_code}', `http://catalog/${path}`],
  ]);
  return `${exit} ${stdout}`;
}

async function answersAsBefore(): Promise<void> {
  expect(await send('GET', '/readyz', bearer())).toEqual({ status: 200, body: 'ok' });
  expect(await probe()).toBe('0 200');
}

/** Sockets and pipes of this process, in which both ends are. */
const handles = () =>
  process.getActiveResourcesInfo().filter(each => /Socket|TLS|TCP|Pipe|Process/.test(each)).length;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
function heap(): number {
  collect();
  return process.memoryUsage().heapUsed / 2 ** 20;
}

describe('a request that is wrong is answered with a Status', () => {
  const json = { 'content-type': 'application/json' };
  const patch = { 'content-type': 'application/strategic-merge-patch+json' };
  const DEEP = `{"a":${'['.repeat(5000)}${']'.repeat(5000)}}`;
  it.each([
    ['a body that ends too early', 'POST', ENTRIES, json, '{"spec":', 400],
    ['no body', 'POST', ENTRIES, json, '', 400],
    ['a list for an object', 'POST', ENTRIES, json, '[]', 400],
    ['a number for an object', 'PUT', `${ENTRIES}/a`, json, '7', 400],
    ['a deep nest', 'POST', ENTRIES, json, `${'['.repeat(90_000)}${']'.repeat(90_000)}`, 400],
    ['YAML that is none', 'POST', ENTRIES, { 'content-type': 'application/yaml' }, 'a: [b', 400],
    ['an unknown type', 'POST', ENTRIES, { 'content-type': 'image/png' }, 'x', 415],
    ['a patch of an unknown type', 'PATCH', `${CONFIG_MAPS}/istio-tutor`, json, '{}', 415],
    ['another kind', 'POST', ENTRIES, json, '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}}', 400],
    ['a path that is none', 'GET', '/nowhere', {}, undefined, 404],
    ['a kind that is none', 'GET', '/api/v1/namespaces/mesh-network/nothings', {}, undefined, 404],
    ['a path with a broken escape', 'GET', `${ENTRIES}/%zz`, {}, undefined, 404],
    ['an object that is not there', 'GET', `${ENTRIES}/none`, {}, undefined, 404],
    ['a verb that is none', 'PROPFIND', ENTRIES, {}, undefined, 405],
    ['a verb for another path', 'POST', `${ENTRIES}/a`, json, '{}', 405],
    ['a selector that is none', 'GET', `${ENTRIES}?labelSelector=)`, {}, undefined, 400],
    ['an object with a deep nest', 'POST', ENTRIES, json, DEEP, 400],
    [
      'a patch with a deep nest',
      'PATCH',
      '/apis/apps/v1/namespaces/mesh-network/deployments/client',
      patch,
      DEEP,
      400,
    ],
    ['a command of more than 1 MiB', 'GET', `/version?command=${'a'.repeat(2 ** 20)}`, {}, undefined, 431],
    ['too many bytes, told before', 'POST', ENTRIES, json, ' '.repeat(3 * 2 ** 20 + 1), 413],
  ] as const)('%s', async (_, method, path, headers, body, code) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const answer = await send(method, path, { ...bearer(), ...headers, ...length }, body);
    expect(answer.status).toBe(code);
    expect(JSON.parse(answer.body)).toMatchObject({ kind: 'Status', status: 'Failure', code });
  });

  it('brackets in a text are no levels', async () => {
    const data = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'brackets' },
      data: { text: `"\\${'['.repeat(5000)}` },
    };
    const answer = await send(
      'POST',
      '/api/v1/namespaces/default/configmaps',
      { ...bearer(), ...json },
      JSON.stringify(data),
    );
    expect(JSON.parse(answer.body)).toMatchObject(data);
  });

  it('too many bytes, told piece by piece', async () => {
    const chunked = { ...bearer(), 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
    const answer = await send('POST', ENTRIES, chunked, ' '.repeat(4 * 2 ** 20));
    expect(JSON.parse(answer.body)).toMatchObject({ reason: 'RequestEntityTooLarge', code: 413 });
  });

  it('no token, but about health and version, as everybody may', async () => {
    for (const path of [ENTRIES, '/nowhere', '/metrics'])
      expect((await send('GET', path, {})).status).toBe(401);
    for (const path of ['/version', '/readyz']) expect((await send('GET', path, {})).status).toBe(200);
  });

  it.each([
    ['another token', { authorization: 'Bearer AAAA' }],
    ['an empty token', { authorization: 'Bearer ' }],
    ['another scheme', { authorization: 'Basic YTpi' }],
  ])('%s', async (_, headers) => {
    for (const path of ['/version', '/readyz', ENTRIES, '/nowhere']) {
      const answer = await send('GET', path, headers as Record<string, string>);
      expect(JSON.parse(answer.body)).toMatchObject({ kind: 'Status', code: 401, reason: 'Unauthorized' });
    }
  });
});

describe('a client that is wrong', () => {
  it('which speaks no TLS, no HTTP, or stops in the middle, harms nobody', async () => {
    const before = handles();
    const plain = connectTcp(address.port, address.host);
    plain.on('error', () => {}).resume();
    const refused = once(plain, 'close');
    plain.write('GET / HTTP/1.1\r\n\r\n');
    const silent = connectTcp(address.port, address.host);
    await once(silent, 'connect');
    const noise = await secured();
    const broken = once(noise, 'close');
    noise.write(Buffer.from([0, 255, 13, 10, 0]));
    const halfHead = await secured();
    halfHead.write('GET /version HTTP/1.1\r\nHost:');
    const halfBody = await secured();
    halfBody.write(
      `POST ${ENTRIES} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\nContent-Length: 99\r\n\r\n{"a"`,
    );
    await Promise.all([refused, broken]);
    await answersAsBefore();
    for (const socket of [silent, halfHead, halfBody]) socket.destroy();
    await until('the sockets to go', async () => handles() <= before, { timeoutMs: 5000, everyMs: 20 });
  });

  it('which reads nothing of its watch holds up nobody', async () => {
    const hanging = await secured();
    hanging.pause();
    hanging.write(`GET ${CONFIG_MAPS}?watch=1 HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    const text = 'x'.repeat(100_000);
    for (let i = 0; i < 400; i++) {
      const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'hanging' } };
      const body = { ...object, data: { i: `${i}`, text } };
      const [method, path] = i === 0 ? ['POST', CONFIG_MAPS] : ['PUT', `${CONFIG_MAPS}/hanging`];
      expect((await world.kube.request(method ?? '', path ?? '', { body })).status).toBeLessThan(300);
    }
    await answersAsBefore();
    // Of 40 MB it is kept no more than what may wait; then the watch has ended, and the client can begin anew.
    let kept = 0;
    let last = '';
    hanging.on('data', (chunk: Buffer) => {
      kept += chunk.length;
      last = String(chunk.subarray(-5));
    });
    hanging.resume();
    await until('the end of the watch', async () => last === '0\r\n\r\n', { timeoutMs: 5000, everyMs: 20 });
    expect(kept).toBeLessThan(20 * 2 ** 20);
    hanging.destroy();
    await world.kube.request('DELETE', `${CONFIG_MAPS}/hanging`);
  }, 60_000);
});

describe('an object of the wrong shape', () => {
  it('is refused, and the sandbox lives', async () => {
    const path = '/apis/discovery.k8s.io/v1/namespaces/mesh-network/endpointslices';
    const labels = { 'kubernetes.io/service-name': 'catalog' };
    const slice = {
      ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 'mine', labels } },
      ...{
        addressType: 'IPv4',
        endpoints: [{ conditions: { ready: true } }],
        ports: [{ name: 'http', port: 80 }],
      },
    };
    const json = { ...bearer(), 'content-type': 'application/json' };
    expect((await send('POST', path, json, JSON.stringify(slice))).status).toBe(422);
    const status = `/api/v1/namespaces/mesh-network/pods/${client.pod}/status`;
    const patch = { ...bearer(), 'content-type': 'application/merge-patch+json' };
    expect((await send('PATCH', status, patch, '{"status":{"conditions":"x"}}')).status).toBe(400);
    await answersAsBefore();
  });
});

describe('a regular expression with endless ways to try', () => {
  it('holds up neither the call nor the API', async () => {
    const path = '/apis/networking.istio.io/v1/namespaces/mesh-network/virtualservices';
    const regex = '/(a+)+b';
    const route = [{ destination: { host: 'catalog' } }];
    const headers = { 'x-a': { regex: '(a|aa)+b' } };
    const object = {
      ...{ apiVersion: 'networking.istio.io/v1', kind: 'VirtualService', metadata: { name: 'endless' } },
      spec: {
        hosts: ['catalog'],
        http: [{ match: [{ uri: { regex } }, { headers }], route, fault: ABORT }, { route }],
      },
    };
    const json = { ...bearer(), 'content-type': 'application/json' };
    expect((await send('POST', path, json, JSON.stringify(object))).status).toBe(201);
    // It is in force as soon as it answers itself.
    await until('the route to be in force', async () => (await probe('aab')) === '0 418', {
      ...{ timeoutMs: 10_000, everyMs: 20 },
    });
    const started = performance.now();
    const call = probe('a'.repeat(5000));
    expect((await send('GET', '/readyz', bearer())).status).toBe(200);
    expect(await call).toBe('0 200');
    expect(performance.now() - started).toBeLessThan(3000);
    await send('DELETE', `${path}/endless`, bearer());
  });
});

/** Processes that this one has started and that have not ended. Node tells of them by an older function alone. */
function children(): ChildProcess[] {
  const { _getActiveHandles: handles } = process as unknown as { _getActiveHandles(): object[] };
  return handles.call(process).filter(each => each instanceof ChildProcess);
}

describe('many at once', () => {
  it('1,000 watches opened and dropped leave nothing', async () => {
    await answersAsBefore();
    const [before, heapBefore] = [handles(), heap()];
    for (let round = 0; round < 10; round++) {
      const sockets = await Promise.all(Array.from({ length: 100 }, secured));
      await Promise.all(
        sockets.map(async socket => {
          socket.write(
            `GET ${ENTRIES}?watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n\r\n`,
          );
          const [head] = (await once(socket, 'data')) as [Buffer];
          expect(String(head)).toMatch(/^HTTP\/1.1 200 /);
          socket.destroy();
        }),
      );
    }
    await until('the sockets to go', async () => handles() <= before, { timeoutMs: 5000, everyMs: 20 });
    await answersAsBefore();
    expect(heap() - heapBefore).toBeLessThan(10);
  }, 60_000);

  it('50 probes are all answered', async () => {
    // Of this process: other test files have sandboxes of their own, which come and go meanwhile.
    const own = new RegExp(`^istio-tutor-sandbox-.*-${process.pid}-`);
    const folders = () => readdirSync(tmpdir()).filter(name => own.test(name));
    await answersAsBefore();
    const [before, foldersBefore] = [handles(), folders()];
    expect(foldersBefore.length).toBeGreaterThan(0);
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => probe(`?${i}`)));
    expect(answers).toEqual(Array(50).fill('0 200'));
    expect(folders()).toEqual(foldersBefore);
    // The kept connections of the API's client stay, at most one a probe.
    await until('the pipes to go', async () => handles() <= before + 2 * 50, {
      timeoutMs: 5000,
      everyMs: 20,
    });
    await answersAsBefore();
  }, 60_000);

  it('probes that are given up take their curl with them', async () => {
    // Of this test alone: other suites of this process may still have children.
    const others = new Set(children());
    const controllers = Array.from({ length: 10 }, () => new AbortController());
    const running = controllers.map(({ signal }) => {
      const call = exec(world.kube, client, ['curl', '-sS', 'http://api.safedata-zone.io/delay/30'], {
        signal,
      });
      return call.catch((error: Error) => error.name);
    });
    const curls = () => children().filter(each => !others.has(each)).length;
    await until('the calls', async () => curls() === 10, { timeoutMs: 10_000, everyMs: 20 });
    for (const controller of controllers) controller.abort();
    await Promise.all(running);
    await until('their end', async () => curls() === 0, { timeoutMs: 5000, everyMs: 20 });
    await answersAsBefore();
  }, 60_000);
});
