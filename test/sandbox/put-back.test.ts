/** Whatever kubectl has made of the world's own objects, a reset puts back, and starts no pod that is as it should be. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listObjects } from '../../src/kube/apply.ts';
import type { KubeObject } from '../../src/kube/client.ts';
import { connectMesh } from '../../src/lesson/connect-mesh.ts';
import type { Mesh } from '../../src/lesson/mesh.ts';
import { rebuild } from '../../src/lesson/rebuild.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { type SandboxWorld, sandboxWorld } from '../support/sandbox-world.ts';

const EMPTY = { objects: [], aged: [], workloads: { replicas: {}, env: {}, services: {} }, clients: ['b'] };
const KINDS = ['Namespace', 'ConfigMap', 'Secret', 'ServiceAccount', 'Service', 'Pod'];
const NAMESPACES = ['mesh-network', 'mesh-network-b', 'outside'];
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

let world: SandboxWorld;
let mesh: Mesh;
beforeAll(async () => {
  world = await sandboxWorld();
  const { kube, names } = world;
  mesh = await connectMesh(kube, { names, provider: 'sandbox', ours: true, clock: systemClock });
  await rebuild(mesh, EMPTY, { afresh: false, clock: systemClock });
}, 60_000);
afterAll(async () => {
  mesh.close();
  await world.end();
});

const reset = async () => (await rebuild(mesh, EMPTY, { afresh: true, clock: systemClock })).changed;

/** What anybody may have written, of all that is in the world's namespaces; of pods how many, for what, by what. */
async function state(): Promise<readonly string[]> {
  const lists = await Promise.all([
    ...KINDS.map(kind => listObjects(world.kube, 'v1', kind, null)),
    listObjects(world.kube, 'apps/v1', 'Deployment', null),
    listObjects(world.kube, 'discovery.k8s.io/v1', 'EndpointSlice', null),
  ]);
  return lists
    .flat()
    .filter(({ metadata: { namespace, name } }) => NAMESPACES.includes(namespace ?? name))
    .map(({ kind, metadata, status: _status, ...rest }) => {
      const { name, namespace = '', labels = {}, annotations = {} } = metadata;
      const own = { ...annotations, [LAST_APPLIED]: '', 'deployment.kubernetes.io/revision': '' };
      if (kind === 'Pod') return `${namespace} ${labels.app} ${containersOf(rest.spec)}`;
      if (kind === 'EndpointSlice') return `${namespace} ${labels['kubernetes.io/service-name']}`;
      const text = { ...rest, kind, namespace, name, labels, annotations: own };
      return JSON.stringify(text, (key, value: unknown) => {
        // Why its pods were started again is no part of what it is.
        if (key === 'istio-tutor/restarted-for') return undefined;
        return isPlain(value) ? sorted(value) : value;
      });
    })
    .sort();
}

const isPlain = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const sorted = (value: object) =>
  Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));

function containersOf(spec: unknown): string {
  const { containers = [], initContainers = [] } = spec as Record<string, { name: string }[]>;
  return [...initContainers, ...containers].map(each => each.name).join();
}

const podNames = async () =>
  (await listObjects(world.kube, 'v1', 'Pod', null)).map(each => each.metadata.name).sort();

