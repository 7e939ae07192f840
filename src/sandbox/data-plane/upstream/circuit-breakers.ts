/**
 * A cluster's circuit breakers: how many connections, pending requests, requests and retries it may have at once,
 * counted over all workers and hosts. Full breakers refuse at once; they never queue and never close anything.
 * Envoy has a set for each routing priority; here there is only DEFAULT, as none of Istio's routes asks for HIGH.
 * Source: source/common/upstream/resource_manager_impl.h; defaults: api/envoy/config/cluster/v3/circuit_breaker.proto.
 */
import type { Cluster } from '../../../envoy/config.ts';

/** One limited resource. */
export class LimitedResource {
  #used = 0;
  readonly max: number;

  constructor(max: number) {
    this.max = max;
  }

  get used(): number {
    return this.#used;
  }

  canCreate(): boolean {
    return this.#used < this.max;
  }

  inc(): void {
    this.#used++;
  }

  dec(): void {
    this.#used--;
  }
}

const DEFAULTS = { connections: 1024, pendingRequests: 1024, requests: 1024, retries: 3 };

export class CircuitBreakers {
  readonly connections: LimitedResource;
  readonly pendingRequests: LimitedResource;
  readonly requests: LimitedResource;
  readonly #retries: LimitedResource;
  readonly #budget: { readonly percent: number; readonly min: number } | null;

  constructor(cluster: Cluster) {
    const limits = cluster.circuit_breakers?.thresholds?.find(
      each => (each as { priority?: string }).priority !== 'HIGH',
    );
    this.connections = new LimitedResource(limits?.max_connections ?? DEFAULTS.connections);
    this.pendingRequests = new LimitedResource(limits?.max_pending_requests ?? DEFAULTS.pendingRequests);
    this.requests = new LimitedResource(limits?.max_requests ?? DEFAULTS.requests);
    this.#retries = new LimitedResource(limits?.max_retries ?? DEFAULTS.retries);
    this.#budget = retryBudget(limits?.retry_budget);
  }

  /**
   * Takes a place for a retry. With a budget, retries may be a share of the active and pending requests, and
   * max_retries does not count.
   */
  takeRetry(): boolean {
    const budget = this.#budget;
    const max =
      budget === null
        ? this.#retries.max
        : Math.max(
            budget.min,
            Math.floor((budget.percent / 100) * (this.requests.used + this.pendingRequests.used)),
          );
    if (this.#retries.used >= max) return false;
    this.#retries.inc();
    return true;
  }

  releaseRetry(): void {
    if (this.#retries.used > 0) this.#retries.dec();
  }
}

function retryBudget(value: unknown): { percent: number; min: number } | null {
  if (typeof value !== 'object' || value === null) return null;
  const { budget_percent, min_retry_concurrency } = value as {
    budget_percent?: { value?: number };
    min_retry_concurrency?: number;
  };
  return { percent: budget_percent?.value ?? 20, min: min_retry_concurrency ?? 3 };
}
