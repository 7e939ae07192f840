/**
 * "Accepted" is not "in effect": follows a change from the API to this sidecar. It looks at the sidecar's own
 * configuration until its content has changed and settled, until it is plain that nothing comes, or until the
 * sidecar has refused it. Content is compared, not versions: istiod pushes for changes that mean nothing here too.
 */
import type { Kube } from '../kube/client.ts';
import { readLog } from '../kube/logs.ts';
import { readyPod } from '../kube/wait.ts';
import { type Clock, steadyNow, systemClock } from '../shared/clock.ts';
import { ToolError } from '../shared/errors.ts';
import { log } from '../shared/log.ts';
import { CLIENT, type WorldNames } from '../world/names.ts';
import type { Effect } from './effect.ts';
import { refusalsIn } from './refusals-in-log.ts';
import { askSidecar, configDump } from './sidecar-admin.ts';
import { contentHash, readConfigDump } from './sidecar-config.ts';

/** Milliseconds between two looks. */
const EVERY = 150;
/** Milliseconds that changed content must stay as it is: clusters, listeners and routes arrive one after another. */
const SETTLED = 300;
/** Milliseconds after istiod's last push, or the change, without anything new: then nothing comes. */
const NOTHING_NEW = 1000;
/** A machine that is slow to answer is slow to push: this many looks without anything new, and at most this long. */
const LOOKS = 6;
const PATIENCE = 2500;
/** Milliseconds after which the refusals are asked for along with the configuration: the end may be near. */
const NEAR = 600;
/** Milliseconds until it is 'not yet'. */
const GIVE_UP = 5000;

/** How often a sidecar is asked for its state, and the milliseconds in between. */
const TRIES = 5;
const AGAIN = 300;

/** The sidecar's state at one moment. */
export interface SidecarState {
  /** Hash of the content of its configuration. */
  readonly content: string;
  readonly version: string;
  /** Nothing is on its way: see SidecarConfig. Left out: something may be. */
  readonly inStep?: boolean;
  readonly warming: readonly string[];
  /** Updates that it has refused so far (update_rejected of clusters and listeners). */
  readonly rejected: number;
  readonly refused: readonly string[];
  /** Milliseconds since the epoch: when it was in this state. */
  readonly at?: number;
}

/** Where the sidecar's state is read; tests put a script of states here. */
export interface SidecarView {
  /** The configuration, cheap enough to be asked several times a second. */
  look(): Promise<Omit<SidecarState, 'rejected' | 'at'>>;
  rejections(): Promise<number>;
  /** The sidecar's own words about updates that it refused since then; empty for none. */
  refusals(since: Date): Promise<readonly string[]>;
}

/** To be taken before a change is applied. Throws ToolError when the sidecar is out of reach. */
export async function beforeChange(
  kube: Kube,
  names: WorldNames,
  signal?: AbortSignal,
): Promise<SidecarState> {
  const view = new LiveView(kube, names, signal);
  for (let tries = 1; ; tries++) {
    try {
      const at = steadyNow();
      const [state, rejected] = await Promise.all([view.look(), view.rejections()]);
      return { ...state, rejected, at };
    } catch (error) {
      // The pod may have been replaced between being found and being asked.
      if (!(error instanceof ToolError) || tries === TRIES) throw error;
      await systemClock.wait(AGAIN, signal);
    }
  }
}

/**
 * Follows a change that the API has just accepted; takes 5 seconds at most.
 * Throws ToolError when the sidecar was out of reach all the time, and the signal's reason when it aborts.
 */
export function followEffect(
  kube: Kube,
  names: WorldNames,
  before: SidecarState,
  options: { readonly signal?: AbortSignal | undefined; readonly clock?: Clock } = {},
): Promise<Effect> {
  return follow(
    new LiveView(kube, names, options.signal),
    before,
    options.clock ?? systemClock,
    options.signal,
  );
}

