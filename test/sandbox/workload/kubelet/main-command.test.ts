import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pod } from '../../../../src/sandbox/workload/kube-types.ts';
import { labWorld, names, type TestWorld } from '../world.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await labWorld();
  await world.pod(namespace, 'catalog');
});
afterAll(() => world.close());

const namespace = names.mesh;

function pod(name: string, args: readonly string[], more: object = {}, container: object = {}): void {
  world.apply({
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace } },
    spec: { containers: [{ name: 'main', image: 'curlimages/curl', args, ...container }], ...more },
  } as never);
}

const stored = (name: string) => world.store.get('pods', namespace, name) as unknown as Pod;
const mainOf = (name: string) => stored(name).status?.containerStatuses?.[0];

describe('the command of a client', () => {
  it('runs once, into its log, with the exit code that it had', async () => {
    pod('once', ['sh', '-c', 'curl -s -o /dev/null -w "%{http_code}" http://catalog/; exit 3'], {
      restartPolicy: 'Never',
    });
    await world.until(() => stored('once').status?.phase === 'Failed');
    expect(mainOf('once')?.state.terminated).toMatchObject({ exitCode: 3, reason: 'Error' });
    expect(await world.log({ namespace, pod: 'once', container: 'main' }, { follow: true })).toEqual(['200']);
  });

  it('takes its sidecar along', async () => {
    pod('both', ['true'], { restartPolicy: 'Never' });
    await world.until(() => stored('both').status?.phase === 'Succeeded');
    expect(
      stored('both').status?.initContainerStatuses?.map(each => each.state.terminated?.exitCode),
    ).toEqual([0, 0]);
  });

  it('is run again as the restart policy says', async () => {
    pod('failing', ['false'], { restartPolicy: 'OnFailure' });
    pod('done', ['true'], { restartPolicy: 'OnFailure' });
    await world.until(() => mainOf('failing')?.state.waiting?.reason === 'CrashLoopBackOff');
    await world.until(() => stored('done').status?.phase === 'Succeeded');
    expect(mainOf('done')?.restartCount).toBe(0);
  });

  it('is curl where the arguments are no program', async () => {
    pod('bare', ['-s', 'http://catalog/'], { restartPolicy: 'Never' });
    await world.until(() => stored('bare').status?.phase === 'Succeeded');
    const [line = ''] = await world.log({ namespace, pod: 'bare', container: 'main' });
    expect(JSON.parse(line)).toMatchObject({ version: 'catalog' });
  });

  it('runs in busybox as well, which has no curl, and ends at once where nothing is said', async () => {
    const busybox = { image: 'docker.io/library/busybox:1.37' };
    pod(
      'box',
      ['sh', '-c', 'wget -q -O - http://catalog/ | grep -c version; curl -s http://catalog/'],
      { restartPolicy: 'Never' },
      busybox,
    );
    pod('silent', [], { restartPolicy: 'Never' }, busybox);
    await world.until(() => stored('box').status?.phase === 'Failed');
    expect(mainOf('box')?.state.terminated?.exitCode).toBe(127);
    expect(await world.log({ namespace, pod: 'box', container: 'main' })).toEqual([
      '1',
      'sh: curl: not found',
    ]);
    await world.until(() => stored('silent').status?.phase === 'Succeeded');
  });

  it('is not run by pause, which has none', async () => {
    pod('waits', [], {}, { image: 'registry.k8s.io/pause:3.10.1' });
    await world.until(() => stored('waits').status?.phase === 'Running');
    const ran = await world.exec({ namespace, pod: 'waits', container: 'main' }, ['sh', '-c', 'true']);
    expect(ran).toMatchObject({ exit: 127, stderr: expect.stringContaining('no program') });
  });

  it('that is not there is told in the log', async () => {
    pod('nginx', ['nginx'], { restartPolicy: 'Never' });
    await world.until(() => stored('nginx').status?.phase === 'Failed');
    expect(await world.log({ namespace, pod: 'nginx', container: 'main' })).toEqual([
      'exec: "nginx": executable file not found in $PATH',
    ]);
  });

  it('reads what somebody types who is attached, and shows what it prints', async () => {
    pod('shell', ['sh'], { restartPolicy: 'Never' }, { stdin: true, stdinOnce: true });
    await world.until(() => stored('shell').status?.phase === 'Running');
    const seen = await world.attach({ namespace, pod: 'shell', container: 'main' }, 'echo $((40 + 2))\n');
    expect(seen).toBe('42\n');
    await world.until(() => stored('shell').status?.phase === 'Succeeded');
  });
});
