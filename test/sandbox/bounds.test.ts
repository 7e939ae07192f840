import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { contextCluster } from '../../src/cluster/providers/context/context.ts';
import { apply } from '../../src/kube/apply.ts';
import type { KubeObject } from '../../src/kube/client.ts';
import { applyChanges } from '../../src/lesson/apply-changes.ts';
import { connectMesh } from '../../src/lesson/connect-mesh.ts';
import type { Mesh } from '../../src/lesson/mesh.ts';
import { systemClock } from '../../src/shared/clock.ts';
import { paths } from '../../src/shared/paths.ts';
import { worldNames } from '../../src/world/names.ts';
import { type SandboxWorld, sandboxWorld } from '../support/sandbox-world.ts';

const BILLING: KubeObject = {
  apiVersion: 'networking.istio.io/v1',
  kind: 'ServiceEntry',
  metadata: { name: 'billing', namespace: 'prod' },
  spec: {
    hosts: ['billing.example'],
    resolution: 'DNS',
    ports: [{ number: 80, name: 'http', protocol: 'HTTP' }],
  },
};
const within = (namespace: string, changes: Partial<KubeObject> = {}): KubeObject => ({
  ...BILLING,
  metadata: { name: 'billing', namespace },
  ...changes,
});

describe('on a cluster with something of somebody else in it', () => {
  let world: SandboxWorld;
  let mesh: Mesh;
  beforeAll(async () => {
    world = await sandboxWorld();
    const { kube, names } = world;
    await apply(kube, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'prod' } });
    await apply(kube, BILLING);
    mesh = await connectMesh(kube, { names, provider: 'sandbox', clock: systemClock });
  }, 60_000);
  afterAll(async () => {
    mesh.close();
    await world.end();
  });

  /** What stands in the namespaces that are not ours, each object with its version. */
  async function elsewhere(): Promise<string[]> {
    const paths = ['/api/v1/namespaces', '/api/v1/configmaps', '/apis/apps/v1/deployments'].concat(
      ['serviceentries', 'sidecars', 'virtualservices'].map(each => `/apis/networking.istio.io/v1/${each}`),
    );
    const lists = await Promise.all(paths.map(path => world.kube.request('GET', path)));
    return lists
      .flatMap(({ body }) => (body as { items: KubeObject[] }).items)
      .filter(({ metadata: { namespace, name } }) => !mesh.namespaces.includes(namespace ?? name))
      .map(
        ({ metadata }) =>
          `${metadata.namespace}/${metadata.name} ${metadata.uid} ${metadata.resourceVersion}`,
      );
  }

  it('nothing of it can be changed, made or taken away, whoever asks the mesh', async () => {
    const before = await elsewhere();
    expect(before.join()).toContain('prod/billing');
    const { apiVersion, kind } = BILLING;
    const gone = { apiVersion, kind, name: 'billing', namespace: 'prod' };
    const deployment = { ...BILLING, apiVersion: 'apps/v1', kind: 'Deployment' };
    await expect(mesh.apply(within('prod', { spec: {} }))).rejects.toMatchObject({
      problem: {
        what: 'ServiceEntry/billing is not for a lesson to change. Nothing was written.',
        why: 'Its namespace is prod; lessons write only into outside and mesh-network.',
      },
    });
    await expect(mesh.apply(within('istio-system'))).rejects.toThrow('not for a lesson');
    await expect(mesh.apply(within('default', deployment))).rejects.toThrow('not for a lesson');
    await expect(mesh.apply({ ...deployment, metadata: within('mesh-network').metadata })).rejects.toThrow();
    await expect(mesh.remove(gone)).rejects.toThrow('not for a lesson');
    await expect(mesh.remove({ ...gone, namespace: 'mesh-network', name: '..' })).rejects.toThrow();
    expect(await mesh.read(gone)).toBeNull();
    expect(await elsewhere()).toEqual(before);
  });

  it('`down` takes away what is ours, the namespaces of second clients too, and nothing else', async () => {
    const before = await elsewhere();
    const labels = {
      'app.kubernetes.io/managed-by': 'istio-tutor',
      'istio-tutor/client-of': 'mesh-network-zoe',
    };
    const left = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'mesh-network-zoe-b', labels } };
    await apply(world.kube, left);
    vi.stubEnv('KUBECONFIG', world.cluster.kubeconfig.path);
    const { context } = world.cluster.kubeconfig;
    const cluster = contextCluster({ context, names: worldNames('zoe'), paths: paths(world.state) });
    await cluster.down({ stage: () => {}, line: () => {} }, new AbortController().signal);
    vi.unstubAllEnvs();
    expect(await elsewhere()).toEqual(before);
  });

  it('a course that nobody has looked at is stopped before its first object', async () => {
    const before = await elsewhere();
    const text = (object: KubeObject) => JSON.stringify(object);
    const files = { 'a.yaml': text(within('mesh-network')), 'b.yaml': text(within('default')) };
    const on = { mesh, clock: systemClock, namespace: 'mesh-network' };
    const workloads = { replicas: {}, env: {}, services: {} };
    await expect(
      applyChanges(on, [{ apply: 'a.yaml' }, { apply: 'b.yaml' }], files, workloads, false),
    ).rejects.toMatchObject({
      problem: { what: expect.stringMatching(/^b\.yaml, line 1: ServiceEntry\/billing/) },
    });
    expect(
      await mesh.read({ ...within('mesh-network'), name: 'billing', namespace: 'mesh-network' }),
    ).toBeNull();
    expect(await elsewhere()).toEqual(before);
  });
});