/** The same over any view. */
export async function follow(
  view: SidecarView,
  before: SidecarState,
  clock: Clock,
  signal?: AbortSignal,
): Promise<Effect> {
  const begun = clock.now();
  let content = before.content;
  let version = before.version;
  let changedAt = begun;
  let pushedAt = begun;
  let trouble: unknown = null;
  let slowest = 0;
  for (;;) {
    signal?.throwIfAborted();
    const lookedAt = clock.now();
    try {
      const near = content !== before.content || lookedAt - begun >= NEAR;
      const [state, rejected] = await Promise.all([view.look(), near ? view.rejections() : null]);
      trouble = null;
      if (state.content !== content) changedAt = clock.now();
      if (state.version !== version) pushedAt = clock.now();
      content = state.content;
      version = state.version;
      const seconds = (changedAt - begun) / 1000;
      const changed = content !== before.content;
      const now = clock.now();
      if (state.inStep) {
        // What was refused was refused before the change was answered.
        const after = { ...state, rejected: rejected ?? (await view.rejections()) };
        const why =
          after.rejected > before.rejected ? await refusal(view, before, after, before.at ?? begun) : null;
        if (why !== null) return { kind: 'refused-by-sidecar', why };
        const took = (now - begun) / 1000;
        return { kind: changed ? 'in-effect' : 'unchanged', seconds: took };
      }
      slowest = Math.max(slowest, now - lookedAt);
      const quiet = Math.min(PATIENCE, Math.max(NOTHING_NEW, LOOKS * slowest));
      const settled = changed ? now - changedAt >= SETTLED : now - Math.max(pushedAt, changedAt) >= quiet;
      if (rejected !== null && settled && state.warming.length === 0) {
        const why = await refusal(view, before, { ...state, rejected }, begun);
        if (why !== null) return { kind: 'refused-by-sidecar', why };
        return changed
          ? { kind: 'in-effect', seconds }
          : { kind: 'unchanged', seconds: (now - begun) / 1000 };
      }
    } catch (error) {
      signal?.throwIfAborted();
      // The pod may be on its way out while a new one comes: keep looking until the time is up.
      trouble = error;
      log('effect', (error as Error).message);
    }
    const now = clock.now();
    if (now - begun >= GIVE_UP) {
      if (trouble !== null) throw trouble;
      const why = await refusal(view, before, { ...before, rejected: await view.rejections() }, begun);
      return why === null
        ? { kind: 'not-yet', seconds: (now - begun) / 1000 }
        : { kind: 'refused-by-sidecar', why };
    }
    await clock.wait(Math.max(0, EVERY - (now - lookedAt)), signal);
  }
}

/**
 * The sidecar's words when it has refused something of this change; null when it has not. What it had already refused
 * before, and refuses with each update since, says nothing about a change that came through beside it.
 */
async function refusal(
  view: SidecarView,
  before: SidecarState,
  now: SidecarState,
  since: number,
): Promise<string | null> {
  const held = now.refused.filter(words => !before.refused.includes(words));
  // The counters cover clusters and listeners; of routes and endpoints only the log tells.
  const words = [...held, ...(await view.refusals(new Date(since)))];
  const distinct = words.filter(
    (one, at) => !words.some((other, i) => other.includes(one) && (other !== one || i < at)),
  );
  const news = distinct.map(each => withoutStanding(each, before.refused)).filter(each => each !== '');
  if (news.length > 0) return news.join('\n');
  if (distinct.length > 0) return now.content === before.content ? distinct.join('\n') : null;
  return now.rejected > before.rejected ? 'The sidecar refused an update and does not say why.' : null;
}

/** One update may name several listeners, a line each. */
function withoutStanding(words: string, standing: readonly string[]): string {
  const lines = words.split('\n').filter(line => !standing.some(old => line.endsWith(old.trim())));
  return lines.join('\n');
}

class LiveView implements SidecarView {
  #pod: Promise<string> | null = null;
  readonly #kube: Kube;
  readonly #names: WorldNames;
  readonly #signal: AbortSignal | undefined;

  constructor(kube: Kube, names: WorldNames, signal: AbortSignal | undefined) {
    this.#kube = kube;
    this.#names = names;
    this.#signal = signal;
  }

  async look(): Promise<Omit<SidecarState, 'rejected' | 'at'>> {
    const config = readConfigDump(
      await this.#ask(pod => configDump(this.#kube, this.#names, pod, this.#signal)),
    );
    const { version, inStep, warming, refused } = config;
    return { content: contentHash(config), version, inStep, warming, refused };
  }

  async rejections(): Promise<number> {
    const path = 'stats?filter=update_rejected';
    const text = await this.#ask(pod => askSidecar(this.#kube, this.#names, pod, path, this.#signal));
    return [...text.matchAll(/update_rejected: (\d+)/g)].reduce((sum, match) => sum + Number(match[1]), 0);
  }

  async refusals(since: Date): Promise<readonly string[]> {
    const options = { sinceTime: since, signal: this.#signal };
    const lines = await this.#ask(pod =>
      readLog(this.#kube, { namespace: this.#names.mesh, pod, container: CLIENT.proxy }, options),
    );
    return refusalsIn(lines);
  }

  /** In the pod that is ready; looked up again after a failure. */
  async #ask<T>(ask: (pod: string) => Promise<T>): Promise<T> {
    const options = { timeoutMs: 2000, signal: this.#signal };
    this.#pod ??= readyPod(this.#kube, this.#names.mesh, CLIENT.selector, options).then(pod => pod.name);
    try {
      return await ask(await this.#pod);
    } catch (error) {
      this.#pod = null;
      throw error;
    }
  }
}
