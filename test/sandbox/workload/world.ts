import type { Resource } from '../../../src/istio/resource.ts';
import { Store } from '../../../src/sandbox/api-server/store.ts';
import { ClusterServices } from '../../../src/sandbox/net/cluster-services.ts';
import { NoNames } from '../../../src/sandbox/net/doh.ts';
import { Door } from '../../../src/sandbox/net/door.ts';
import { PodNetwork } from '../../../src/sandbox/net/network.ts';
import { ClusterResolver, hostsFile } from '../../../src/sandbox/net/resolver.ts';
import type { ContainerRef, LogQuery } from '../../../src/sandbox/rooms.ts';
import type { MakeSidecar } from '../../../src/sandbox/workload/surroundings.ts';
import { createWorkload, type WorkloadOptions } from '../../../src/sandbox/workload/workload.ts';
import { apiScript } from '../../../src/world/api-script.ts';
import { makeCertificates } from '../../../src/world/certificates.ts';
import { worldNames } from '../../../src/world/names.ts';
import { worldObjects } from '../../../src/world/objects.ts';

// The rooms workload and net with a store, and in place of the API server only its admission. The sidecar is one
// without any configuration: every connection goes where the app wanted it to go.

const PLURAL: Readonly<Record<string, string>> = {
  CronJob: 'cronjobs.batch',
  Deployment: 'deployments.apps',
  Job: 'jobs.batch',
  Sidecar: 'sidecars.networking.istio.io',
};

export interface TestWorld {
  readonly store: Store;
  readonly network: PodNetwork;
  readonly door: Door;
  readonly workload: ReturnType<typeof createWorkload>;
  /** All of those that `apply` gave. */
  readonly warnings: readonly string[];
  /** Creates or replaces, through admission; the Warnings. */
  apply(object: Resource): readonly string[];
  /** Reads `look` after every change until it gives something. */
  until<T>(look: () => T | undefined | null | false): Promise<T>;
  /** The pod of this app that is ready. */
  pod(namespace: string, app: string): Promise<string>;
  exec(
    target: ContainerRef,
    command: readonly string[],
    options?: { stdin?: string; signal?: AbortSignal; onStdout?: (text: string) => void },
  ): Promise<{ exit: number; stdout: string; stderr: string; error?: string }>;
  /** Types a text into what runs in a container, and reads to its end. */
  attach(target: ContainerRef, text: string): Promise<string>;
  clusterIP(namespace: string, service: string): string;
  podIP(namespace: string, pod: string): string;
  log(target: ContainerRef, query?: Partial<LogQuery>): Promise<string[]>;
  close(): Promise<void>;
}

export const names = worldNames();

const throughSidecar =
  (network: () => PodNetwork): MakeSidecar =>
  pod => ({
    accept(app, from, to) {
      network()
        .dial(to, from.ip)
        .then(server => {
          app.on('error', () => server.destroy()).on('close', () => server.destroy());
          server.on('error', () => app.destroy()).on('close', () => app.destroy());
          app.pipe(server).pipe(app);
          pod.log(`[now] ${to.ip}:${to.port} ${from.ip}:${from.port}`);
        })
        .catch(() => app.destroy());
    },
    listensAt: () => false,
    pushed: () => ({
      config: { listeners: [], routes: [], clusters: [], endpoints: [] },
      version: '2026-11-24T19:00:00Z/1',
      at: 0,
    }),
    close() {},
  });

