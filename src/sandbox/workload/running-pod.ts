/** A pod that the kubelet runs: its containers, their logs, its sidecar. Made and ended by kubelet.ts, reached by runtime.ts. */
import type { Store } from '../api-server/store.ts';
import type { PodResolver } from '../rooms.ts';
import { type ApiContainer, startApiContainer } from './api-container.ts';
import { type Captures, capturesOf } from './capture.ts';
import { ContainerLog } from './container-log.ts';
import { CAN_RUN, programOf } from './images.ts';
import type { Container, Pod, Probe } from './kube-types.ts';
import { missingVolume, readMounted } from './mounts.ts';
import type { Doing } from './pod-status.ts';
import type { MakeResolver, MakeSidecar, PodWires, Sidecar, SidecarPod } from './surroundings.ts';

export interface PodSurroundings {
  readonly store: Store;
  readonly network: PodWires;
  readonly now: () => number;
  readonly makeSidecar: MakeSidecar;
  readonly resolver: MakeResolver;
}

export class RunningPod {
  readonly uid: string;
  readonly started: number;
  readonly resolver: PodResolver;
  /** The iptables rules that it was started with: whoever annotates it later changes nothing. */
  readonly captures: Captures;
  readonly #doing = new Map<string, Doing>();
  readonly #logs = new Map<string, ContainerLog>();
  readonly #servers: ApiContainer[] = [];
  readonly #ports = new Map<number, number>();
  readonly #end = new AbortController();
  #sidecar: { readonly running: Sidecar; readonly pod: SidecarPod } | null = null;

  constructor(
    readonly pod: Pod,
    readonly ip: string,
    private readonly place: PodSurroundings,
  ) {
    this.uid = pod.metadata.uid ?? '';
    this.started = place.now();
    const { namespace = '', name } = pod.metadata;
    const { hostAliases = [] } = pod.spec;
    this.resolver = place.resolver({ namespace, name, ip, hostAliases });
    this.captures = capturesOf(pod.metadata.annotations ?? {}, ip);
    for (const { name: container } of this.containers) {
      this.#logs.set(container, new ContainerLog(place.now));
      this.#doing.set(container, { kind: 'waiting', reason: 'ContainerCreating' });
    }
  }

  /** Init containers first. */
  get containers(): readonly Container[] {
    return [...(this.pod.spec.initContainers ?? []), ...this.pod.spec.containers];
  }

  /** Aborts when the pod ends. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  get sidecar(): { readonly running: Sidecar; readonly pod: SidecarPod } | null {
    return this.#sidecar;
  }

  /** Port in the pod -> real port of what listens there. */
  get ports(): ReadonlyMap<number, number> {
    return this.#ports;
  }

  doing(container: string): Doing {
    return this.#doing.get(container) ?? { kind: 'waiting', reason: 'ContainerCreating' };
  }

  log(container: string): ContainerLog | undefined {
    return this.#logs.get(container);
  }

  readFile(container: Container, path: string): string | null {
    return readMounted(this.place.store, this.pod, container, path);
  }

  /** The container's environment; values that come from elsewhere (valueFrom) are left out. */
  env(container: Container): Record<string, string> {
    const pairs = (container.env ?? []).flatMap(({ name, value }) =>
      value === undefined ? [] : [[name, value]],
    );
    return { HOSTNAME: this.pod.metadata.name, ...Object.fromEntries(pairs) };
  }

  /** Whether a container's readiness probe passes: whatever it asks, it asks a port, and that is open or not. */
  isReady(container: Container): boolean {
    if (this.doing(container.name).kind !== 'running') return false;
    if (programOf(container) !== 'api-server') return true;
    const asked = portOf(container.readinessProbe, container);
    return asked === null || this.#ports.has(asked);
  }

  /** Why its volumes cannot be mounted yet; null: they can. */
  missingVolume(): string | null {
    return missingVolume(this.place.store, this.pod);
  }

  /** Starts what can run. Never rejects: what cannot says so in its state and its log. */
  async start(): Promise<void> {
    for (const container of this.containers) {
      if (this.signal.aborted) return;
      this.#doing.set(container.name, await this.#start(container));
    }
  }

  async #start(container: Container): Promise<Doing> {
    const log = this.log(container.name) as ContainerLog;
    switch (programOf(container)) {
      case 'init':
        return { kind: 'done' };
      case 'sidecar':
        this.#startSidecar(container, log);
        return { kind: 'running' };
      case 'client':
        return { kind: 'running' };
      case 'api-server':
        return this.#startServer(container, log);
      case null: {
        const message = `Back-off pulling image "${container.image ?? ''}": ${CAN_RUN}`;
        return { kind: 'waiting', reason: 'ImagePullBackOff', message };
      }
    }
  }

  #startSidecar(container: Container, log: ContainerLog): void {
    const { namespace = '', name, labels = {} } = this.pod.metadata;
    const pod: SidecarPod = {
      namespace,
      name,
      ip: this.ip,
      labels,
      resolver: this.resolver,
      readFile: path => this.readFile(container, path),
      log: text => log.push(text),
    };
    this.#sidecar = { running: this.place.makeSidecar(pod), pod };
    const time = new Date(this.place.now()).toISOString().replace('Z', '000Z');
    log.push(`${time}\tinfo\tEnvoy proxy is ready`);
  }

  async #startServer(container: Container, log: ContainerLog): Promise<Doing> {
    try {
      const server = await startApiContainer({
        env: this.env(container),
        readFile: path => this.readFile(container, path),
        print: line => log.push(line),
        sourceOf: socket => this.place.network.sourceOf(socket),
        knows: socket => this.place.network.knows(socket),
      });
      if (this.signal.aborted) {
        await server.close();
        return { kind: 'waiting', reason: 'ContainerCreating' };
      }
      this.#servers.push(server);
      for (const [port, real] of server.ports) this.#ports.set(port, real);
      this.place.network.listen(this.ip, this.#ports);
      return { kind: 'running' };
    } catch (error) {
      log.push(String((error as Error).message));
      const message = `back-off restarting failed container ${container.name} in pod ${this.pod.metadata.name}`;
      return { kind: 'waiting', reason: 'CrashLoopBackOff', message };
    }
  }

  /** Ends everything at once: SIGTERM and its grace are left out. */
  end(): void {
    this.#end.abort();
    this.place.network.release(this.ip);
    this.#sidecar?.running.close();
    for (const log of this.#logs.values()) log.end();
    for (const server of this.#servers) void server.close();
  }
}

function portOf(probe: Probe | undefined, container: Container): number | null {
  const port = probe?.tcpSocket?.port ?? probe?.httpGet?.port;
  if (port === undefined || typeof port === 'number') return port ?? null;
  return container.ports?.find(each => each.name === port)?.containerPort ?? null;
}
