/**
 * Keeps following the logs of the client's sidecar and of all API servers, whatever becomes of their pods: a new pod
 * is attached to, and a stream that ends is resumed while its pod runs. Lines go into the hub.
 */
import type { Kube } from '../kube/client.ts';
import type { ExecTarget } from '../kube/exec.ts';
import { followLog, readLog } from '../kube/logs.ts';
import { systemClock } from '../shared/clock.ts';
import { log } from '../shared/log.ts';
import { CLIENT, SERVERS, type WorldNames } from '../world/names.ts';
import { ANSWERS_AS } from '../world/servers.ts';
import type { LogHub, LogSource } from './hub.ts';

/** Milliseconds before a stream that ended is looked at again; twice as long after each failure, up to a limit. */
const AGAIN = 300;
const AGAIN_AT_MOST = 5000;

interface Container {
  readonly name: string;
}
interface Pod {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly spec: {
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
  readonly status?: {
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}
interface ContainerStatus extends Container {
  readonly restartCount: number;
  readonly state?: { readonly running?: unknown };
}

interface Stream {
  stop(): void;
}

/** A server's container. */
interface ServerLog {
  readonly pod: Pod;
  readonly target: ExecTarget;
  readonly from: LogSource;
}

export class Followers {
  readonly #streams = new Map<string, Stream | null>();
  #servers: readonly ServerLog[] = [];
  #closed = false;
  #again = AGAIN;
  #looking: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  readonly #kube: Kube;
  readonly #names: WorldNames;
  readonly #hub: LogHub;
  /** Further namespaces in which servers run: that of the world's own client, and catalog beside it. */
  readonly #also: readonly string[];

  constructor(kube: Kube, names: WorldNames, hub: LogHub, also: readonly string[]) {
    this.#kube = kube;
    this.#names = names;
    this.#hub = hub;
    this.#also = also;
  }

  /**
   * Attaches to every pod that runs now and is not followed yet; a look that is already under way may have missed it,
   * so another one follows. Never throws: what is wrong is kept in the hub.
   */
  refresh(): Promise<void> {
    if (this.#looking === null) {
      this.#looking = this.#attachAll().finally(() => {
        this.#looking = null;
      });
      return this.#looking;
    }
    this.#next ??= this.#looking.then(() => {
      this.#next = null;
      return this.refresh();
    });
    return this.#next;
  }

  close(): void {
    this.#closed = true;
    for (const stream of this.#streams.values()) stream?.stop();
    this.#streams.clear();
  }

  /** Reads what the servers' logs hold since then, beside the streams; the hub drops what it has. Never throws. */
  async rereadServers(sinceTime: Date, signal?: AbortSignal): Promise<void> {
    const options = { sinceTime, timestamps: true, signal };
    const read = async ({ target, from }: ServerLog) => {
      for (const line of await readLog(this.#kube, target, options)) this.#hub.apiText(line, from);
    };
    for (const one of await Promise.allSettled(this.#servers.map(read))) {
      if (one.status === 'rejected') log('probe', `log of a server: ${(one.reason as Error).message}`);
    }
  }

  async #attachAll(): Promise<void> {
    const { mesh, outside } = this.#names;
    const namespaces = [...new Set([mesh, ...this.#also, outside])];
    const found = await Promise.all(namespaces.map(async each => [each, await this.#pods(each)] as const));
    const podsOf = new Map(found);
    const meshPods = podsOf.get(mesh) ?? null;
    const outsidePods = podsOf.get(outside) ?? null;
    const sidecars = (meshPods ?? [])
      .filter(pod => pod.metadata.labels?.app === CLIENT.deployment)
      .map(pod => this.#attach(mesh, pod, CLIENT.proxy, {}, text => this.#hub.sidecarText(text)));
    this.#servers = found.flatMap(([namespace, pods]) =>
      (pods ?? []).flatMap(pod => serverOf(namespace, pod)),
    );
    const servers = this.#servers.map(({ pod, target: { namespace, container }, from }) =>
      this.#attach(namespace, pod, container, { timestamps: true }, text => this.#hub.apiText(text, from)),
    );
    const outOfReach = (namespace: string) => `the pods of namespace ${namespace} could not be listed.`;
    const first = async (troubles: Promise<string | null>[]) =>
      (await Promise.all(troubles)).find(one => one !== null);
    this.#hub.sidecarTrouble = meshPods === null ? outOfReach(mesh) : ((await first(sidecars)) ?? null);
    this.#hub.apiTrouble = outsidePods === null ? outOfReach(outside) : ((await first(servers)) ?? null);
    const trouble = this.#hub.sidecarTrouble ?? this.#hub.apiTrouble;
    this.#again = trouble === null ? AGAIN : Math.min(AGAIN_AT_MOST, this.#again * 2);
  }

  async #pods(namespace: string): Promise<readonly Pod[] | null> {
    try {
      const { status, body } = await this.#kube.request('GET', `/api/v1/namespaces/${namespace}/pods`);
      return status === 200 ? (body as { items: Pod[] }).items : null;
    } catch (error) {
      log('probe', `pods of ${namespace}: ${(error as Error).message}`);
      return null;
    }
  }

  /** Follows one log. Returns why it cannot be followed, null when it is, or need not be. */
  async #attach(
    namespace: string,
    pod: Pod,
    container: string,
    options: { readonly timestamps?: boolean },
    onLine: (text: string) => void,
  ): Promise<string | null> {
    const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
    const status = statuses.find(one => one.name === container);
    if (status?.state?.running === undefined) return null;
    const key = `${pod.metadata.uid}/${container}/${status.restartCount}`;
    if (this.#streams.has(key) || this.#closed) return null;
    this.#streams.set(key, null);
    const ended = (error?: Error) => {
      log('probe', `log of ${pod.metadata.name}/${container} ended${error ? `: ${error.message}` : ''}`);
      this.#streams.delete(key);
      if (!this.#closed) void this.#lookAgain();
    };
    try {
      const target = { namespace, pod: pod.metadata.name, container };
      const stream = await followLog(this.#kube, target, {
        ...options,
        sinceSeconds: 1,
        onLine,
        onEnd: ended,
      });
      if (this.#closed) stream.stop();
      else this.#streams.set(key, stream);
      return null;
    } catch (error) {
      ended(error as Error);
      return `the log of ${pod.metadata.name} cannot be followed: ${(error as Error).message}`;
    }
  }

  /** After a stream's end: the pod may be gone, restarting, or the connection was only cut. */
  async #lookAgain(): Promise<void> {
    await systemClock.wait(this.#again);
    if (!this.#closed) await this.refresh();
  }
}

/**
 * The pod as a server of the world, by what is written on it or by its Deployment's name; empty when it is something
 * else.
 */
function serverOf(namespace: string, pod: Pod): ServerLog[] {
  const { name, annotations } = pod.metadata;
  const container = pod.spec.containers[0]?.name;
  const known = Object.entries(SERVERS).find(([deployment]) => name.startsWith(`${deployment}-`));
  const server = annotations?.[ANSWERS_AS] ?? known?.[1];
  if (server === undefined || container === undefined) return [];
  return [{ pod, target: { namespace, pod: name, container }, from: { pod: name, server } }];
}
