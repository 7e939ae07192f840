import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasKubectl, run } from '../../../support/istioctl.ts';
import { type SandboxWorld, sandboxWorld } from '../../../support/sandbox-world.ts';

let world: SandboxWorld;
let pod: string;
beforeAll(async () => {
  world = await sandboxWorld();
  const { body } = await world.kube.request('GET', `${PODS}?labelSelector=app%3Dcatalog`);
  pod = (body as { items: { metadata: { name: string } }[] }).items[0]?.metadata.name ?? '';
}, 60_000);
afterAll(() => world.end());

const PODS = '/api/v1/namespaces/mesh-network/pods';
const PATCH = 'application/strategic-merge-patch+json';

interface Pod {
  readonly status: {
    readonly phase: string;
    readonly ephemeralContainerStatuses?: readonly { readonly name: string; readonly state: object }[];
  };
}

const add = (name: string, image: string, command: readonly string[]) =>
  world.kube.request('PATCH', `${PODS}/${pod}/ephemeralcontainers`, {
    body: { spec: { ephemeralContainers: [{ name, image, command }] } },
    contentType: PATCH,
  });

async function ended(name: string): Promise<object | undefined> {
  for (;;) {
    const { body } = await world.kube.request('GET', `${PODS}/${pod}`);
    const { status } = body as Pod;
    const state = status.ephemeralContainerStatuses?.find(each => each.name === name)?.state;
    if (state !== undefined && 'terminated' in state) return { phase: status.phase, ...state };
  }
}

describe('a container that is added to a running pod', () => {
  it('runs there once, and stays as it ended', async () => {
    expect((await add('probe', 'curlimages/curl', ['sh', '-c', 'hostname; exit 3'])).status).toBe(200);
    expect(await ended('probe')).toMatchObject({ phase: 'Running', terminated: { exitCode: 3 } });
    const log = await world.kube.request('GET', `${PODS}/${pod}/log?container=probe`);
    expect(log.body).toBe(`${pod}\n`);
  });

  it('cannot be taken away or changed, and has a name of its own', async () => {
    const put = (ephemeralContainers: readonly object[]) =>
      world.kube.request('PATCH', `${PODS}/${pod}/ephemeralcontainers`, {
        body: { spec: { ephemeralContainers } },
        contentType: 'application/merge-patch+json',
      });
    const of = async (list: readonly object[]) => ((await put(list)).body as { message: string }).message;
    expect(await of([])).toContain('existing ephemeral containers "probe" may not be removed');
    expect(await of([{ name: 'probe', image: 'curlimages/curl' }])).toContain('may not be changed');
    expect(((await add('api', 'curlimages/curl', [])).body as { message: string }).message).toContain(
      'Duplicate value: "api"',
    );
  });

  it('cannot come by a change of the pod itself', async () => {
    const { status, body } = await world.kube.request('PATCH', `${PODS}/${pod}`, {
      body: { spec: { ephemeralContainers: [] } },
      contentType: 'application/merge-patch+json',
    });
    expect(status).toBe(422);
    expect((body as { message: string }).message).toContain('pod updates may not change fields');
  });

  it('must be one that the sandbox can run', async () => {
    const { status, body } = await add('other', 'nginx', ['sh']);
    expect(status).toBe(422);
    expect((body as { message: string }).message).toContain('debug with a curl or a busybox image');
  });
});

describe.skipIf(!hasKubectl)('kubectl debug', () => {
  it('makes a copy of a pod with one sidecar', async () => {
    const { body } = await world.kube.request('GET', `${PODS}?labelSelector=app%3Dclient`);
    const client = (body as { items: { metadata: { name: string } }[] }).items[0]?.metadata.name ?? '';
    const image = '--image=curlimages/curl';
    const copy = ['debug', client, '--copy-to=copy', image, '--profile=general', '--', 'sleep', '1d'];
    expect((await run('kubectl', world, copy)).exit).toBe(0);
    const ready = ['wait', '--for=condition=Ready', 'pod/copy', '--timeout=20s'];
    expect((await run('kubectl', world, ready)).exit).toBe(0);
    expect((await run('kubectl', world, ['get', 'pod', 'copy'])).out).toMatch(/copy +3\/3 +Running/);
  });
});
