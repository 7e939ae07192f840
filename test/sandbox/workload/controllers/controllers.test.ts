import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Resource } from '../../../../src/istio/resource.ts';
import { controllerOf } from '../../../../src/sandbox/workload/kube-types.ts';
import { labWorld, names, type TestWorld, testWorld } from '../world.ts';

type Json = Record<string, never>;

const deployment = (name: string, spec: object = {}, template: object = {}): Resource => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'team' },
  spec: {
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'api', image: 'node:22', command: ['node', '/x/api-server.mjs'] }] },
      ...template,
    },
    ...spec,
  },
});

const service = (name: string, spec: object = {}): Resource => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'team' },
  spec: { selector: { app: name }, ports: [{ port: 80, targetPort: 8080 }], ...spec },
});

let world: TestWorld;

beforeAll(async () => {
  world = await testWorld();
  const labels = { 'istio-injection': 'enabled' };
  world.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } });
  world.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'meshed', labels } });
});

afterAll(() => world.close());

const pods = (app: string, namespace = 'team') =>
  world.store.list('pods', namespace).filter(each => each.metadata.labels?.app === app);
const status = (name: string) =>
  world.store.get('deployments.apps', 'team', name)?.status as Json | undefined;
const ready = (name: string, replicas: number) =>
  world.until(() => status(name)?.readyReplicas === replicas && pods(name).length === replicas);

