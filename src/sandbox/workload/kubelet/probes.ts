/**
 * A running container's probes: startup before the others, readiness for its Services, liveness to restart it.
 * Source: pkg/kubelet/prober/worker.go.
 */
import { wentOn } from '../../go-on.ts';
import type { Container, Probe } from '../kube-types.ts';
import { callProbe, type ProbedPod } from './probe-calls.ts';

const KINDS = { Startup: 'startupProbe', Readiness: 'readinessProbe', Liveness: 'livenessProbe' } as const;

export type ProbeKind = keyof typeof KINDS;

interface ProbeWatcher {
  /** The container's readiness has changed. */
  changed(): void;
  failed(kind: ProbeKind, why: string): void;
  /** It has failed too often: the container must be restarted. */
  restart(kind: 'Startup' | 'Liveness'): void;
}

export class Probes {
  #started: boolean;
  #ready: boolean;
  #ended = false;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #container: Container;
  readonly #pod: ProbedPod;
  readonly #watcher: ProbeWatcher;

  constructor(container: Container, pod: ProbedPod, watcher: ProbeWatcher) {
    this.#container = container;
    this.#pod = pod;
    this.#watcher = watcher;
    this.#started = container.startupProbe === undefined;
    this.#ready = container.readinessProbe === undefined;
  }

  get started(): boolean {
    return this.#started;
  }

  get ready(): boolean {
    return this.#started && this.#ready;
  }

  /** Resolves after the first calls, which are due at once. */
  async begin(): Promise<void> {
    if (!this.#started) return this.#run('Startup');
    await Promise.all([this.#run('Readiness'), this.#run('Liveness')]);
  }

  end(): void {
    this.#ended = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  async #run(kind: ProbeKind): Promise<void> {
    const probe = this.#container[KINDS[kind]] as Probe | undefined;
    if (probe === undefined) return;
    const delay = Number(probe.initialDelaySeconds ?? 0);
    if (delay > 0) this.#later(delay, () => this.#round(kind, probe, 0, null));
    else await this.#round(kind, probe, 0, null);
  }

  /** The `count` calls before this one all had the outcome `before`. */
  async #round(kind: ProbeKind, probe: Probe, count: number, before: boolean | null): Promise<void> {
    const answer = callProbe(probe, this.#container, this.#pod);
    const fault = answer instanceof Promise ? await answer : answer;
    if (this.#ended) return;
    const passes = fault === null;
    const run = passes === before ? count + 1 : 1;
    if (fault !== null) this.#watcher.failed(kind, fault);
    const enough = Number((passes ? probe.successThreshold : probe.failureThreshold) ?? (passes ? 1 : 3));
    if (run >= enough && this.#settle(kind, passes)) return;
    // An answer known without a call stays the same while the container runs.
    if (passes && !(answer instanceof Promise) && run >= enough) return;
    this.#later(Number(probe.periodSeconds ?? 10), () => this.#round(kind, probe, run, passes));
  }

  /** True: there is nothing more to find out. */
  #settle(kind: ProbeKind, passes: boolean): boolean {
    if (kind === 'Readiness') {
      const was = this.#ready;
      this.#ready = passes;
      if (was !== passes) this.#watcher.changed();
      return false;
    }
    if (!passes) {
      this.#watcher.restart(kind);
      return true;
    }
    if (kind === 'Liveness') return false;
    this.#started = true;
    this.#watcher.changed();
    this.#later(0, async () => {
      await Promise.all([this.#run('Readiness'), this.#run('Liveness')]);
    });
    return true;
  }

  #later(seconds: number, work: () => Promise<void>): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      work().catch(error => wentOn(`a probe of ${this.#container.name}`, error));
    }, seconds * 1000);
    timer.unref();
    this.#timers.add(timer);
  }
}
