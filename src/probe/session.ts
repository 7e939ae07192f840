/**
 * Runs probes: real curl in the client pod, and the evidence of it from three sides. A session follows the logs from
 * its beginning, so that a probe's lines arrive quickly, and survives pods that come and go. Sockets and time are here
 * and in the other files that take a Kube; the rest of this folder is pure.
 */
import { randomBytes } from 'node:crypto';
import { readDump } from '../envoy/from-dump.ts';
import { withRegexes } from '../envoy/regex-work.ts';
import type { Resource } from '../istio/resource.ts';
import { listObjects } from '../kube/apply.ts';
import type { Kube } from '../kube/client.ts';
import { exec } from '../kube/exec.ts';
import { ROUTING_KINDS } from '../kube/kinds.ts';
import { readLog } from '../kube/logs.ts';
import { readyPod } from '../kube/wait.ts';
import { type Clock, systemClock } from '../shared/clock.ts';
import { ToolError } from '../shared/errors.ts';
import { log } from '../shared/log.ts';
import { CLIENT, type WorldNames } from '../world/names.ts';
import { curlCall } from './curl-args.ts';
import { readCurlOutput } from './curl-output.ts';
import type { CurlSide, Evidence, RunningProbe } from './evidence.ts';
import { Followers } from './followers.ts';
import { gather, soon } from './gather.ts';
import { LogHub } from './hub.ts';
import type { LoggedLine } from './log-rows.ts';
import { causeText } from './refusal-cause.ts';
import { configDump } from './sidecar-admin.ts';
import { standingRefusals } from './standing-refusals.ts';
import { type Ground, waysOf } from './ways.ts';

export interface ProbeSession {
  /**
   * Sends one call. `answer` settles when curl has ended, `evidence` when the logs' lines have come (seconds later at
   * most). Both reject alike: UserError for an option that a probe cannot have, ToolError when the pod is out of reach.
   */
  start(argv: readonly string[], options?: { readonly signal?: AbortSignal | undefined }): RunningProbe;
  /** The sidecar's last access-log lines, newest last. */
  sidecarLog(lines: number): readonly LoggedLine[];
  close(): void;
}

export interface SessionOptions {
  /** Further namespaces in which servers run; that of the world's own client, where a further one calls. */
  readonly also?: readonly string[];
  /** Evidence says who decided each call's way. That reads the sidecar's configuration once a call. */
  readonly ways?: boolean | undefined;
}

/**
 * Opens a session: waits for a ready client pod and until its logs are followed.
 * `provider`: the Cluster's name, which all evidence carries.
 * Throws ToolError when there is no ready client pod.
 */
export async function openProbes(
  kube: Kube,
  names: WorldNames,
  provider: string,
  signal?: AbortSignal,
  options: SessionOptions = {},
): Promise<ProbeSession> {
  const session = new Session(kube, names, provider, systemClock, options);
  await session.open(signal);
  return session;
}

interface Sent {
  readonly curl: CurlSide;
  readonly userAgent: string;
  /** Settles when the logs of all pods that ran when curl was started are followed. */
  readonly followed: Promise<void>;
}

/** A shell's code for a command that is not there; curl has no such code of its own. */
const NO_SUCH_COMMAND = 127;
/** And for one that cannot be run. */
const CANNOT_RUN = 126;

/** `words`: what the container's runtime said; in the sandbox: how to install curl. */
function noCurl(words: string): ToolError {
  return new ToolError({
    what: 'No call can be sent: curl is missing.',
    why: 'Every call is made by a real curl, and none was found.',
    next: ['istio-tutor doctor   says how to install it'],
    detail: words.trim(),
  });
}

/** `words`: what the container's runtime said; its last line is about the call as a whole. */
export function notMade(words: string): ToolError {
  const lines = words.trim().split('\n');
  const why = lines.at(-1) ?? '';
  const files = /too many open files|EMFILE|ENFILE/.test(words);
  return new ToolError({
    what: 'The call could not be made.',
    why: why === '' ? 'curl could not be run.' : why,
    next: files
      ? ['ulimit -n 4096   in this shell, then start again: more files may be open']
      : ['istio-tutor doctor   says what is missing', 'send it again'],
    detail: [...new Set(lines)].join('\n'),
  });
}