describe('a Deployment', () => {
  it('of a billion replicas gets as many pods as there is room for, and tells so', async () => {
    const failed = () => world.store.list('events', 'team').filter(each => each.reason === 'FailedCreate');
    const idle = { spec: { containers: [{ name: 'idle', image: 'nothing' }] } };
    const warnings = world.apply(
      deployment('many', { replicas: 1e9 }, { metadata: { labels: { app: 'many' } }, ...idle }),
    );
    expect(warnings).toContain('spec.replicas: the sandbox has room for 110 pods in all');
    await world.until(() => status('many')?.replicas === 110);
    const message = expect.stringMatching(
      /^pods "many-[a-z0-9]+-" is forbidden: exceeded quota: sandbox, requested: pods=1, used: pods=110, limited: pods=110$/,
    );
    const failure = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message };
    expect(status('many')?.conditions).toContainEqual(expect.objectContaining(failure));

    world.apply(deployment('late'));
    await world.until(() => failed().length === 2);
    expect(pods('late')).toHaveLength(0);
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'own', namespace: 'team' }, ...idle };
    expect(() => world.apply(pod)).toThrow(/exceeded quota: sandbox/);

    world.apply(deployment('many', { replicas: 0 }, { metadata: { labels: { app: 'many' } }, ...idle }));
    await ready('late', 1);
    expect(failed()).toHaveLength(2);
    expect(status('late')?.conditions).toHaveLength(2);
    for (const name of ['many', 'late']) world.store.delete('deployments.apps', 'team', name);
  });

  it('gets what the API fills in, and pods that tell their state', async () => {
    world.apply(deployment('one'));
    await ready('one', 1);
    const stored = world.store.get('deployments.apps', 'team', 'one');
    expect(stored).toMatchObject({
      metadata: { generation: 1, annotations: { 'deployment.kubernetes.io/revision': '1' } },
      spec: {
        ...{ replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
        template: { spec: { restartPolicy: 'Always', containers: [{ imagePullPolicy: 'IfNotPresent' }] } },
      },
      status: {
        ...{ observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1 },
        conditions: [
          { type: 'Available', status: 'True' },
          { type: 'Progressing', reason: 'NewReplicaSetAvailable' },
        ],
      },
    });
    const [pod] = pods('one');
    expect(pod?.metadata.name).toMatch(/^one-[bcdf-hj-np-tv-z24-9]{6,10}-[bcdf-hj-np-tv-z24-9]{5}$/);
    expect(pod).toMatchObject({
      metadata: { ownerReferences: [{ kind: 'ReplicaSet', controller: true }] },
      status: {
        ...{ phase: 'Running', podIP: expect.stringMatching(/^10\.244\.\d+\.\d+$/) },
        containerStatuses: [{ name: 'api', ready: true, restartCount: 0, state: { running: {} } }],
      },
    });
    expect(world.store.list('replicasets.apps', 'team')).toContainEqual(
      expect.objectContaining({
        metadata: expect.objectContaining({ ownerReferences: [expect.objectContaining({ name: 'one' })] }),
        status: expect.objectContaining({ replicas: 1, readyReplicas: 1 }),
      }),
    );
    // Applied once more, nothing changes: no new generation, no other pod.
    world.apply(deployment('one'));
    expect(world.store.get('deployments.apps', 'team', 'one')?.metadata.generation).toBe(1);
  });

  it('rolls on without a gap: the new pod is ready before the old one goes', async () => {
    world.apply(deployment('roll', { replicas: 2 }));
    world.apply(service('roll'));
    await ready('roll', 2);
    const old = pods('roll').map(each => each.metadata.name);
    const fewest: number[] = [];
    const stop = world.store.subscribe(() => fewest.push(pods('roll').length));
    const annotated = { metadata: { labels: { app: 'roll' }, annotations: { restartedAt: 'now' } } };
    world.apply(deployment('roll', { replicas: 2 }, annotated));
    await world.until(
      () => pods('roll').every(each => !old.includes(each.metadata.name)) && pods('roll').length === 2,
    );
    await ready('roll', 2);
    stop();
    expect(Math.min(...fewest)).toBeGreaterThanOrEqual(2);
    const revision = world.store.get('deployments.apps', 'team', 'roll')?.metadata.annotations;
    expect(revision).toMatchObject({ 'deployment.kubernetes.io/revision': '2' });
  });

  it('keeps what runs when the new image cannot', async () => {
    world.apply(deployment('stuck'));
    await ready('stuck', 1);
    const broken = { containers: [{ name: 'api', image: 'nginx:1' }] };
    const warnings = world.apply(
      deployment('stuck', {}, { metadata: { labels: { app: 'stuck' } }, spec: broken }),
    );
    expect(warnings).toEqual([
      expect.stringContaining('spec.template.spec.containers[0].image: nginx:1 will not start'),
    ]);
    const waiting = await world.until(() =>
      pods('stuck').find(each => JSON.stringify(each.status).includes('ImagePullBackOff')),
    );
    expect(waiting.status).toMatchObject({ phase: 'Pending' });
    expect(pods('stuck')).toHaveLength(2);
    expect(status('stuck')).toMatchObject({ readyReplicas: 1, updatedReplicas: 1 });
  });

  it('keeps a pod whose status somebody else has written over', async () => {
    world.apply(deployment('kept'));
    await ready('kept', 1);
    const [pod] = pods('kept');
    if (!pod) throw new Error('no pod');
    const { resourceVersion: _, ...metadata } = pod.metadata;
    world.store.update('pods', { ...pod, metadata, status: { phase: 'Failed', conditions: [] } });
    await ready('kept', 1);
    expect(pods('kept')[0]).toMatchObject({ metadata: { uid: pod.metadata.uid }, status: pod.status });
  });

  it('replaces a pod that was given other labels, and lets it go its own way', async () => {
    world.apply(deployment('parted'));
    await ready('parted', 1);
    const [pod] = pods('parted');
    if (!pod) throw new Error('no pod');
    const { resourceVersion: _, ...metadata } = pod.metadata;
    world.store.update('pods', { ...pod, metadata: { ...metadata, labels: { app: 'alone' } } });
    await ready('parted', 1);
    expect(pods('parted')[0]?.metadata.uid).not.toBe(pod.metadata.uid);
    world.store.delete('deployments.apps', 'team', 'parted');
    expect(pods('alone').map(each => each.metadata.name)).toEqual([pod.metadata.name]);
  });

  it('has its ReplicaSet as it wants it, whoever scales or deletes that', async () => {
    world.apply(deployment('firm'));
    await ready('firm', 1);
    const sets = () =>
      world.store.list('replicasets.apps', 'team').filter(each => each.metadata.name.startsWith('firm-'));
    const [set] = sets();
    if (!set) throw new Error('no ReplicaSet');
    const spec = set.spec as { replicas: number };
    world.store.update('replicasets.apps', { ...set, spec: { ...spec, replicas: 3 } });
    await world.until(() => sets().find(each => (each.spec as { replicas: number }).replicas === 1));
    expect(pods('firm')).toHaveLength(1);
    world.store.delete('replicasets.apps', 'team', set.metadata.name);
    const next = await world.until(() => sets().find(each => each.metadata.uid !== set.metadata.uid));
    await world.until(() => pods('firm').find(each => controllerOf(each)?.uid === next.metadata.uid));
  });

  it('takes its pods along when it goes', async () => {
    world.apply(deployment('gone', { replicas: 3 }));
    await ready('gone', 3);
    world.store.delete('deployments.apps', 'team', 'gone');
    expect(pods('gone')).toEqual([]);
  });

  it.each([
    [
      'a selector that misses its template',
      { selector: { matchLabels: { app: 'x' } } },
      /`selector` does not match template `labels`/,
    ],
    ['no selector', { selector: undefined }, /spec\.selector: Required value/],
    [
      'no containers',
      { template: { metadata: {}, spec: {} } },
      /spec\.template\.spec\.containers: Required value/,
    ],
  ])('is refused with %s', (_what, spec, message) => {
    expect(() => world.apply(deployment('bad', spec))).toThrow(message);
  });

  it('waits for a Secret that its pods mount', async () => {
    const spec = {
      containers: [
        {
          ...{ name: 'api', image: 'node:22', command: ['node', 'api-server.mjs'] },
          env: [{ name: 'TLS_DIR', value: '/certs' }],
          volumeMounts: [{ name: 'certs', mountPath: '/certs' }],
        },
      ],
      volumes: [{ name: 'certs', secret: { secretName: 'late' } }],
    };
    world.apply(deployment('late', {}, { metadata: { labels: { app: 'late' } }, spec }));
    const mount = await world.until(() =>
      world.store.list('events', 'team').find(each => each.reason === 'FailedMount'),
    );
    expect(mount.message).toBe('MountVolume.SetUp failed for volume "certs" : secret "late" not found');
    world.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'late', namespace: 'team' },
      data: {},
    });
    const crashed = await world.until(() =>
      pods('late').find(each => JSON.stringify(each.status).includes('CrashLoopBackOff')),
    );
    const target = { namespace: 'team', pod: crashed.metadata.name, container: 'api' };
    expect(await world.log(target)).toEqual([
      expect.stringContaining("ENOENT: no such file or directory, open '/certs/"),
    ]);
  });
});

