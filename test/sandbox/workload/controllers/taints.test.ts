import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repels, type Taint } from '../../../../src/sandbox/workload/controllers/taints.ts';
import { hasKubectl, run } from '../../../support/istioctl.ts';
import { type SandboxWorld, sandboxWorld } from '../../../support/sandbox-world.ts';

const spec = (...tolerations: object[]) => ({ containers: [], tolerations }) as never;
const taint = (more: Partial<Taint> = {}): Taint => ({ key: 'a', value: 'b', effect: 'NoSchedule', ...more });

describe('a taint', () => {
  it.each([
    ['no toleration', [], 'node(s) had untolerated taint {a: b}'],
    ['one for it', [{ key: 'a', value: 'b' }], null],
    ['one for another value', [{ key: 'a', value: 'c' }], 'node(s) had untolerated taint {a: b}'],
    ['one for any value', [{ key: 'a', operator: 'Exists' }], null],
    ['one for everything', [{ operator: 'Exists' }], null],
    [
      'one for another effect',
      [{ operator: 'Exists', effect: 'NoExecute' }],
      'node(s) had untolerated taint {a: b}',
    ],
  ])('and a pod with %s', (_, tolerations, why) => {
    expect(repels(spec(...tolerations), { taints: [taint()] })).toBe(why);
  });

  it('that only prefers repels nobody', () => {
    expect(repels(spec(), { taints: [taint({ effect: 'PreferNoSchedule' })] })).toBeNull();
  });
});

describe.skipIf(!hasKubectl)('the node', () => {
  let world: SandboxWorld;
  beforeAll(async () => {
    world = await sandboxWorld();
  }, 60_000);
  afterAll(() => world.end());

  const kubectl = async (...args: string[]) => {
    const { out, err } = await run('kubectl', world, args);
    return `${out}${err}`.trim();
  };
  const image = 'docker.io/curlimages/curl:8.16.0';

  it('takes no new pods while it is cordoned, and those that waited afterwards', async () => {
    expect(await kubectl('cordon', 'sandbox')).toBe('node/sandbox cordoned');
    expect(await kubectl('get', 'node', 'sandbox')).toMatch(
      /sandbox +Ready,SchedulingDisabled +control-plane/,
    );
    expect(await kubectl('describe', 'node', 'sandbox')).toMatch(
      /Taints: +node\.kubernetes\.io\/unschedulable:NoSchedule\nUnschedulable: +true/,
    );
    await kubectl('run', 'waits', `--image=${image}`, '--', 'sleep', '60');
    await kubectl(
      'wait',
      '--for=jsonpath={.status.conditions[0].reason}=Unschedulable',
      'pod/waits',
      '--timeout=20s',
    );
    expect(await kubectl('get', 'pod', 'waits', '-o', 'jsonpath={.status.conditions[0].message}')).toContain(
      '0/1 nodes are available: 1 node(s) were unschedulable.',
    );
    expect(await kubectl('uncordon', 'sandbox')).toBe('node/sandbox uncordoned');
    expect(await kubectl('wait', '--for=condition=Ready', 'pod/waits', '--timeout=20s')).toBe(
      'pod/waits condition met',
    );
    expect(await kubectl('get', 'node', 'sandbox', '-o', 'jsonpath={.spec.taints}')).toBe('');
  }, 60_000);

  it('is not drained, since there is no other', async () => {
    const said = await kubectl('drain', 'sandbox', '--force', '--delete-emptydir-data', '--timeout=20s');
    expect(said).toContain(
      'node sandbox is cordoned and the only one, so it cannot be drained: kubectl uncordon sandbox',
    );
    expect(await kubectl('get', 'pods', '-A', '--field-selector=status.phase!=Running', '-o', 'name')).toBe(
      '',
    );
    await kubectl('uncordon', 'sandbox');
  }, 60_000);

  it('says that a taint ends no pods', async () => {
    expect(await kubectl('taint', 'node', 'sandbox', 'a=b:NoExecute')).toContain(
      'Warning: spec.taints: NoExecute keeps new pods off; the sandbox ends none that run already',
    );
    expect(await kubectl('taint', 'node', 'sandbox', 'a=b:NoExecute-')).toBe('node/sandbox untainted');
  });
});
