import { describe, expect, it } from 'vitest';
import { copyOf, type Place } from '../../src/counterexample/copy.ts';
import type { KubeObject } from '../../src/kube/client.ts';
import type { DesiredState } from '../../src/lesson/state-of.ts';
import { worldNames } from '../../src/world/names.ts';

const mine: Place = {
  names: worldNames('ana'),
  placeholders: { stableIP: '10.96.1.2', canaryIP: '10.96.1.20', sha: '10.96.1.2' },
};
const twin: Place = {
  names: worldNames(),
  placeholders: { stableIP: '10.1.0.7', canaryIP: '10.1.0.8', sha: 'x' },
};
const like = { objects: [], aged: [], marker: 'the task’s own' } as unknown as DesiredState;
const { mesh } = mine.names;

const object = (name: string, spec: object, more: object = {}): KubeObject =>
  ({
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name, namespace: mesh, creationTimestamp: '2026-11-24T12:00:00Z', uid: 'u', ...more },
    spec,
  }) as KubeObject;

const copy = (...objects: KubeObject[]) => copyOf(objects, [mesh, `${mesh}-b`], mine, twin, like);

describe('a copy of a world', () => {
  it('has the namespaces of the other, those of a further client too', () => {
    const { objects } = copy(
      object('a', {
        exportTo: [mesh],
        host: `catalog.${mesh}.svc.cluster.local`,
        other: `x${mesh} ${mesh}x`,
      }),
      object('b', { hosts: [`${mesh}-b/*`, `./*`, `${mine.names.outside}/*`] }, { namespace: `${mesh}-b` }),
    );
    expect(objects.map(each => each.object)).toMatchObject([
      {
        metadata: { name: 'a', namespace: 'mesh-network' },
        spec: {
          exportTo: ['mesh-network'],
          host: 'catalog.mesh-network.svc.cluster.local',
          other: `x${mesh} ${mesh}x`,
        },
      },
      {
        metadata: { namespace: 'mesh-network-b' },
        spec: { hosts: ['mesh-network-b/*', './*', 'outside/*'] },
      },
    ]);
    expect(objects[1]?.ref).toMatchObject({ name: 'b', namespace: 'mesh-network-b' });
  });

  it('has the addresses of the other, and leaves those alone that only look like them', () => {
    const spec = { addresses: ['10.96.1.2', '10.96.1.2/32', '10.96.1.20', '110.96.1.2', '10.96.1.2.5'] };
    expect(copy(object('a', spec)).objects[0]?.object).toMatchObject({
      spec: { addresses: ['10.1.0.7', '10.1.0.7/32', '10.1.0.8', '110.96.1.2', '10.96.1.2.5'] },
    });
  });

  it('has nothing of the server’s own, nothing of other namespaces, and the workloads of the task', () => {
    const found = copy(object('a', {}), object('b', {}, { namespace: 'default' }));
    expect(found.objects).toHaveLength(1);
    expect(found.objects[0]?.object.metadata).toEqual({ name: 'a', namespace: 'mesh-network' });
    expect(found).toMatchObject({ marker: 'the task’s own' });
  });

  it.each([
    ['is kept where names would decide otherwise', 'z', 'a', 1],
    ['says nothing where names decide alike', 'a', 'z', 0],
  ])('age %s', (_, older, younger, chains) => {
    const { objects, aged } = copy(
      object(younger, {}, { creationTimestamp: '2026-11-24T12:00:05Z' }),
      object(older, {}),
    );
    expect(objects.map(each => each.ref.name)).toEqual([older, younger]);
    expect(aged).toHaveLength(chains);
  });

  it('age is no matter among objects of one second', () => {
    expect(copy(object('z', {}), object('a', {})).aged).toEqual([]);
  });
});