describe('a Service', () => {
  it('gets an address and defaults, keeps them, and gets back the one it asks for', () => {
    world.apply(service('addressed'));
    const ip = world.clusterIP('team', 'addressed');
    expect(ip).toMatch(/^10\.96\.\d+\.\d+$/);
    expect(world.store.get('services', 'team', 'addressed')?.spec).toMatchObject({
      ...{ type: 'ClusterIP', clusterIPs: [ip], sessionAffinity: 'None', ipFamilies: ['IPv4'] },
      ports: [{ port: 80, targetPort: 8080, protocol: 'TCP' }],
    });
    world.apply(service('addressed', { ports: [{ port: 81 }] }));
    expect(world.clusterIP('team', 'addressed')).toBe(ip);
    expect(() => world.apply(service('addressed', { clusterIP: '10.96.9.9' }))).toThrow(
      /may not change once set/,
    );
    expect(() => world.apply(service('other', { clusterIP: ip }))).toThrow(
      `Service "other" is invalid: spec.clusterIPs: Invalid value: ["${ip}"]: failed to allocate IP ${ip}: provided IP is already allocated`,
    );
    world.store.delete('services', 'team', 'addressed');
    world.apply(service('addressed', { clusterIP: ip }));
    expect(world.clusterIP('team', 'addressed')).toBe(ip);
  });

  it('leads to ready pods, also by the name of a port', async () => {
    const containers = [
      {
        ...{ name: 'api', image: 'node:22', command: ['node', 'api-server.mjs'] },
        ports: [{ name: 'web', containerPort: 8080 }],
      },
    ];
    world.apply(service('named', { ports: [{ name: 'http', port: 80, targetPort: 'web' }] }));
    world.apply(deployment('named', {}, { metadata: { labels: { app: 'named' } }, spec: { containers } }));
    await ready('named', 1);
    const slice = await world.until(() =>
      world.store
        .list('endpointslices.discovery.k8s.io', 'team')
        .find(
          each =>
            each.metadata.labels?.['kubernetes.io/service-name'] === 'named' && (each.ports as []).length > 0,
        ),
    );
    expect(slice).toMatchObject({
      endpoints: [
        { conditions: { ready: true }, targetRef: { kind: 'Pod', name: pods('named')[0]?.metadata.name } },
      ],
      ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    });
    expect(world.store.get('endpoints', 'team', 'named')).toMatchObject({
      subsets: [{ addresses: [{ ip: expect.any(String) }], ports: [{ name: 'http', port: 8080 }] }],
    });
    world.store.delete('services', 'team', 'named');
    expect(world.store.get('endpoints', 'team', 'named')).toBeUndefined();
  });

  it('says what has no effect', () => {
    expect(world.apply(service('out', { type: 'NodePort' }))).toEqual([
      expect.stringContaining('no way in from outside'),
    ]);
  });
});

