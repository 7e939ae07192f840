/**
 * When the workers learn of ejections. The main thread ejects hosts and takes them back, and tells the workers: at
 * once, unless it has told them something about the same priority within the last second; then once, a second later.
 * Until then the second of two hosts that fail together is still called. (update_merge_window, which istiod leaves at
 * its default.)
 * Left out: Envoy resolves a cluster's names one by one, so a new cluster has already had an update.
 * Source: source/common/upstream/cluster_manager_impl.cc, scheduleUpdate and applyUpdates.
 */
import type { UpstreamHost } from './upstream-host.ts';

/** Milliseconds. */
const MERGE_WINDOW = 1000;

interface Told {
  at: number;
  timer: NodeJS.Timeout | null;
}

export class WorkerUpdates {
  readonly #told = new Map<number, Told>();
  #hosts: readonly UpstreamHost[] | null = null;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /**
   * The cluster's hosts as they are now. Hosts that come or go are passed on at once, with all else of their priority.
   */
  setHosts(hosts: readonly UpstreamHost[]): void {
    // A cluster's first hosts are not an update: they come with it.
    const before = this.#hosts ?? hosts;
    this.#hosts = hosts;
    const [were, are] = [new Set(before), new Set(hosts)];
    const changed = [...before.filter(host => !are.has(host)), ...hosts.filter(host => !were.has(host))];
    for (const priority of new Set(changed.map(host => host.priority))) this.#tell(priority);
  }

  /** A host was ejected or taken back. Envoy then looks at every priority, not only at the host's. */
  healthChanged(): void {
    for (const priority of new Set(this.#hosts?.map(host => host.priority))) {
      const told = this.#of(priority);
      if (this.#now() - told.at > MERGE_WINDOW) this.#tell(priority);
      else told.timer ??= setTimeout(() => this.#tell(priority), MERGE_WINDOW).unref();
    }
  }

  close(): void {
    for (const priority of this.#told.keys()) this.#stop(priority);
  }

  #of(priority: number): Told {
    const known = this.#told.get(priority) ?? { at: Number.NEGATIVE_INFINITY, timer: null };
    this.#told.set(priority, known);
    return known;
  }

  #tell(priority: number): void {
    this.#stop(priority).at = this.#now();
    for (const host of this.#hosts ?? []) if (host.priority === priority) host.leftOut = host.ejected;
  }

  #stop(priority: number): Told {
    const told = this.#of(priority);
    if (told.timer !== null) clearTimeout(told.timer);
    told.timer = null;
    return told;
  }
}
