/**
 * A pod that the kubelet runs: its containers, their logs, its sidecar. Made and ended by kubelet.ts, reached by
 * runtime.ts.
 */
import { isDeepStrictEqual } from 'node:util';
import type { Store } from '../../api-server/store.ts';
import { wentOn } from '../../go-on.ts';
import type { ExecStreams, PodResolver } from '../../rooms.ts';
import { proxyEnvironment } from '../admission/proxy-environment.ts';
import { type Captures, capturesOf } from '../capture.ts';
import { type IstiodPlace, istiodPorts } from '../control-plane/istiod-ports.ts';
import type { Container, Pod } from '../kube-types.ts';
import type { CertifyWorkload, MakeResolver, MakeSidecar, PodWires } from '../surroundings.ts';
import { type ApiContainer, startApiContainer } from './api-container.ts';
import { ContainerLog } from './container-log.ts';
import { environmentOf, MissingForContainer } from './environment.ts';
import { CAN_RUN, isClient, mainCommand, programOf } from './images.ts';
import { MainCommand } from './main-command.ts';
import { missingVolume, readMounted } from './mounts.ts';
import { OwnPorts } from './own-ports.ts';
import type { Doing, Life } from './pod-status.ts';
import { type ProbeKind, Probes } from './probes.ts';
import { backOffTexts, Lives } from './restarts.ts';
import { SidecarContainer, sidecarPod } from './sidecar-container.ts';

export interface PodSurroundings {
  readonly store: Store;
  readonly network: PodWires;
  readonly now: () => number;
  readonly makeSidecar: MakeSidecar;
  readonly certify: CertifyWorkload;
  readonly tls: IstiodPlace['tls'];
  /** All that run. */
  readonly proxies: IstiodPlace['proxies'];
  readonly resolver: MakeResolver;
  /** Runs the command of a client. Resolves with its exit code. */
  readonly runMain: (
    pod: RunningPod,
    container: Container,
    command: readonly string[],
    streams: ExecStreams,
  ) => Promise<number>;
}

/** Whom a pod informs of what has become of it. */
interface PodReport {
  /** Its status has changed. */
  changed(): void;
  event(container: Container, reason: string, message: string, type?: 'Warning'): void;
  /** It was started, or could not be. */
  started(container: Container): void;
}

/** 128 + SIGKILL: a shell or a sleep as process 1 does not hear SIGTERM; the API server does, and exits cleanly. */
const KILLED = 137;

const CREATING = 'ContainerCreating';
/** A ConfigMap or a Secret for its environment is missing. */
const LACKING = 'CreateContainerConfigError';

export class RunningPod {
  readonly uid: string;
  readonly started: number;
  readonly resolver: PodResolver;
  /** The iptables rules that it was started with: a later change of annotations has no effect. */
  readonly captures: Captures;
  readonly #doing = new Map<string, Doing>();
  readonly #logs = new Map<string, ContainerLog>();
  readonly #lives: Lives;
  readonly #env = new Map<string, Record<string, string>>();
  readonly #probes = new Map<string, Probes>();
  readonly #servers = new Map<string, ApiContainer>();
  readonly #ports = new Map<number, number>();
  readonly #mains = new Map<string, MainCommand>();
  readonly #end = new AbortController();
  readonly #told = new Set<string>();
  /** Ephemeral containers. */
  readonly #guests: Container[] = [];
  /** Starts run one after the other. */
  #starts: Promise<void> = Promise.resolve();
  #sidecar: SidecarContainer | null = null;
  #istiod: OwnPorts | null = null;
  readonly pod: Pod;
  readonly ip: string;
  readonly #place: PodSurroundings;
  readonly #report: PodReport;

  constructor(pod: Pod, ip: string, place: PodSurroundings, report: PodReport) {
    this.pod = pod;
    this.ip = ip;
    this.#place = place;
    this.#report = report;
    this.uid = pod.metadata.uid ?? '';
    this.started = place.now();
    this.#lives = new Lives(this.started, place.now);
    const { namespace = '', name } = pod.metadata;
    const { hostAliases = [] } = pod.spec;
    this.resolver = place.resolver({ namespace, name, ip, hostAliases });
    this.captures = capturesOf(pod.metadata.annotations ?? {}, ip);
    for (const { name: container } of this.containers) {
      this.#logs.set(container, new ContainerLog(place.now));
      this.#doing.set(container, { kind: 'waiting', reason: CREATING });
    }
  }