describe('injection', () => {
  const containersOf = async (name: string, labels: object, annotations: object = {}) => {
    const template = { metadata: { labels: { app: name, ...labels }, annotations } };
    const object = deployment(name, {}, template);
    object.metadata.namespace = 'meshed';
    const warnings = world.apply(object);
    await world.until(() => pods(name, 'meshed').length === 1);
    const spec = pods(name, 'meshed')[0]?.spec as { [list: string]: { name: string }[] } | undefined;
    const all = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
    return { names: all.map(each => each.name), warnings };
  };

  it('follows the label of the namespace, unless the pod says no', async () => {
    const injected = await containersOf('yes', {});
    expect(injected.names).toEqual(['istio-init', 'istio-proxy', 'api']);
    expect(injected.warnings).toEqual([expect.stringContaining('outbound calls only')]);
    const not = await containersOf('no', { 'sidecar.istio.io/inject': 'false' });
    expect(not).toEqual({ names: ['api'], warnings: [] });
    expect((await containersOf('no2', {}, { 'sidecar.istio.io/inject': 'false' })).names).toEqual(['api']);
  });
});

describe('the world', () => {
  it('comes up without a Warning, its client with a sidecar that sees its certificates', async () => {
    const files: (string | null)[] = [];
    const lab = await labWorld({
      makeSidecar: pod => {
        for (const path of [
          '/etc/ssl/certs/ca-certificates.crt',
          '/etc/lab-certs/client.key',
          '/etc/lab-certs/ca.pem',
        ])
          files.push(pod.readFile(path));
        return {
          accept() {},
          listensAt: () => false,
          close() {},
          pushed: () => ({ config: {} as never, version: '', at: 0 }),
        };
      },
    });
    const name = await lab.pod(names.mesh, 'client');
    expect(files).toEqual([
      expect.stringContaining('CERTIFICATE'),
      expect.stringContaining('PRIVATE KEY'),
      null,
    ]);
    const pod = lab.store.get('pods', names.mesh, name);
    expect(pod).toMatchObject({
      metadata: { annotations: { 'kubectl.kubernetes.io/default-container': 'curl' } },
      status: {
        initContainerStatuses: [
          { name: 'istio-init', state: { terminated: { reason: 'Completed' } } },
          { name: 'istio-proxy', ready: true, started: true, state: { running: {} } },
        ],
        containerStatuses: [{ name: 'curl', ready: true }],
      },
    });
    const log = await lab.log({ namespace: names.mesh, pod: name, container: 'istio-proxy' });
    expect(log).toEqual([expect.stringMatching(/^\d{4}-.*\tinfo\tEnvoy proxy is ready$/)]);
    expect(lab.warnings).toEqual([]);
    await lab.close();
  });

  it('says how to install curl where there is none, and runs without it', async () => {
    const lab = await labWorld({ curl: null });
    const target = { namespace: names.mesh, pod: await lab.pod(names.mesh, 'client'), container: 'curl' };
    expect(await lab.exec(target, ['curl', 'http://catalog/'])).toEqual({
      ...{ exit: 127, stdout: '' },
      stderr: expect.stringMatching(/not on this machine's PATH.*apt-get install curl/s),
    });
    expect(await lab.exec(target, ['true'])).toMatchObject({ exit: 0 });
    await lab.close();
  });

  it('says that it does not run the text of a ConfigMap', () => {
    const map = (text: string): Resource => ({
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'api-server', namespace: 'team' } },
      data: { 'api-server.mjs': text },
    });
    expect(world.apply(map('process.exit()'))).toEqual([expect.stringContaining('runs its own copy')]);
  });
});
