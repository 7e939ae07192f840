import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectMesh } from '../../src/lesson/connect-mesh.ts';
import type { Mesh } from '../../src/lesson/mesh.ts';
import { rebuild } from '../../src/lesson/rebuild.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { clusterIPs } from '../../src/world/addresses.ts';
import {
  bringUpClient,
  type ClientParts,
  clientNamespaces,
  removeClients,
} from '../../src/world/further-clients.ts';
import { madeOf } from '../../src/world/made-of.ts';
import { type SandboxWorld, sandboxWorld } from '../support/sandbox-world.ts';

const signal = new AbortController().signal;
const entry = (namespace: string, exportTo: string) => ({
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata: { name: 'api', namespace },
  spec: {
    hosts: ['api.safedata-zone.io'],
    resolution: 'DNS',
    exportTo: [exportTo],
    ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
  },
});

describe('a second client', () => {
  let world: SandboxWorld;
  let mesh: Mesh;
  let parts: ClientParts;
  beforeAll(async () => {
    world = await sandboxWorld();
    const { kube, names } = world;
    parts = { made: await madeOf(kube, names), ips: await clusterIPs(kube, names), whole: true };
    mesh = await connectMesh(kube, { names, provider: 'sandbox', clock: systemClock });
  }, 60_000);
  afterAll(async () => {
    mesh.close();
    await world.end();
  });

  const clusterOf = async (from?: string) => {
    const { evidence } = mesh.start(['http://api.safedata-zone.io/data'], signal, from);
    const { sidecar } = await evidence;
    return sidecar.read ? sidecar.lines[0]?.cluster : sidecar.why;
  };
  const stateWith = (namespace: string, exportTo: string) => {
    const object = entry(namespace, exportTo);
    const { apiVersion, kind } = object;
    return {
      objects: [{ object, ref: { apiVersion, kind, name: 'api', namespace } }],
      aged: [],
      workloads: { replicas: {}, env: {}, services: {} },
      clients: ['b'],
    };
  };
  const known = 'outbound|80||api.safedata-zone.io';

  it('calls from a namespace of its own, and the two see what is exported to them', async () => {
    await rebuild(mesh, stateWith('mesh-network-b', '.'), { afresh: false, clock: systemClock });
    expect([await clusterOf('b'), await clusterOf()]).toEqual([known, 'PassthroughCluster']);
    await rebuild(mesh, stateWith('mesh-network-b', '*'), { afresh: false, clock: systemClock });
    expect([await clusterOf('b'), await clusterOf()]).toEqual([known, known]);
  });

  const answerOf = async (url: string, from?: string) => {
    const { curl } = await mesh.start([url], signal, from).evidence;
    const [{ body }] = curl.transfers as [(typeof curl.transfers)[0]];
    return body.api?.version ?? (body.unlogged ? 'unlogged' : body.text);
  };

  it('is answered by all servers of the world that it belongs to, as their logs say', async () => {
    expect(await answerOf('http://api.safedata-zone.io/', 'b')).toBe('stable');
    expect(await answerOf('http://catalog.mesh-network/', 'b')).toBe('catalog');
  });

  it('does not believe a server that calls itself by the name of another', async () => {
    const renamed = { replicas: {}, env: { 'safedata-canary': { APP_VERSION: 'stable' } }, services: {} };
    await mesh.setWorkloads(renamed, signal);
    expect(await answerOf('http://canary.safedata-zone.io/')).toBe('unlogged');
    await mesh.setWorkloads({ replicas: {}, env: {}, services: {} }, signal);
    expect(await answerOf('http://canary.safedata-zone.io/')).toBe('canary');
  });

  it('is out of sight again where none is wanted, and nothing of it is in effect any more', async () => {
    const none = { ...stateWith('mesh-network-b', '*'), objects: [], clients: [] };
    await rebuild(mesh, none, { afresh: false, clock: systemClock });
    expect(await clusterOf()).toBe('PassthroughCluster');
    expect(() => mesh.start(['http://catalog/'], signal, 'b')).toThrow(
      'Client b was asked to call before it was made.',
    );
  });

  it('goes where none is wanted, is made again, is left alone when it runs, and goes with its world', async () => {
    const { kube, names } = world;
    await expect.poll(() => clientNamespaces(kube, names), { timeout: 10_000 }).toEqual([]);
    expect(await bringUpClient(kube, names, 'b', signal, parts)).toBe(true);
    expect(await bringUpClient(kube, names, 'b', signal, parts)).toBe(false);
    expect(await clientNamespaces(kube, names)).toEqual(['mesh-network-b']);
    await removeClients(kube, names, signal);
    expect(await clientNamespaces(kube, names)).toEqual([]);
  });

  it('is scaled up again where kubectl has scaled it down', async () => {
    const { kube, names } = world;
    await bringUpClient(kube, names, 'b', signal, parts);
    const path = '/apis/apps/v1/namespaces/mesh-network-b/deployments/client';
    const deployment = async () =>
      (await kube.request('GET', path)).body as { spec: { replicas: number }; status: { replicas?: number } };
    const contentType = 'application/merge-patch+json';
    await kube.request('PATCH', path, { body: { spec: { replicas: 0 } }, contentType });
    await expect.poll(async () => (await deployment()).status.replicas ?? 0).toBe(0);
    await bringUpClient(kube, names, 'b', signal, parts);
    expect((await deployment()).status.replicas).toBe(1);
    await removeClients(kube, names, signal);
  });

  it('takes no namespace that is somebody else’s', async () => {
    const { kube, names } = world;
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mesh-network-c' } };
    await kube.request('POST', '/api/v1/namespaces', { body: namespace });
    await expect(bringUpClient(kube, names, 'c', signal, parts)).rejects.toMatchObject({
      problem: {
        what: 'Namespace mesh-network-c is already there, and is not a second client’s.'.replace('’', "'"),
      },
    });
  });
});
