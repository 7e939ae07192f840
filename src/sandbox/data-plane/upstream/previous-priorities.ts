/**
 * The retry priority previous_priorities (retries.retryRemoteLocalities): every so many tries, the priorities of the
 * hosts tried so far are left out; when none is left, all are used again.
 * Source: envoyproxy/envoy source/extensions/retry/priority/previous_priorities/previous_priorities.cc.
 */
import type { RetryPolicy } from '../../../envoy/config.ts';

const NAME = 'envoy.retry_priorities.previous_priorities';

export class PreviousPriorities {
  readonly #excluded = new Set<number>();
  /** The priority of each host that was tried, in order. */
  #attempted: number[] = [];
  #loads: readonly number[] | null = null;
  readonly #updateFrequency: number;

  constructor(updateFrequency: number) {
    this.#updateFrequency = updateFrequency;
  }

  onHost(priority: number): void {
    this.#attempted.push(priority);
  }

  /** The share of each priority in percent, from its health (0 to 100) and the share that it would have. */
  loads(health: readonly number[], original: readonly number[]): readonly number[] {
    const tried = this.#attempted.length;
    if (tried < this.#updateFrequency) return original;
    if (tried % this.#updateFrequency === 0) {
      for (const priority of this.#attempted) this.#excluded.add(priority);
      this.#loads = this.#withoutExcluded(health);
    }
    return this.#loads ?? original;
  }

  /** Null: no priority has a healthy host. */
  #withoutExcluded(health: readonly number[]): readonly number[] | null {
    const left = () => health.map((each, priority) => (this.#excluded.has(priority) ? 0 : each));
    let shares = left();
    if (shares.every(share => share === 0)) {
      this.#excluded.clear();
      this.#attempted = [];
      shares = left();
    }
    const total = Math.min(
      100,
      shares.reduce((sum, share) => sum + share, 0),
    );
    if (total === 0) return null;
    const loads = shares.map(() => 0);
    // What is lost to rounding goes to the first available priority.
    for (let rest = 100; rest > 0; ) {
      for (const [priority, share] of shares.entries()) {
        const delta = Math.min(rest, Math.floor((share * 100) / total));
        loads[priority] = (loads[priority] ?? 0) + delta;
        rest -= delta;
      }
    }
    return loads;
  }
}

/** Null: the policy has no retry priority, or one that istiod does not send. */
export function retryPriority({ retry_priority }: RetryPolicy): PreviousPriorities | null {
  if (retry_priority?.name !== NAME) return null;
  return new PreviousPriorities(retry_priority.typed_config?.update_frequency ?? 1);
}