  /** Init containers first, those that came later last. */
  get containers(): readonly Container[] {
    return [...(this.pod.spec.initContainers ?? []), ...this.pod.spec.containers, ...this.#guests];
  }

  /** Takes ephemeral containers that it does not have yet. */
  take(guests: readonly Container[]): void {
    for (const guest of guests) {
      if (this.#logs.has(guest.name)) continue;
      this.#guests.push(guest);
      this.#logs.set(guest.name, new ContainerLog(this.#place.now));
      this.#lives.begun(guest.name);
    }
  }

  /** Aborts when the pod ends. */
  get signal(): AbortSignal {
    return this.#end.signal;
  }

  get sidecar(): SidecarContainer | null {
    return this.#sidecar;
  }

  /** Port in the pod -> real port of what listens there. */
  get ports(): ReadonlyMap<number, number> {
    const own = this.#sidecar?.ports ?? this.#istiod;
    return new Map([...this.#ports, ...(own?.real ?? [])]);
  }

  doing(container: string): Doing {
    return this.#doing.get(container) ?? { kind: 'waiting', reason: CREATING };
  }

  log(container: string): ContainerLog | undefined {
    return this.#logs.get(container);
  }

  readFile(container: Container, path: string): string | null {
    return readMounted(this.#place.store, this.pod, container, path);
  }

  /** As it was when the container started. */
  env({ name }: Container): Record<string, string> {
    return this.#env.get(name) ?? {};
  }

  /** Process 1 of a client that runs. */
  main(container: string): MainCommand | undefined {
    return this.doing(container).kind === 'running' ? this.#mains.get(container) : undefined;
  }

  life(container: string): Life {
    return this.#lives.of(container);
  }

  isReady({ name }: Container): boolean {
    return this.doing(name).kind === 'running' && (this.#probes.get(name)?.ready ?? true);
  }

  /** Its startup probe has passed, if it has one. */
  hasBegun({ name }: Container): boolean {
    return this.#probes.get(name)?.started ?? true;
  }

  /** Why its volumes cannot be mounted yet; null: they can. */
  missingVolume(): string | null {
    return missingVolume(this.#place.store, this.pod);
  }

  /** Whether some container is waiting for a ConfigMap or a Secret. */
  get lacks(): boolean {
    return [...this.#doing.values()].some(each => each.kind === 'waiting' && each.reason === LACKING);
  }

  /**
   * Starts whatever can run and is not running. Never rejects: a container that cannot start says so in its state and
   * its log.
   */
  start(): Promise<void> {
    this.#starts = this.#starts.then(() => this.#startAll());
    return this.#starts;
  }

  async #startAll(): Promise<void> {
    for (const container of this.containers) {
      const { name } = container;
      const doing = this.doing(name);
      const isDue = doing.kind === 'waiting' && [CREATING, LACKING].includes(doing.reason);
      if (isDue) await this.#begin(container);
      if (this.signal.aborted) return;
    }
  }

  async #begin(container: Container): Promise<void> {
    const { name } = container;
    const before = this.doing(name);
    const doing = await this.#start(container);
    if (this.signal.aborted) return;
    this.#doing.set(name, doing);
    // Another vain attempt is not news.
    if (!isDeepStrictEqual(before, doing) || doing.kind === 'running') this.#report.started(container);
    if (doing.kind !== 'running' || programOf(container) === 'sidecar') return;
    if (isClient(programOf(container)))
      this.#runMain(container).catch(error => wentOn(`the command of ${name}`, error));
    const probes = new Probes(
      container,
      { ip: this.ip, ports: this.#ports, network: this.#place.network, signal: this.signal },
      {
        changed: () => this.#report.changed(),
        failed: (kind, why) => this.#tellFailure(container, kind, why),
        restart: kind => this.#restart(container, kind).catch(error => wentOn(`a restart of ${name}`, error)),
      },
    );
    this.#probes.set(name, probes);
    await probes.begin();
  }

  async #start(container: Container): Promise<Doing> {
    const log = this.log(container.name) as ContainerLog;
    const program = programOf(container);
    try {
      if (program !== 'init' && program !== null) {
        const injected = program === 'sidecar' ? proxyEnvironment(this.pod, this.ip) : {};
        const own = environmentOf(this.#place.store, this.pod, this.ip, container);
        this.#env.set(container.name, { ...injected, ...own });
      }
    } catch (error) {
      if (!(error instanceof MissingForContainer)) throw error;
      return { kind: 'waiting', reason: LACKING, message: error.message };
    }
    switch (program) {
      case 'init':
        return { kind: 'done' };
      case 'sidecar':
        this.#startSidecar(container, log);
        return { kind: 'running' };
      case 'istiod':
        this.#startIstiod();
        return { kind: 'running' };
      case 'client':
      case 'shell':
      case 'pause':
        return { kind: 'running' };
      case 'api-server':
        return this.#startServer(container, log);
      case null: {
        const message = `Back-off pulling image "${container.image ?? ''}": ${CAN_RUN}`;
        return { kind: 'waiting', reason: 'ImagePullBackOff', message };
      }
    }
  }

  /** Once for each text: Kubernetes counts repetitions in one event. */
  #tellFailure(container: Container, kind: ProbeKind, why: string): void {
    const key = `${container.name}/${kind}/${why}`;
    if (this.#told.has(key)) return;
    this.#told.add(key);
    this.#report.event(container, 'Unhealthy', `${kind} probe failed: ${why}`, 'Warning');
  }

  async #restart(container: Container, kind: 'Startup' | 'Liveness'): Promise<void> {
    const { name } = container;
    const probe = kind.toLowerCase();
    this.#report.event(container, 'Killing', `Container ${name} failed ${probe} probe, will be restarted`);
    await this.#stop(name);
    if (!this.signal.aborted)
      await this.#ended(container, programOf(container) === 'api-server' ? 0 : KILLED);
  }

  /** The command of a client, to its end. */
  async #runMain(container: Container): Promise<void> {
    const main = new MainCommand(container, this.log(container.name), this.signal, streams =>
      this.#place.runMain(this, container, mainCommand(container), streams),
    );
    this.#mains.set(container.name, main);
    const code = await main.ended;
    if (!this.signal.aborted && !main.stopped) await this.#ended(container, code);
  }

  /** Source: pkg/kubelet/container/helpers.go (ShouldContainerBeRestarted) */
  async #ended(container: Container, code: number): Promise<void> {
    const { name } = container;
    const restartPolicy = this.#guests.includes(container) ? 'Never' : this.pod.spec.restartPolicy;
    if (restartPolicy === 'Never' || (restartPolicy === 'OnFailure' && code === 0)) {
      this.#doing.set(name, { kind: 'exited', code, finished: this.#place.now() });
      this.log(name)?.end();
      this.#endSidecar();
      return this.#report.changed();
    }
    const seconds = this.#lives.ended(name, code);
    if (seconds === 0) return this.#again(container);
    const { state, event } = backOffTexts(this.pod, name, seconds);
    this.#doing.set(name, { kind: 'waiting', reason: 'CrashLoopBackOff', message: state });
    this.#report.changed();
    this.#report.event(container, 'BackOff', event, 'Warning');
    const again = () => this.#again(container).catch(error => wentOn(`a restart of ${name}`, error));
    const timer = setTimeout(again, seconds * 1000);
    timer.unref();
    this.signal.addEventListener('abort', () => clearTimeout(timer), { once: true });
  }

  async #again(container: Container): Promise<void> {
    this.#lives.begun(container.name);
    await this.#begin(container);
    if (!this.signal.aborted) this.#report.changed();
  }

  async #stop(name: string): Promise<void> {
    this.#probes.get(name)?.end();
    this.#mains.get(name)?.stop();
    const server = this.#servers.get(name);
    if (!server) return;
    this.#servers.delete(name);
    for (const [port, real] of server.ports) if (this.#ports.get(port) === real) this.#ports.delete(port);
    await server.close();
  }

  #startSidecar(container: Container, log: ContainerLog): void {
    const { ip, resolver } = this;
    this.#sidecar = new SidecarContainer(
      sidecarPod(this.pod, {
        ...{ ip, resolver, environment: this.env(container), log: text => log.push(text) },
        readFile: path => this.readFile(container, path),
      }),
      this.started,
      this.#place,
    );
    const time = new Date(this.#place.now()).toISOString().replace('Z', '000Z');
    log.push(`${time}\tinfo\tEnvoy proxy is ready`);
  }

  /** A sidecar ends once all containers beside it have. */
  #endSidecar(): void {
    if (!this.pod.spec.containers.every(each => this.doing(each.name).kind === 'exited')) return;
    const sidecar = this.containers.find(each => programOf(each) === 'sidecar');
    if (sidecar === undefined) return;
    this.#sidecar?.close();
    this.#doing.set(sidecar.name, { kind: 'exited', code: 0, finished: this.#place.now() });
    this.log(sidecar.name)?.end();
  }

  #startIstiod(): void {
    const { network, proxies, tls } = this.#place;
    const ports = new OwnPorts(network, istiodPorts({ pod: this.pod.metadata.name, proxies, tls }));
    this.#istiod = ports;
    network.listenLater(this.ip, (port, fromItself) => ports.open(port, fromItself));
  }

