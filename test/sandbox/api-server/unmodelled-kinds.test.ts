import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UNMODELLED } from '../../../src/sandbox/api-server/unmodelled-kinds.ts';
import { hasKubectl, run } from '../../support/istioctl.ts';
import { type SandboxWorld, sandboxWorld } from '../../support/sandbox-world.ts';

// What everybody lists, though nothing in the sandbox acts on it.

let world: SandboxWorld;
beforeAll(async () => {
  world = await sandboxWorld();
}, 60_000);
afterAll(() => world.end());

const pathOf = ({ group, versions: [version] = ['v1'], plural, namespaced }: (typeof UNMODELLED)[number]) =>
  `${group === '' ? '/api/v1' : `/apis/${group}/${version}`}${namespaced === false ? '' : '/namespaces/mesh-network'}/${plural}`;
const named = UNMODELLED.map(each => [each.kind, each] as const);

describe('a kind that nothing acts on', () => {
  it.each(named)('%s can be listed', async (kind, each) => {
    const { status, body } = await world.kube.request('GET', pathOf(each));
    expect(status).toBe(200);
    expect(body).toMatchObject({ kind: `${kind}List`, items: expect.any(Array) });
  });

  it.each(named.filter(([, each]) => !each.stored))('%s is refused with the reason', async (kind, each) => {
    const object = { apiVersion: `${each.group}/v1`, kind, metadata: { name: 'x' } };
    const { status, body } = await world.kube.request('POST', pathOf(each), { body: object });
    expect(status).toBe(405);
    expect((body as { message: string }).message).toContain(
      `: the sandbox's ${each.plural} can only be read: ${each.why}`,
    );
  });
});

it('a PriorityClass gives its value to the pods that name it', async () => {
  const path = '/apis/scheduling.k8s.io/v1/priorityclasses';
  await world.kube.request('POST', path, { body: { metadata: { name: 'high' }, value: 7 } });
  const spec = {
    containers: [{ name: 'c', image: 'docker.io/curlimages/curl:8.16.0' }],
    priorityClassName: 'high',
  };
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'important' }, spec };
  const { body } = await world.kube.request('POST', '/api/v1/namespaces/outside/pods?dryRun=All', {
    body: pod,
  });
  expect(body).toMatchObject({ spec: { priority: 7 } });
  await world.kube.request('DELETE', `${path}/high`);
});

const LEASES = '/apis/coordination.k8s.io/v1/namespaces/default/leases';

describe('a Lease', () => {
  it('is taken, renewed by who has it, and by nobody who has not seen that', async () => {
    const lease = (holderIdentity: string, metadata: object) => ({
      ...{ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'leader', ...metadata } },
      spec: { holderIdentity, leaseDurationSeconds: 15, renewTime: '2026-11-29T20:17:30.123456Z' },
    });
    const taken = await world.kube.request('POST', LEASES, { body: lease('a', {}) });
    const { resourceVersion } = (taken.body as { metadata: { resourceVersion: string } }).metadata;
    const put = (who: string) =>
      world.kube.request('PUT', `${LEASES}/leader`, { body: lease(who, { resourceVersion }) });
    expect([taken.status, (await put('b')).status, (await put('c')).status]).toEqual([201, 200, 409]);
    const { body } = await world.kube.request('GET', `${LEASES}/leader`);
    expect(body).toMatchObject({
      spec: { holderIdentity: 'b', renewTime: '2026-11-29T20:17:30.123456Z' },
    });
  });
});

describe.skipIf(!hasKubectl)('kubectl', () => {
  const kubectl = async (...args: string[]) => {
    const { out, err } = await run('kubectl', world, args);
    return `${out}${err}`;
  };

  it.each([
    [['get', 'cs'], /^NAME +STATUS +MESSAGE +ERROR\ncontroller-manager +Healthy +ok/],
    [['get', 'priorityclass'], /system-node-critical +2000001000 +false +\w+ +PreemptLowerPriority/],
    [['get', 'pvc,ingress,sts,ds,hpa,netpol,pdb,quota'], /^No resources found in mesh-network namespace/],
    [['get', 'all', '-A'], /deployment\.apps\/istiod/],
    [['delete', 'node', 'sandbox'], /the sandbox has one node, and neither takes another nor gives it up/],
    [['autoscale', 'deploy/client', '--max=3', '--cpu=50%'], /measures no load: use kubectl scale/],
    [['autoscale', 'deploy/client', '--max=3'], /^Warning: .* measures no load: use kubectl scale/],
    [['delete', 'hpa', 'x', '--ignore-not-found'], /^$/],
    [['delete', 'sts', 'x'], /NotFound\): statefulsets.apps "x" not found/],
    [
      ['create', 'quota', 'q', '--hard=pods=1', '--dry-run=server'],
      /Warning: stored; has no effect in the sandbox: the sandbox has one quota/,
    ],
    [
      ['create', 'ingress', 'i', '--rule=a/*=b:80', '--dry-run=server'],
      /^ingress.networking.k8s.io\/i created/,
    ],
    [['cluster-info', 'dump', '--namespaces', 'mesh-network'], /"kind": "DaemonSetList"/],
    [['explain', 'pod.spec.containers.ports.containerPort'], /FIELD: containerPort <integer>\n/],
    [['explain', 'job.spec', '--recursive'], /template\t<PodTemplateSpec> -required-/],
  ])('%j says what is so', async (args, words) => {
    expect(await kubectl(...args)).toMatch(words);
  });

  it('scales a ReplicaSet, and its Deployment scales it back', async () => {
    const [set] = (await kubectl('get', 'rs', '-l', 'app=catalog', '-o', 'name')).trim().split('\n');
    const name = set?.replace('replicaset.apps/', '') ?? '';
    expect(await kubectl('scale', 'rs', name, '--replicas=3')).toBe(`replicaset.apps/${name} scaled\n`);
    expect(await kubectl('wait', `rs/${name}`, '--for=jsonpath={.spec.replicas}=1')).toContain(
      'condition met',
    );
  });

  it('prunes what a folder no longer has', async () => {
    const map = (name: string) => ({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { app: 'pruned' } } },
    });
    const apply = (...names: string[]) =>
      run(
        'kubectl',
        world,
        ['apply', '--prune', '-l', 'app=pruned', '-f', '-'],
        {},
        JSON.stringify({ apiVersion: 'v1', kind: 'List', items: names.map(map) }),
      );
    await apply('one', 'two');
    expect((await apply('two')).out).toMatch(/configmap\/two unchanged\nconfigmap\/one pruned/);
  });
});
