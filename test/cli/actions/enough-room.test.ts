import { afterEach, describe, expect, it } from 'vitest';
import { enoughRoom } from '../../../src/cli/actions/workshop/enough-room.ts';
import { worldNames } from '../../../src/world/names.ts';
import { type FakeApi, fakeApi } from '../../kube/fake-api.ts';

// One node that takes 110 pods beside a control plane that takes none; ten pods run, five of them in the world of l1.

const node = (name: string, taints: readonly object[] = []) => ({
  metadata: { name },
  spec: { taints },
  status: { allocatable: { pods: '110' } },
});
const NODES = [
  node('plane', [{ key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' }]),
  node('a'),
];
const pod = (namespace: string, phase: string) => (_: unknown, at: number) => ({
  metadata: { name: `${namespace}-${at}`, namespace },
  status: { phase },
});
const PODS = [
  ...Array.from({ length: 5 }, pod('mesh-network-l1', 'Running')),
  ...Array.from({ length: 5 }, pod('kube-system', 'Running')),
  ...Array.from({ length: 90 }, pod('batch', 'Succeeded')),
];

let api: FakeApi | undefined;
afterEach(() => api?.close());

async function told(many: number, on: string, nodes: readonly object[] | null = NODES): Promise<string[]> {
  api = await fakeApi(({ url }) =>
    url.endsWith('/pods')
      ? { body: { items: PODS } }
      : nodes === null
        ? { status: 403 }
        : { body: { items: nodes } },
  );
  const notes: string[] = [];
  const note = (text: string) => void notes.push(text);
  const worlds = Array.from({ length: many }, (_, at) => worldNames(`l${at + 1}`));
  await enoughRoom(api.kube, worlds, on, { stage() {}, line() {}, note });
  return notes;
}

describe('room for a workshop', () => {
  it('is there for 21 learners, of whom one has a world, and not for 22', async () => {
    expect(await told(21, 'kind')).toEqual([]);
    await expect(told(22, 'kind')).rejects.toThrow(
      'These learners need 105 more pods, and the nodes of this cluster take 100.',
    );
  });

  it("is noted, not refused, on a cluster of the user's, which may add nodes", async () => {
    expect(await told(22, 'context=room')).toEqual([
      expect.stringContaining('Unless it adds nodes by itself, the last worlds will wait'),
    ]);
  });

  it('is not asked about where nodes may not be listed', async () => {
    expect(await told(22, 'context=room', null)).toEqual([]);
  });
});
