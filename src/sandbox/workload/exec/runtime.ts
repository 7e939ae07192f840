/**
 * exec and logs: what the API server passes on for a container. Of the machine's programs only curl is run, sealed, and
 * no shell; the rest are small commands implemented here (commands.ts).
 */
import type { Duplex } from 'node:stream';
import type {
  ContainerRef,
  ExecOutcome,
  ExecStreams,
  LogQuery,
  Network,
  PodRef,
  PodResolver,
  PodRuntime,
} from '../../rooms.ts';
import { isShortage, lookForShortage, shortageSince } from '../../shortage.ts';
import { type CurlPlace, curlProgram } from '../curl/program.ts';
import { wget } from '../curl/wget.ts';
import type { Container } from '../kube-types.ts';
import { isClient, programOf } from '../kubelet/images.ts';
import type { Kubelet } from '../kubelet/kubelet.ts';
import type { RunningPod } from '../kubelet/running-pod.ts';
import { ContainerFiles } from '../shell/files.ts';
import { programsOf } from './commands.ts';
import { type ContainerCommand, type ContainerCommands, own, programName } from './container-command.ts';
import { netcat } from './netcat.ts';
import { nodeProgram } from './reach.ts';

/** 128 + SIGKILL. */
const KILLED = 137;
const NOT_FOUND = 127;
const CANNOT_RUN = 126;

export interface RuntimeSurroundings extends CurlPlace {
  readonly kubelet: Kubelet;
  readonly network: Network;
  readonly now: () => number;
  readonly hostsFile: (pod: RunningPod) => string;
}

export class SandboxRuntime implements PodRuntime {
  readonly #place: RuntimeSurroundings;
  /** By container, for as long as the pod runs. */
  readonly #files = new WeakMap<RunningPod, Map<string, ContainerFiles>>();

  constructor(place: RuntimeSurroundings) {
    this.#place = place;
  }

  async exec(
    { namespace, pod: name, container: containerName }: ContainerRef,
    command: readonly string[],
    streams: ExecStreams,
  ): Promise<ExecOutcome> {
    const pod = this.#place.kubelet.find(namespace, name);
    const container = pod?.containers.find(each => each.name === containerName);
    if (!pod || !container || pod.doing(containerName).kind !== 'running') {
      return { exit: CANNOT_RUN, error: `container not found ("${containerName}")` };
    }
    const programs = this.#programs(pod, container);
    const [program = ''] = command;
    const known = own(programs, programName(program));
    if (!known) {
      const has = Object.keys(programs).sort().join(', ') || 'no program that could be run';
      streams.stderr(`sandbox: this container has ${has}.\n`);
      const error =
        'OCI runtime exec failed: exec failed: unable to start container process: ' +
        `exec: "${program}": executable file not found in $PATH: unknown`;
      return { exit: NOT_FOUND, error };
    }
    // The command ends with its pod.
    const signal = AbortSignal.any([streams.signal, pod.signal]);
    const piped: ExecStreams = {
      stdin: streams.stdin,
      stdout: chunk => streams.stdout(chunk),
      stderr: chunk => streams.stderr(chunk),
      signal,
      tty: streams.tty,
    };
    const started = performance.now();
    const short = (what: string) => {
      streams.stderr(`sandbox: ${what}: ${shortageSince(started)}.\n`);
      return { exit: CANNOT_RUN };
    };
    lookForShortage();
    try {
      if (shortageSince(started)) return short(`${program} could not be run`);
      const exit = await known(command, piped);
      // Whatever it printed, it may have met this process's own shortage instead of the mesh.
      if (shortageSince(started)) return short(`what ${program} met does not count`);
      return { exit: signal.aborted ? KILLED : exit };
    } catch (error) {
      if (isShortage(error)) return short(`${program} could not be run`);
      // A full disk, no more processes: the machine's words, as a container runtime would pass them on.
      return { exit: CANNOT_RUN, error: `${program}: ${(error as Error).message}` };
    }
  }

  async attach(
    { namespace, pod: name, container }: ContainerRef,
    streams: ExecStreams,
  ): Promise<ExecOutcome> {
    const pod = this.#place.kubelet.find(namespace, name);
    if (pod?.doing(container).kind !== 'running') {
      return { exit: CANNOT_RUN, error: `container ${container} not found in pod ${name}_${namespace}` };
    }
    const main = pod.main(container);
    // A server and a sidecar print into their logs alone.
    if (main === undefined)
      await new Promise<void>(done => streams.signal.addEventListener('abort', () => done()));
    else await main.attach(streams);
    return { exit: 0 };
  }