export async function testWorld(options: Partial<WorkloadOptions> = {}): Promise<TestWorld> {
  const store = new Store(Date.now);
  const services = new ClusterServices(store);
  const network = new PodNetwork(services);
  const door = await Door.open(network);
  const noNames = new NoNames();
  const workload = createWorkload({
    ...{ store, now: Date.now, network, door, noNames, hostsFile, ca: 'CA' },
    resolver: pod => new ClusterResolver(services, pod),
    makeSidecar: throughSidecar(() => network),
    script: apiScript(),
    certify: async () => ({ chain: '', root: '' }),
    tls: { key: '', cert: '' },
    ...options,
  });

  const allWarnings: string[] = [];
  const apply = (given: Resource): readonly string[] => {
    const resource = PLURAL[given.kind] ?? `${given.kind.toLowerCase()}s`;
    const old = store.get(resource, given.metadata.namespace ?? null, given.metadata.name) ?? null;
    let object: Resource = given;
    const warnings: string[] = [];
    for (const admission of workload.admissions) {
      const answer = admission({ operation: old ? 'UPDATE' : 'CREATE', resource, object, old });
      if (answer.denied) throw new Error(answer.denied.message);
      object = answer.object ?? object;
      warnings.push(...(answer.warnings ?? []));
    }
    allWarnings.push(...warnings);
    if (old) store.update(resource, object);
    else store.create(resource, object);
    return warnings;
  };

  const until: TestWorld['until'] = look =>
    new Promise((resolve, reject) => {
      const tick = () => {
        try {
          const found = look();
          if (!found) return;
          stop();
          resolve(found);
        } catch (error) {
          stop();
          reject(error);
        }
      };
      const stop = store.subscribe(() => queueMicrotask(tick));
      tick();
    });

  return {
    ...{ store, network, door, workload, apply, until, warnings: allWarnings },
    podIP(namespace, pod) {
      const { status } = store.get('pods', namespace, pod) ?? {};
      return String((status as { podIP?: string } | undefined)?.podIP);
    },
    clusterIP(namespace, service) {
      const { spec } = store.get('services', namespace, service) ?? {};
      return String((spec as { clusterIP?: string } | undefined)?.clusterIP);
    },
    pod: (namespace, app) =>
      until(
        () =>
          store
            .list('pods', namespace)
            .find(
              each =>
                each.metadata.labels?.app === app &&
                (each.status as { conditions?: { type: string; status: string }[] }).conditions?.some(
                  one => one.type === 'Ready' && one.status === 'True',
                ),
            )?.metadata.name,
      ),
    async exec(target, command, { stdin, signal, onStdout } = {}) {
      let [stdout, stderr] = ['', ''];
      const outcome = await workload.runtime.exec(target, command, {
        stdin: stdin === undefined ? null : typed(stdin),
        stdout: chunk => {
          stdout += chunk;
          onStdout?.(String(chunk));
        },
        stderr: chunk => {
          stderr += chunk;
        },
        signal: signal ?? new AbortController().signal,
      });
      return { ...outcome, stdout, stderr };
    },
    async attach(target, text) {
      let seen = '';
      const add = (chunk: Buffer | string) => {
        seen += chunk;
      };
      const { signal } = new AbortController();
      await workload.runtime.attach(target, { stdin: typed(text), stdout: add, stderr: add, signal });
      return seen;
    },
    async log(target, query = {}) {
      const lines: string[] = [];
      const asked = { follow: false, signal: new AbortController().signal, ...query };
      for await (const line of workload.runtime.logs(target, asked)) lines.push(line);
      return lines;
    },
    async close() {
      await workload.close();
      services.close();
      await Promise.all([door.close(), noNames.close()]);
    },
  };
}

async function* typed(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text);
}

/** The lab's world, made by the same code as on a cluster. */
export async function labWorld(options: Partial<WorkloadOptions> = {}): Promise<TestWorld> {
  const world = await testWorld(options);
  const certificates = await makeCertificates();
  const none = { stableIP: '', canaryIP: '', payIP: '', catalogIP: '' };
  const made = (ips: typeof none) =>
    worldObjects(names, { fenced: true }, { certificates, ips }) as Resource[];
  for (const object of made(none)) if (object.kind !== 'Deployment') world.apply(object);
  const ip = world.clusterIP;
  const ips = {
    stableIP: ip(names.outside, 'safedata-stable'),
    canaryIP: ip(names.outside, 'safedata-canary'),
    payIP: ip(names.outside, 'example-pay'),
    catalogIP: ip(names.mesh, 'catalog'),
  };
  for (const object of made(ips)) if (object.kind === 'Deployment') world.apply(object);
  return world;
}