  async #startServer(container: Container, log: ContainerLog): Promise<Doing> {
    try {
      const server = await startApiContainer({
        env: this.env(container),
        readFile: path => this.readFile(container, path),
        print: line => log.push(line),
        sourceOf: socket => this.#place.network.sourceOf(socket),
        knows: socket => this.#place.network.knows(socket),
      });
      if (this.signal.aborted) {
        await server.close();
        return { kind: 'waiting', reason: CREATING };
      }
      this.#servers.set(container.name, server);
      for (const [port, real] of server.ports) this.#ports.set(port, real);
      this.#place.network.listen(this.ip, this.#ports);
      return { kind: 'running' };
    } catch (error) {
      log.push(String((error as Error).message));
      const message = `back-off restarting failed container ${container.name} in pod ${this.pod.metadata.name}`;
      return { kind: 'waiting', reason: 'CrashLoopBackOff', message };
    }
  }

  /** Ends everything at once, without SIGTERM and its grace period. */
  end(): void {
    this.#end.abort();
    this.#place.network.release(this.ip);
    this.#istiod?.close();
    this.#sidecar?.close();
    for (const log of this.#logs.values()) log.end();
    for (const probes of this.#probes.values()) probes.end();
    for (const server of this.#servers.values()) void server.close();
  }
}
