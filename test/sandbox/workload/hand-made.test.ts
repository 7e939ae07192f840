/** What is made by hand where a controller makes it as a rule, and what a controller gives up. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Resource } from '../../../src/istio/resource.ts';
import { type TestWorld, testWorld } from './world.ts';

const SLICES = 'endpointslices.discovery.k8s.io';

let world: TestWorld;
beforeAll(async () => {
  world = await testWorld();
  world.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } });
});
afterAll(() => world.close());

const deployment = (name: string, spec: object, container: object): Resource => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name, namespace: 'team' } },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'api', ...container }] } },
    ...spec,
  },
});
const server = { image: 'node:22', command: ['node', 'api-server.mjs'] };
const metadata = { name: 'by-hand', namespace: 'team', labels: { a: 'b' } };
const service = (selector?: object): Resource => ({
  ...{ apiVersion: 'v1', kind: 'Service', metadata },
  spec: { ...(selector ? { selector } : {}), ports: [{ port: 80 }] },
});
const slices = () =>
  world.store
    .list(SLICES, 'team')
    .filter(each => each.metadata.labels?.['kubernetes.io/service-name'] === 'by-hand');

it('Endpoints of a Service without a selector become an EndpointSlice, which calls follow', async () => {
  world.apply(deployment('server', {}, server));
  const ip = world.podIP('team', await world.pod('team', 'server'));
  world.apply(service());
  const endpoints = (subsets: object[]) => {
    const object = { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets } as Resource;
    if (world.store.get('endpoints', 'team', 'by-hand')) world.store.update('endpoints', object);
    else world.store.create('endpoints', object);
  };
  endpoints([{ addresses: [{ ip }], notReadyAddresses: [{ ip: '10.244.0.1' }], ports: [{ port: 8080 }] }]);
  const [made] = await world.until(() => slices().length === 1 && slices());
  expect(made).toMatchObject({
    metadata: {
      name: expect.stringMatching(/^by-hand-/),
      labels: {
        a: 'b',
        'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
      },
      ownerReferences: [expect.objectContaining({ kind: 'Endpoints', name: 'by-hand', controller: true })],
    },
    addressType: 'IPv4',
    endpoints: [
      { addresses: [ip], conditions: { ready: true } },
      { addresses: ['10.244.0.1'], conditions: { ready: false } },
    ],
    ports: [{ name: '', port: 8080, protocol: 'TCP' }],
  });
  const to = { ip: world.clusterIP('team', 'by-hand'), port: 80 };
  (await world.network.dial(to, '10.244.9.9')).destroy();

  endpoints([{ addresses: [{ ip: '10.244.0.2' }], ports: [{ port: 8080 }] }]);
  await world.until(() => (slices()[0]?.endpoints as object[])?.length === 1);
  expect(slices()[0]?.metadata.uid).toBe(made?.metadata.uid);
  await expect(world.network.dial(to, '10.244.9.9')).rejects.toThrow('ECONNREFUSED');

  world.apply(service({ app: 'server' }));
  await world.until(() =>
    slices()[0]?.metadata.labels?.['endpointslice.kubernetes.io/managed-by']?.startsWith('endpointslice-'),
  );
  expect(slices()).toHaveLength(1);
  world.store.delete('services', 'team', 'by-hand');
  await world.until(() => slices().length === 0);
});

it('a rollout that makes no progress is given up at its deadline, and taken up again with a new template', async () => {
  const progressing = () => {
    const { conditions = [] } = (world.store.get('deployments.apps', 'team', 'stuck')?.status ?? {}) as {
      conditions?: { type: string; status: string; reason: string; message: string }[];
    };
    return conditions.find(each => each.type === 'Progressing');
  };
  world.apply(deployment('stuck', { progressDeadlineSeconds: 1 }, { image: 'nginx' }));
  const late = await world.until(() => progressing()?.status === 'False' && progressing());
  expect(late).toMatchObject({
    reason: 'ProgressDeadlineExceeded',
    message: expect.stringMatching(/^ReplicaSet "stuck-[a-z0-9]+" has timed out progressing\.$/),
  });
  world.apply(deployment('stuck', { progressDeadlineSeconds: 600 }, { image: 'httpd' }));
  await world.until(() => progressing()?.reason === 'ReplicaSetUpdated');
  world.apply(deployment('stuck', { progressDeadlineSeconds: 600 }, server));
  await world.until(() => progressing()?.reason === 'NewReplicaSetAvailable');
});

it('a Service whose nodes or balancers nobody has is told of', () => {
  const spec = {
    ports: [{ port: 80 }],
    externalIPs: ['1.2.3.4'],
    internalTrafficPolicy: 'Local',
    trafficDistribution: 'PreferClose',
    ipFamilyPolicy: 'PreferDualStack',
  };
  const of = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'far', namespace: 'team' } };
  expect(world.apply({ ...of, spec }).map(each => each.split(':')[0])).toEqual([
    'spec.externalIPs',
    'spec.internalTrafficPolicy',
    'spec.trafficDistribution',
    'spec.ipFamilyPolicy',
  ]);
  expect(
    world.apply({ ...of, metadata: { ...of.metadata, name: 'near' }, spec: { ports: spec.ports } }),
  ).toEqual([]);
});
