/** A reset that meets a fault in the middle: the whole state all the same, or an error that says what to do, and then a second reset does. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Kube, KubeObject } from '../../src/kube/client.ts';
import type { KubeResponse } from '../../src/kube/request.ts';
import { unreachable } from '../../src/kube/request.ts';
import { connectMesh } from '../../src/lesson/connect-mesh.ts';
import type { Mesh } from '../../src/lesson/mesh.ts';
import { rebuild } from '../../src/lesson/rebuild.ts';
import { BugError, TutorError } from '../../src/shared/errors.ts';
import { QuickClock } from '../support/memory-mesh.ts';
import { type SandboxWorld, sandboxWorld } from '../support/sandbox-world.ts';

const clock = new QuickClock();
const object = (kind: string, name: string, spec: object): KubeObject => ({
  ...{ apiVersion: 'networking.istio.io/v1', kind, metadata: { name, namespace: 'mesh-network' }, spec },
});
const entry = (port: number) =>
  object('ServiceEntry', 'api', {
    ...{ hosts: ['api.safedata-zone.io'], resolution: 'DNS', location: 'MESH_EXTERNAL' },
    ports: [{ number: port, name: 'http', protocol: 'HTTP' }],
  });
const rule = object('DestinationRule', 'stray', { host: 'api.safedata-zone.io' });
const { apiVersion, kind, metadata } = entry(80);
const WANTED = {
  objects: [{ object: entry(80), ref: { apiVersion, kind, name: metadata.name, namespace: 'mesh-network' } }],
  ...{ aged: [], workloads: { replicas: {}, env: {}, services: {} }, clients: [] },
};

type Request = Kube['request'];
/** Answers in the API's place, or does something before it answers. */
type Fault = (...request: Parameters<Request>) => Promise<KubeResponse | undefined>;

let world: SandboxWorld;
let mesh: Mesh;
let fault: Fault | null = null;
beforeAll(async () => {
  world = await sandboxWorld();
  const { kube, names } = world;
  const request: Request = async (...args) => (await fault?.(...args)) ?? kube.request(...args);
  mesh = await connectMesh({ ...kube, request }, { names, provider: 'sandbox', ours: true, clock });
}, 60_000);
afterAll(async () => {
  mesh.close();
  await world.end();
});

const reset = () => rebuild(mesh, WANTED, { afresh: true, clock });
const ISTIO = '/apis/networking.istio.io/v1/namespaces/mesh-network';
const PATHS = {
  entry: `${ISTIO}/serviceentries/api`,
  rule: `${ISTIO}/destinationrules/stray`,
  service: '/api/v1/namespaces/mesh-network/services/catalog',
  deployment: '/apis/apps/v1/namespaces/mesh-network/deployments/catalog',
  config: '/api/v1/namespaces/outside/configmaps/api-server',
  namespace: '/api/v1/namespaces/mesh-network',
};

async function send(method: string, path: string, body?: unknown, type = 'merge-patch+json'): Promise<void> {
  const answer = await world.kube.request(method, path, { body, contentType: `application/${type}` });
  if (answer.status >= 300 && answer.status !== 409) throw new Error(JSON.stringify(answer.body));
}

/** Something of each kind that a reset puts right, and no pod that would have to start again. */
async function disturb(): Promise<void> {
  const label = (value: string | null) => ({
    metadata: { labels: { 'app.kubernetes.io/managed-by': value } },
  });
  await send('POST', `${ISTIO}/destinationrules`, rule, 'json');
  await send('PATCH', PATHS.entry, { spec: entry(81).spec });
  await send('PATCH', PATHS.service, { spec: { ports: [{ name: 'http', port: 82, targetPort: 8080 }] } });
  await send('PATCH', PATHS.deployment, label(null));
  await send('PATCH', PATHS.config, { metadata: { labels: { more: 'x' } } });
  await send('PATCH', PATHS.namespace, { metadata: { labels: { 'istio-injection': 'disabled' } } });
}

/** What all of that is, as far as it matters. */
async function state(): Promise<unknown> {
  const read = async (path: string) => (await world.kube.request('GET', path)).body as KubeObject;
  const [found, gone, service, deployment, config, namespace] = await Promise.all(
    Object.values(PATHS).map(read),
  );
  const { ports, clusterIP } = (service?.spec ?? {}) as Record<string, unknown>;
  const labels = [deployment, config, namespace].map(each => each?.metadata?.labels);
  return { spec: found?.spec, gone: gone?.kind, ports, clusterIP, labels };
}

/** How a reset ended: 'whole', or what the error said that is worth to be told. Nothing else is borne. */
async function ending(): Promise<string> {
  const error = await reset().catch((thrown: unknown) => thrown);
  if (!(error instanceof Error)) return 'whole';
  if (!(error instanceof TutorError) || error instanceof BugError) throw error;
  const { what, why, detail, next } = error.problem;
  expect([what, why ?? detail ?? '', next[0] ?? '']).not.toContain('');
  return what;
}

/** Each request that is meant meets the fault, the first time that it is sent. */
function eachOnce(broken: Fault, isMeant: (request: string) => boolean) {
  const met = new Set<string>();
  const work: Fault = async (method, path, ...rest) => {
    const request = `${method} ${path}`;
    if (met.has(request) || !isMeant(request)) return undefined;
    met.add(request);
    return broken(method, path, ...rest);
  };
  return { met, work };
}

const isWrite = (request: string) => !request.startsWith('GET') && !request.includes('dryRun');
const conflict: Fault = async () => ({
  status: 409,
  warnings: [],
  body: { kind: 'Status', reason: 'Conflict', message: 'the object has been modified', code: 409 },
});
const dropped: Fault = async () => {
  throw unreachable(world.kube.config, Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
};
const deleted: Fault = async (_method, path) => {
  const [object = ''] = path.split('?');
  await world.kube.request('DELETE', object);
  return undefined;
};

const isOf = (request: string, names: string) =>
  new RegExp(`^(PUT|PATCH|DELETE) .*/(${names})(\\?|$)`).test(request) && isWrite(request);

it.each<[string, Fault, (request: string) => boolean, number]>([
  ['a conflict at each write', conflict, isWrite, 6],
  ['each object deleted meanwhile', deleted, each => isOf(each, 'api|stray|catalog|api-server'), 4],
  ['its namespace deleted meanwhile', deleted, each => isOf(each, 'namespaces/mesh-network'), 1],
])(
  'goes through to the end with %s',
  async (_, broken, isMeant, least) => {
    await reset();
    const before = await state();
    await disturb();
    const { met, work } = eachOnce(broken, isMeant);
    fault = work;
    expect(await ending()).toBe('whole');
    fault = null;
    expect(met.size).toBeGreaterThanOrEqual(least);
    expect(await state()).toEqual(before);
  },
  60_000,
);

it('says it when a connection is dropped, at whichever request, and goes through when none is', async () => {
  await reset();
  const before = await state();
  await disturb();
  const { met, work } = eachOnce(dropped, () => true);
  fault = work;
  const endings: string[] = [];
  for (let last = -1; endings.at(-1) !== 'whole' || met.size > last; ) {
    last = met.size;
    endings.push(await ending());
    expect(endings.length).toBeLessThan(40);
  }
  fault = null;
  expect(met.size).toBeGreaterThan(30);
  expect(new Set(endings)).toEqual(new Set(['The cluster does not answer.', 'whole']));
  expect(await state()).toEqual(before);
}, 60_000);
