import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Resource } from '../../../../src/istio/resource.ts';
import type { Pod } from '../../../../src/sandbox/workload/kube-types.ts';
import { type TestWorld, testWorld } from '../world.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await testWorld();
  world.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } });
});
afterAll(() => world.close());

const server = { name: 'api', image: 'node:22', command: ['node', 'api-server.mjs'] };
const deployment = (name: string, spec: object, container: object = {}): Resource => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'team' },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ ...server, ...container }], ...spec },
    },
  },
});
const podsOf = (app: string) =>
  (world.store.list('pods', 'team') as Resource[] as Pod[]).filter(each => each.metadata.labels?.app === app);
const running = (app: string) =>
  world.until(() => podsOf(app).find(each => each.status?.phase === 'Running'));
const told = (reason: string, about: string) =>
  world.until(() =>
    world.store
      .list('events', 'team')
      .find(
        each =>
          each.reason === reason && (each.involvedObject as { name: string }).name.startsWith(`${about}-`),
      ),
  );
const configMap = (name: string, data: object) =>
  world.apply({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace: 'team' },
    data,
  } as Resource);

describe('a pod that no node takes', () => {
  it('is Pending, without an address, and an event says why', async () => {
    world.apply(deployment('ssd', { nodeSelector: { disk: 'ssd' } }));
    const { message } = await told('FailedScheduling', 'ssd');
    expect(message).toBe(
      "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.",
    );
    const [pod] = podsOf('ssd');
    expect(pod?.status).toEqual({
      phase: 'Pending',
      conditions: [
        expect.objectContaining({ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }),
      ],
    });
    expect(pod?.spec.nodeName).toBeUndefined();
  });

  it('runs once it is taken', async () => {
    const apart = {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'apart' } } },
        ],
      },
    };
    const twice = deployment('apart', { affinity: apart });
    world.apply({ ...twice, spec: { ...(twice.spec as object), replicas: 2 } });
    const first = await running('apart');
    await told('FailedScheduling', 'apart');
    expect(
      podsOf('apart')
        .map(each => each.status?.phase)
        .sort(),
    ).toEqual(['Pending', 'Running']);
    world.store.delete('pods', 'team', first.metadata.name);
    expect((await running('apart')).metadata.uid).not.toBe(first.metadata.uid);
  });
});

describe('a pod that names what nobody has made', () => {
  it('is not made without its ServiceAccount, until it is there', async () => {
    world.apply(deployment('account', { serviceAccountName: 'nosuch' }));
    expect((await told('FailedCreate', 'account')).message).toMatch(
      /^Error creating: pods "account-[a-z0-9]+-" is forbidden: error looking up service account team\/nosuch: serviceaccount "nosuch" not found$/,
    );
    expect(podsOf('account')).toEqual([]);
    world.store.create('serviceaccounts', {
      ...{ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'nosuch', namespace: 'team' } },
    });
    await running('account');
  });

  it.each([
    [{ priorityClassName: 'top' }, 'no PriorityClass with name top was found'],
    [{ runtimeClassName: 'gvisor' }, 'pod rejected: RuntimeClass "gvisor" not found'],
  ])('is refused with %j', (spec, why) => {
    const metadata = { name: 'own', namespace: 'team' };
    expect(() =>
      world.apply({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [server], ...spec } }),
    ).toThrow(`pods "own" is forbidden: ${why}`);
  });

  it('waits for the ConfigMap of its environment, and then has it', async () => {
    const env = [
      { name: 'KEY', valueFrom: { configMapKeyRef: { name: 'settings', key: 'key' } } },
      { name: 'HERE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'BOTH', value: '$(HERE)-$(KEY)-$$(KEY)-$(NONE)' },
      { name: 'MAYBE', valueFrom: { secretKeyRef: { name: 'none', key: 'x', optional: true } } },
    ];
    const from = { env, envFrom: [{ prefix: 'P_', configMapRef: { name: 'settings' } }] };
    expect(world.apply(deployment('lacks', {}, from))).toEqual([]);
    expect((await told('Failed', 'lacks')).message).toBe('Error: configmap "settings" not found');
    const status = await world.until(() => {
      const now = podsOf('lacks')[0]?.status;
      return now?.containerStatuses && now;
    });
    expect([status?.phase, status?.containerStatuses?.[0]?.state]).toEqual([
      'Pending',
      { waiting: { reason: 'CreateContainerConfigError', message: 'configmap "settings" not found' } },
    ]);
    configMap('settings', { other: '1' });
    await world.until(() =>
      podsOf('lacks')[0]?.status?.containerStatuses?.[0]?.state.waiting?.message?.startsWith("couldn't"),
    );
    expect(podsOf('lacks')[0]?.status?.containerStatuses?.[0]?.state.waiting?.message).toBe(
      "couldn't find key key in ConfigMap team/settings",
    );
    configMap('settings', { key: 'v' });
    const pod = await running('lacks');
    const target = { namespace: 'team', pod: pod.metadata.name, container: 'api' };
    const { stdout } = await world.exec(target, ['env']);
    for (const line of ['KEY=v', 'HERE=team', 'BOTH=team-v-$(KEY)-$(NONE)', 'P_key=v'])
      expect(stdout.split('\n')).toContain(line);
    expect(stdout).not.toContain('MAYBE');
  });
});

