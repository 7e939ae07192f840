import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { apply, listObjects, remove } from '../../src/kube/apply.ts';
import type { Kube, KubeObject } from '../../src/kube/client.ts';
import { connectMesh } from '../../src/lesson/connect-mesh.ts';
import { effectText } from '../../src/lesson/effect-text.ts';
import type { Mesh } from '../../src/lesson/mesh.ts';
import { refusalFindings } from '../../src/probe/refusal-findings.ts';
import { openProbes } from '../../src/probe/session.ts';
import { traceOf } from '../../src/probe/trace-call.ts';
import { walk } from '../../src/probe/walk.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { type SandboxWorld, sandboxWorld } from '../support/sandbox-world.ts';

let world: SandboxWorld;
let mesh: Mesh;

beforeAll(async () => {
  world = await sandboxWorld();
  mesh = await connectMesh(world.kube, { names: world.names, provider: 'sandbox', clock: systemClock });
});
afterAll(async () => {
  mesh.close();
  await world.end();
});
afterEach(async () => {
  for (const kind of ['ServiceEntry', 'VirtualService']) {
    for (const { metadata } of await listObjects(world.kube, API, kind, world.names.mesh)) {
      await remove(world.kube, { apiVersion: API, kind, name: metadata.name, namespace: world.names.mesh });
    }
  }
});

const API = 'networking.istio.io/v1';
const HOST = 'api.safedata-zone.io';

function object(kind: string, name: string, spec: object): KubeObject {
  return { apiVersion: API, kind, metadata: { name, namespace: world.names.mesh }, spec };
}

function entry(name: string, host: string, port = 443, protocol = 'HTTPS'): KubeObject {
  const ports = [{ number: port, name: protocol.toLowerCase(), protocol }];
  const resolution = host.includes('*') ? 'NONE' : 'DNS';
  return object('ServiceEntry', name, { hosts: [host], ports, resolution, location: 'MESH_EXTERNAL' });
}

const MANY = { match: [{ uri: { prefix: '/many' } }], redirect: { uri: '/choices', redirectCode: 300 } };
const REST = { rewrite: { uri: '/rewritten' }, route: [{ destination: { host: HOST } }] };

async function effectOf(...objects: KubeObject[]): Promise<string> {
  const before = await mesh.before();
  for (const each of objects) await apply(world.kube, each);
  return effectText(await mesh.follow(before));
}

const PARTIAL =
  'A wildcard in a TLS server name must be the whole first label, as in *.example.com. ' +
  'At fault: ServiceEntry mesh-network/half-a-label, host *data-zone.io. ' +
  'Until that is mended the sidecar keeps what it had, and takes no later change of it either.';

it('is said of the change that brought it, and of every later one of that listener', async () => {
  expect(await effectOf(entry('api', HOST))).toMatch(/^in effect/);
  const refused =
    "refused by the sidecar: Error adding/updating listener(s) 0.0.0.0_443: error adding listener '0.0.0.0:443': " +
    `partial wildcards are not supported in "server_names" ${PARTIAL}`;
  expect(await effectOf(entry('half-a-label', '*data-zone.io'))).toBe(refused);
  // What the sidecar has of the call is older, and trace says so.
  const traced = await traceOf(world.kube, world.names, [`https://${HOST}/`]);
  expect(traced).toMatchObject({ notes: [expect.stringContaining(PARTIAL)] });
  // A call says so as well, and goes where the older one leads it.
  const called = walk(await mesh.start(['-s', `https://${HOST}/v2/data`]).evidence);
  expect(called.sentence).toContain(`The sidecar has refused an update: ${PARTIAL}`);
  expect(called.hops.map(hop => hop.state)).toEqual(['passed', 'passed', 'passed', 'passed']);
  // Another port goes on.
  expect(await effectOf(entry('pay', 'pay.example-pay.io', 80, 'HTTP'))).toMatch(/^in effect/);
  await remove(world.kube, {
    apiVersion: API,
    kind: 'ServiceEntry',
    name: 'half-a-label',
    namespace: world.names.mesh,
  });
  expect(await effectOf(entry('later', 'pay.example-pay.io'))).toMatch(/^in effect/);
  expect(await traceOf(world.kube, world.names, [`https://${HOST}/`])).toMatchObject({ notes: [] });
});

it('is asked for with each call as long as it stands, and no more once it is over', async () => {
  let asked = 0;
  const request: Kube['request'] = (method, path, options) => {
    if (path.includes('/log?') && path.includes('tailLines=5000')) asked++;
    return world.kube.request(method, path, options);
  };
  const { kube, names } = world;
  const session = await openProbes({ config: kube.config, request }, names, 'sandbox');
  const call = async () => {
    asked = 0;
    const { refused } = await session.start(['-s', `https://${HOST}/v2/data`]).evidence;
    return { asked, refused: refused?.length ?? 0 };
  };
  await effectOf(entry('half-a-label', '*data-zone.io'));
  expect(await call()).toEqual({ asked: 1, refused: 1 });
  await remove(kube, { apiVersion: API, kind: 'ServiceEntry', name: 'half-a-label', namespace: names.mesh });
  await effectOf(entry('later', 'pay.example-pay.io'));
  expect([await call(), await call()]).toEqual([
    { asked: 1, refused: 0 },
    { asked: 0, refused: 0 },
  ]);
  await effectOf(entry('half-a-label', '*data-zone.io'));
  expect(await call()).toEqual({ asked: 1, refused: 1 });
  session.close();
});

it('is a finding of analysis under a code that is not of istioctl, as long as it stands', async () => {
  expect(await refusalFindings(world.kube, world.names)).toEqual([]);
  const first = await effectOf(
    entry('api', HOST, 80, 'HTTP'),
    object('VirtualService', 'many', { hosts: [HOST], http: [MANY, REST] }),
  );
  expect(first).toContain('At fault: VirtualService mesh-network/many, redirectCode 300.');
  expect(await refusalFindings(world.kube, world.names)).toEqual([
    expect.objectContaining({
      code: 'SIDECAR-REFUSED',
      level: 'Error',
      origin: 'VirtualService mesh-network/many',
      message: expect.stringContaining('field: "action", reason: is required'),
    }),
  ]);
  const mended = { ...MANY, redirect: { uri: '/choices', redirectCode: 302 } };
  const second = await effectOf(object('VirtualService', 'many', { hosts: [HOST], http: [mended, REST] }));
  expect(second).toMatch(/^in effect/);
  expect(await refusalFindings(world.kube, world.names)).toEqual([]);
});