  /** Process 1 of a client, told in its log where there is no such program. */
  async runMain(
    pod: RunningPod,
    container: Container,
    command: readonly string[],
    streams: ExecStreams,
  ): Promise<number> {
    const [program = ''] = command;
    const known = own(this.#programs(pod, container), programName(program));
    if (known) return known(command, streams);
    streams.stderr(`exec: "${program}": executable file not found in $PATH\n`);
    return NOT_FOUND;
  }

  async *logs({ namespace, pod, container }: ContainerRef, query: LogQuery): AsyncGenerator<string> {
    const log = this.#place.kubelet.find(namespace, pod)?.log(container);
    if (log) yield* log.read(query);
  }

  async reach({ namespace, pod: name }: PodRef, port: number): Promise<Duplex> {
    const pod = this.#place.kubelet.find(namespace, name);
    if (!pod) throw new Error(`failed to find sandbox of pod ${name}`);
    try {
      return await this.#place.network.dial({ ip: '127.0.0.1', port }, pod.ip);
    } catch (error) {
      if (isShortage(error)) throw error;
      throw new Error(`dial tcp4 127.0.0.1:${port}: connect: connection refused`, { cause: error });
    }
  }

  #programs(pod: RunningPod, container: Container, env = pod.env(container)): ContainerCommands {
    const files = this.#filesOf(pod, container);
    const { resolver, ip, captures } = pod;
    const main: Record<string, ContainerCommand> = {};
    const kind = programOf(container);
    if (kind === 'pause') return {};
    const isOwn = isClient(kind);
    if (isOwn || kind === 'sidecar') {
      // What the proxy's own user opens is not captured.
      const outbound = () => (isOwn ? (pod.sidecar?.running ?? null) : null);
      const curl = curlProgram(this.#place, { ip, resolver, outbound, captures, env, files });
      if (kind !== 'shell') main.curl = curl;
      if (isOwn) {
        main.wget = wget({ files, folder: env.PWD ?? '/', curl, resolver });
        main.nc = netcat(this.#place.door, { ip, resolver, outbound, captures });
      }
    }
    if (kind === 'api-server') main.node = nodeProgram(this.#place.network, ip, this.#place.now);
    if (kind === 'sidecar') main['pilot-agent'] = this.#pilotAgent(pod);
    const hostname = pod.pod.metadata.name;
    return programsOf({
      ...{ env, hostname, resolver: resolver as PodResolver, files, programs: main, now: this.#place.now },
      main:
        [...(container.command ?? []), ...(container.args ?? [])].join(' ') ||
        (kind === 'shell' ? 'sh' : (kind ?? '')),
      within: changed => this.#programs(pod, container, changed),
    });
  }

  #filesOf(pod: RunningPod, container: Container): ContainerFiles {
    const all = this.#files.get(pod) ?? new Map<string, ContainerFiles>();
    this.#files.set(pod, all);
    const known = all.get(container.name);
    if (known !== undefined) return known;
    const files = new ContainerFiles(path => {
      if (path === '/etc/hosts') return this.#place.hostsFile(pod);
      if (path === '/etc/resolv.conf') return resolvConf(pod.pod.metadata.namespace ?? '');
      return pod.readFile(container, path);
    });
    all.set(container.name, files);
    return files;
  }

  /** `pilot-agent request GET PATH`, or POST. Source: pilot/cmd/pilot-agent/app/request.go */
  #pilotAgent(pod: RunningPod): ContainerCommand {
    return async (argv, { stdout, stderr }) => {
      const [, request, method = '', path] = argv.filter(word => !word.startsWith('--'));
      const asked = method.toUpperCase();
      if (request !== 'request' || path === undefined || (asked !== 'GET' && asked !== 'POST')) {
        stderr(
          'sandbox: pilot-agent can be asked here by `pilot-agent request GET PATH`, for example config_dump.\n',
        );
        return 1;
      }
      if (!pod.sidecar) return 1;
      const { status, body } = await pod.sidecar.askAdmin(asked, path);
      if (status === 200) {
        stdout(`${body}\n`);
        return 0;
      }
      stderr(`Error: received status code ${status}: ${body}`);
      return 1;
    };
  }
}

function resolvConf(namespace: string): string {
  return `search ${namespace}.svc.cluster.local svc.cluster.local cluster.local\nnameserver 10.96.0.10\noptions ndots:5\n`;
}