describe('a probe', () => {
  const get = (path: string, more: object = {}) => ({
    ...{ httpGet: { path, port: 8080 }, periodSeconds: 1, failureThreshold: 1 },
    ...more,
  });
  const service = (app: string) =>
    world.apply({
      ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: app, namespace: 'team' } },
      spec: { selector: { app }, ports: [{ port: 80, targetPort: 8080 }] },
    });
  const endpoints = (app: string) =>
    (world.store.get('endpoints', 'team', app)?.subsets ?? []) as {
      addresses?: [];
      notReadyAddresses?: [];
    }[];

  it('of readiness that is answered with 503 keeps the pod from its Service', async () => {
    service('unready');
    world.apply(deployment('unready', {}, { readinessProbe: get('/status/503') }));
    expect((await told('Unhealthy', 'unready')).message).toBe(
      'Readiness probe failed: HTTP probe failed with statuscode: 503',
    );
    const pod = await running('unready');
    expect(pod.status?.conditions?.find(each => each.type === 'Ready')?.status).toBe('False');
    await world.until(() => endpoints('unready')[0]?.notReadyAddresses);
    expect(endpoints('unready')[0]?.addresses).toBeUndefined();
  });

  it('of readiness that is answered with 200 lets it in, and is in the log', async () => {
    world.apply(deployment('ready', {}, { readinessProbe: get('/healthz') }));
    const pod = await world.pod('team', 'ready');
    const log = await world.log({ namespace: 'team', pod, container: 'api' });
    expect(log.map(line => JSON.parse(line))).toEqual([
      expect.objectContaining({ path: '/healthz', ua: 'kube-probe/1.34', status: 200 }),
    ]);
  });

  it.each([
    [
      'a port where nobody listens',
      { tcpSocket: { port: 9 } },
      /^dial tcp [\d.]+:9: connect: connection refused$/,
    ],
    [
      'HTTP there',
      { httpGet: { port: 9, path: '/x' } },
      /^Get "http:\/\/[\d.]+:9\/x": dial tcp [\d.]+:9: connect: connection refused$/,
    ],
    [
      'HTTPS where HTTP is spoken',
      { httpGet: { port: 8080, scheme: 'HTTPS' } },
      /^Get "https:\/\/[\d.]+:8080\/": http: server gave HTTP response to HTTPS client$/,
    ],
    [
      'an answer that takes too long',
      { httpGet: { port: 8080, path: '/delay/5' }, timeoutSeconds: 0.05 },
      /^Get "http:\/\/[\d.]+:8080\/delay\/5": context deadline exceeded \(Client.Timeout exceeded while awaiting headers\)$/,
    ],
  ])('fails for %s', async (_what, probe, why) => {
    const app = `p${Object.values(JSON.stringify(probe)).reduce((sum, char) => sum + char.charCodeAt(0), 0)}`;
    world.apply(deployment(app, {}, { readinessProbe: { failureThreshold: 1, ...probe } }));
    const message = String((await told('Unhealthy', app)).message);
    expect(message.replace('Readiness probe failed: ', '')).toMatch(why);
  });

  it('of life that fails has the container started anew, at once and then later and later', async () => {
    world.apply(deployment('dying', {}, { livenessProbe: get('/status/500') }));
    await told('Killing', 'dying');
    await told('BackOff', 'dying');
    const [pod] = podsOf('dying');
    expect(pod?.status?.containerStatuses?.[0]).toMatchObject({
      restartCount: 2,
      lastState: { terminated: { exitCode: 0, reason: 'Completed' } },
      state: {
        waiting: {
          reason: 'CrashLoopBackOff',
          message: `back-off 10s restarting failed container=api pod=${pod?.metadata.name}_team(${pod?.metadata.uid})`,
        },
      },
    });
    expect(pod?.status?.phase).toBe('Running');
  });

  it('of the start holds back the others', async () => {
    const start = get('/status/500', { failureThreshold: 30 });
    world.apply(deployment('slow', {}, { startupProbe: start, readinessProbe: get('/') }));
    expect((await told('Unhealthy', 'slow')).message).toMatch(/^Startup probe failed: HTTP probe failed/);
    const pod = await running('slow');
    expect(pod.status?.containerStatuses?.[0]).toMatchObject({
      started: false,
      ready: false,
      restartCount: 0,
    });
    world.apply(deployment('started', {}, { startupProbe: get('/'), readinessProbe: get('/') }));
    await world.pod('team', 'started');
  });

  it('that runs a command is told of', () => {
    const warnings = world.apply(
      deployment('exec', {}, { readinessProbe: { exec: { command: ['true'] } }, lifecycle: { preStop: {} } }),
    );
    const at = 'spec.template.spec.containers[0]';
    expect(warnings).toEqual([
      `${at}.readinessProbe.exec: the sandbox does not make this call; the probe always passes`,
      `${at}.lifecycle: the sandbox runs no hooks`,
    ]);
  });
});

it('what a node would act on, and nobody does here, is told', () => {
  const template = {
    ...{ dnsPolicy: 'Default', hostNetwork: true, activeDeadlineSeconds: 5, subdomain: 'x' },
    readinessGates: [{ conditionType: 'a/b' }],
    volumes: [{ name: 'disk', hostPath: { path: '/' } }],
  };
  const object = deployment('unheeded', template);
  const warnings = world.apply({ ...object, spec: { ...(object.spec as object), minReadySeconds: 5 } });
  const names = [
    'volumes[0].hostPath',
    'activeDeadlineSeconds',
    'dnsPolicy',
    'subdomain',
    'hostNetwork',
    'readinessGates',
  ];
  expect(warnings.map(each => each.split(':')[0])).toEqual([
    ...names.map(name => `spec.template.spec.${name}`),
    'spec.minReadySeconds',
  ]);
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  expect(world.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'strict', labels } })).toEqual([
    'metadata.labels[pod-security.kubernetes.io/enforce]: the sandbox does not model this; see docs/sandbox.md',
  ]);
});