async function withWays(evidence: Evidence, found: Ground | null): Promise<Evidence> {
  if (found === null) return evidence;
  const ways = await withRegexes(() => waysOf(found, evidence));
  return ways.length === 0 ? evidence : { ...evidence, ways };
}

class Session implements ProbeSession {
  readonly #hub = new LogHub();
  readonly #followers: Followers;
  #pod: string | null = null;
  /** How many of the refusals that the log reported are known to be over. */
  #refusalsOver = 0;
  readonly #kube: Kube;
  readonly #names: WorldNames;
  readonly #provider: string;
  readonly #clock: Clock;
  readonly #ways: boolean;

  constructor(kube: Kube, names: WorldNames, provider: string, clock: Clock, options: SessionOptions) {
    const { also = [], ways = false } = options;
    this.#ways = ways;
    this.#kube = kube;
    this.#names = names;
    this.#provider = provider;
    this.#clock = clock;
    this.#followers = new Followers(kube, names, this.#hub, also);
  }

  async open(signal?: AbortSignal): Promise<void> {
    const pod = await this.#client(signal);
    await this.#history(pod, signal);
    await this.#followers.refresh();
  }

  start(argv: readonly string[], options: { readonly signal?: AbortSignal | undefined } = {}): RunningProbe {
    const { signal } = options;
    const mark = this.#hub.mark();
    const sent = this.#send(argv, signal);
    const answer = sent.then(({ curl }) => curl);
    const begun = new Date(this.#clock.now());
    const call = sent.then(async ({ curl, userAgent, followed }) => {
      this.#hub.claim(curl);
      await followed;
      const reread = () => this.#readSince(begun, signal);
      const rereadServers = () => this.#followers.rereadServers(begun, signal);
      return { provider: this.#provider, curl, userAgent, mark, reread, rereadServers };
    });
    // As soon as the call is over: what is in effect a second later may be something else.
    const configuration = this.#ways ? call.then(() => this.#configuration(signal)) : Promise.resolve(null);
    const evidence = call
      .then(each => gather(this.#hub, each, this.#clock, signal))
      .then(each => this.#claimLines(each))
      .then(each => this.#withRefusals(each, signal))
      .then(async each => withWays(each, await configuration));
    const early = (['api', 'both'] as const).map(sides =>
      Promise.race([call.then(each => soon(this.#hub, each, sides, this.#clock, signal)), evidence]),
    );
    // A caller that waits for only one of them must not be brought down by the other.
    answer.catch(() => {});
    evidence.catch(() => {});
    configuration.catch(() => {});
    for (const one of early) one.catch(() => {});
    return { answer, early, evidence };
  }

  sidecarLog(lines: number): readonly LoggedLine[] {
    return this.#hub.logged(lines);
  }

  #claimLines(evidence: Evidence): Evidence {
    if (evidence.sidecar.read) this.#hub.own(evidence.sidecar.lines);
    return evidence;
  }

  close(): void {
    this.#followers.close();
  }

  async #send(argv: readonly string[], signal?: AbortSignal): Promise<Sent> {
    const call = curlCall(argv, randomBytes(4).toString('hex'));
    // Pods may have come since the last call; looking costs nothing while curl runs.
    const followed = this.#followers.refresh();
    const begun = this.#clock.now();
    const { exit, stdout, stderr } = await this.#exec(call.command, signal);
    if (exit === NO_SUCH_COMMAND) throw noCurl(stderr);
    if (exit === CANNOT_RUN) throw notMade(stderr);
    const seconds = (this.#clock.now() - begun) / 1000;
    const { marker, parallel } = call;
    return {
      curl: readCurlOutput({ argv, marker, parallel, exit, stdout, stderr, seconds }),
      userAgent: call.userAgent,
      followed,
    };
  }

  /** In the pod that is known; when that fails, once more in the one that is ready now. */
  async #exec(command: readonly string[], signal?: AbortSignal) {
    const options = signal === undefined ? {} : { signal };
    const known = this.#pod ?? (await this.#client(signal));
    const target = { namespace: this.#names.mesh, container: CLIENT.container };
    try {
      return await exec(this.#kube, { ...target, pod: known }, command, options);
    } catch (error) {
      signal?.throwIfAborted();
      log('probe', `exec in ${known}: ${(error as Error).message}`);
      this.#pod = null;
      const now = await this.#client(signal);
      if (now === known) throw error;
      await this.#followers.refresh();
      return await exec(this.#kube, { ...target, pod: now }, command, options);
    }
  }

  async #client(signal?: AbortSignal): Promise<string> {
    const options = signal === undefined ? {} : { signal };
    const pod = await readyPod(this.#kube, this.#names.mesh, CLIENT.selector, options);
    this.#pod = pod.name;
    return pod.name;
  }

  /**
   * A call goes by what the sidecar has; what it has refused is asked for only where its log has reported a refusal
   * since the last time that none was left.
   */
  async #withRefusals(evidence: Evidence, signal?: AbortSignal): Promise<Evidence> {
    const pod = this.#pod;
    const told = this.#hub.refusals;
    if (told === this.#refusalsOver || pod === null) return evidence;
    try {
      const dump = await configDump(this.#kube, this.#names, pod, signal);
      const standing = await standingRefusals(this.#kube, this.#names, pod, dump, signal);
      if (standing === null) return evidence;
      if (standing.length === 0) {
        this.#refusalsOver = told;
        return evidence;
      }
      const refused = standing.map(({ words, cause }) => (cause === null ? `${words}.` : causeText(cause)));
      return { ...evidence, refused };
    } catch (error) {
      signal?.throwIfAborted();
      log('probe', `refusals of ${pod}: ${(error as Error).message}`);
      return evidence;
    }
  }

  /** Null when it cannot be read: the evidence is whole without it. */
  async #configuration(signal?: AbortSignal): Promise<Ground | null> {
    const pod = this.#pod;
    if (pod === null) return null;
    try {
      const { mesh: namespace } = this.#names;
      const [dump, ...lists] = await Promise.all([
        configDump(this.#kube, this.#names, pod, signal),
        ...ROUTING_KINDS.map(({ apiVersion, kind }) => listObjects(this.#kube, apiVersion, kind, namespace)),
      ]);
      return { config: readDump(dump), objects: lists.flat() as Resource[], namespace };
    } catch (error) {
      signal?.throwIfAborted();
      log('probe', `configuration of ${pod}: ${(error as Error).message}`);
      return null;
    }
  }

  /** What the sidecar logged before this session, for the learner to look at. */
  async #history(pod: string, signal?: AbortSignal): Promise<void> {
    const target = { namespace: this.#names.mesh, pod, container: CLIENT.proxy };
    try {
      const options = { tail: 200, signal };
      for (const line of await readLog(this.#kube, target, options)) this.#hub.sidecarText(line);
    } catch (error) {
      signal?.throwIfAborted();
      log('probe', `log of ${pod}: ${(error as Error).message}`);
    }
  }

  /** The logs since then, read beside the streams; the hub drops what it has. */
  async #readSince(sinceTime: Date, signal?: AbortSignal): Promise<void> {
    await this.#followers.refresh();
    await Promise.all([
      this.#sidecarSince(sinceTime, signal),
      this.#followers.rereadServers(sinceTime, signal),
    ]);
  }

  async #sidecarSince(sinceTime: Date, signal?: AbortSignal): Promise<void> {
    const pod = this.#pod;
    if (pod === null) return;
    try {
      const target = { namespace: this.#names.mesh, pod, container: CLIENT.proxy };
      const options = { sinceTime, signal };
      for (const line of await readLog(this.#kube, target, options)) this.#hub.sidecarText(line);
    } catch (error) {
      log('probe', `log of ${pod}: ${(error as Error).message}`);
    }
  }
}
