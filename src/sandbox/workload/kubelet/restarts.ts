/**
 * Containers that end are restarted: at once, then after 10, 20, 40 seconds and so on, up to 300.
 * Source: kubernetes 1.34, pkg/kubelet/kuberuntime/kuberuntime_manager.go (doBackOff), pkg/kubelet/kubelet.go.
 */
import type { Pod } from '../kube-types.ts';
import type { Life } from './pod-status.ts';

export class Lives {
  readonly #lives = new Map<string, Life>();
  readonly #started: number;
  readonly #now: () => number;

  constructor(started: number, now: () => number) {
    this.#started = started;
    this.#now = now;
  }

  of(container: string): Life {
    return this.#lives.get(container) ?? { started: this.#started, restarts: 0 };
  }

  /** Returns the seconds to wait before it is restarted. */
  ended(container: string, code: number): number {
    const { started, restarts } = this.of(container);
    const last = { code, started, finished: this.#now() };
    this.#lives.set(container, { started, restarts: restarts + 1, last });
    return restarts === 0 ? 0 : Math.min(10 * 2 ** (restarts - 1), 300);
  }

  begun(container: string): void {
    this.#lives.set(container, { ...this.of(container), started: this.#now() });
  }
}

/** The kubelet's words while a container waits, for its state and for an event. */
export function backOffTexts({ metadata }: Pod, container: string, seconds: number) {
  const pod = `${metadata.name}_${metadata.namespace}(${metadata.uid})`;
  return {
    state: `back-off ${goSeconds(seconds)} restarting failed container=${container} pod=${pod}`,
    event: `Back-off restarting failed container ${container} in pod ${pod}`,
  };
}

/** Go's Duration: 10s, 1m20s. */
function goSeconds(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  return `${minutes > 0 ? `${minutes}m` : ''}${seconds % 60}s`;
}