const core = (namespace: string, plural: string) => `/api/v1/namespaces/${namespace}/${plural}`;
const apps = (namespace: string, name: string) => `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
const metadata = (labels: object, annotations: object = {}) => ({ metadata: { labels, annotations } });
const container = (name: string, change: object) => ({
  spec: { template: { spec: { containers: [{ name, ...change }] } } },
});

async function send(method: string, path: string, body?: unknown): Promise<void> {
  const contentType = method === 'PATCH' ? 'application/strategic-merge-patch+json' : 'application/json';
  const answer = await world.kube.request(method, path, { body, contentType });
  if (answer.status >= 300) throw new Error(JSON.stringify(answer.body));
}
const patch = (path: string, body: unknown) => send('PATCH', path, body);

/** A Deployment as `kubectl get -o yaml`, an editor and `kubectl apply` leave it. */
async function applied(path: string, change: (spec: { replicas: number; template: unknown }) => void) {
  const { body } = await world.kube.request('GET', path);
  const object = structuredClone(body) as KubeObject;
  change(object.spec as { replicas: number; template: unknown });
  object.metadata.annotations = { ...object.metadata.annotations, [LAST_APPLIED]: JSON.stringify(object) };
  await send('PUT', path, object);
}

const bare = { containers: [{ name: 'main', image: 'docker.io/library/node:22-alpine', command: ['sh'] }] };
const nobodys = metadata({ 'app.kubernetes.io/managed-by': null });
const template = (labels: object, annotations: object = {}) => ({
  spec: { template: metadata(labels, annotations) },
});
const hostAliases = [{ ip: '10.1.1.1', hostnames: ['api.safedata-zone.io'] }];

describe('a reset puts back', () => {
  it.each<[string, readonly (() => Promise<void>)[]]>([
    [
      'images, variables, containers, replicas, names, and a Deployment that was deleted',
      [
        () => patch(apps('outside', 'example-pay'), container('api', { image: 'example.com/a:1' })),
        () =>
          applied(apps('mesh-network', 'client'), spec => {
            spec.template = JSON.parse(
              JSON.stringify(spec.template).replace(/"image":"[^"]*"/, '"image":"x"'),
            );
          }),
        () =>
          patch(
            apps('mesh-network', 'catalog'),
            container('api', { env: [{ name: 'FIREWALL', value: 'on' }] }),
          ),
        () =>
          patch(apps('mesh-network', 'catalog'), container('second', { image: bare.containers[0]?.image })),
        () => patch(apps('outside', 'safedata-canary'), { spec: { replicas: 2 } }),
        () => patch(apps('mesh-network-b', 'client'), { spec: { template: { spec: { hostAliases } } } }),
        () => send('DELETE', apps('outside', 'safedata-stable')),
      ],
    ],
    [
      'labels and annotations of templates, and what says that it is nobody’s',
      [
        () =>
          patch(
            apps('mesh-network', 'client'),
            template({ version: 'v2' }, { 'traffic.sidecar.istio.io/excludeOutboundPorts': '80' }),
          ),
        () => patch(apps('mesh-network-b', 'client'), template({ 'sidecar.istio.io/inject': 'false' })),
        () => patch(apps('mesh-network', 'catalog'), nobodys),
        () => patch(core('mesh-network', 'services/catalog'), nobodys),
      ],
    ],
    [
      'ConfigMaps, Secrets, accounts and labels of namespaces',
      [
        () => patch(core('outside', 'configmaps/api-server'), { data: { 'x.mjs': '' } }),
        () => send('DELETE', core('mesh-network', 'configmaps/api-server')),
        () => patch(core('mesh-network', 'secrets/lab-certs'), { data: { 'ca.pem': 'AAAA' } }),
        () => send('DELETE', core('outside', 'secrets/lab-certs')),
        () => patch(core('mesh-network', 'serviceaccounts/default'), { automountServiceAccountToken: false }),
        () =>
          patch(
            '/api/v1/namespaces/mesh-network-b',
            metadata({ 'istio-injection': null, 'istio.io/rev': 'x' }, { a: 'b' }),
          ),
        () => patch('/api/v1/namespaces/outside', metadata({ 'istio-injection': 'enabled' })),
      ],
    ],
    [
      'the injection of a namespace, with a client that was started without, and what passes for a server',
      [
        () => patch('/api/v1/namespaces/mesh-network', metadata({ 'istio-injection': 'disabled' })),
        () => send('DELETE', `${core('mesh-network', 'pods')}?labelSelector=app%3Dclient`),
        () =>
          send('POST', '/apis/discovery.k8s.io/v1/namespaces/mesh-network/endpointslices', {
            ...{ apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', addressType: 'IPv4' },
            metadata: { name: 'mine', labels: { 'kubernetes.io/service-name': 'catalog' } },
            endpoints: [{ addresses: ['10.9.9.9'], conditions: { ready: true } }],
            ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
          }),
        () =>
          send('POST', core('outside', 'pods'), {
            ...{ apiVersion: 'v1', kind: 'Pod', spec: bare },
            metadata: { name: 'mine', labels: { app: 'safedata-stable' } },
          }),
        () =>
          send('POST', '/apis/apps/v1/namespaces/mesh-network/deployments', {
            ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
            metadata: { name: 'mine', labels: { 'app.kubernetes.io/managed-by': 'istio-tutor' } },
            spec: {
              selector: { matchLabels: { mine: 'yes' } },
              template: { ...metadata({ mine: 'yes', app: 'client' }), spec: bare },
            },
          }),
      ],
    ],
    ['the client, scaled away', [() => patch(apps('mesh-network', 'client'), { spec: { replicas: 0 } })]],
  ])(
    '%s',
    async (_, changes) => {
      const before = await state();
      for (const change of changes) {
        const last = await state();
        await change();
        expect(await state()).not.toEqual(last);
      }
      await reset();
      await expect.poll(state).toEqual(before);
      const pods = await podNames();
      expect(await reset()).toEqual([]);
      expect(await podNames()).toEqual(pods);
    },
    30_000,
  );

  it('and leaves what is nobody’s hindrance, and pods that were started again', async () => {
    const tool = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'tool' }, spec: bare };
    await send('POST', core('mesh-network', 'pods'), tool);
    const note = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'note' } };
    await send('POST', core('mesh-network', 'configmaps'), note);
    const restartedAt = { 'kubectl.kubernetes.io/restartedAt': 'now' };
    await patch(apps('mesh-network', 'catalog'), template({}, restartedAt));
    const before = await state();
    expect(await reset()).toEqual([]);
    expect(await state()).toEqual(before);
  }, 30_000);
});

it('on a cluster that is not ours, only what is labelled as ours is written', async () => {
  const { kube, names } = world;
  const foreign = await connectMesh(kube, { names, provider: 'context', clock: systemClock });
  await patch(apps('outside', 'example-pay'), { ...nobodys, ...container('api', { image: 'x' }) });
  await patch('/api/v1/namespaces/mesh-network', metadata({ team: 'a', 'istio-injection': null }));
  await patch(apps('outside', 'safedata-canary'), { ...metadata({ team: 'a' }), spec: { replicas: 2 } });
  const { changed } = await rebuild(foreign, EMPTY, { afresh: true, clock: systemClock });
  expect(changed).toEqual(['Namespace/mesh-network put back', 'Deployment/safedata-canary put back']);
  const { body } = await kube.request('GET', '/api/v1/namespaces/mesh-network');
  expect((body as KubeObject).metadata.labels).toMatchObject({ team: 'a', 'istio-injection': 'enabled' });
  foreign.close();
  await reset();
}, 30_000);

it('and `up` gets pods to run again that cannot with what somebody has added', async () => {
  const before = await state();
  await patch(apps('outside', 'example-pay'), container('second', { image: 'example.com/none:1' }));
  await world.cluster.up({ stage: () => {}, line: () => {} }, new AbortController().signal);
  await expect.poll(state).toEqual(before);
}, 30_000);
