/**
 * Whether a try is followed by another, and after how long.
 * Source: envoyproxy/envoy source/common/router/retry_state_impl.cc.
 * Left out: retriable-headers, envoy-ratelimited's reset headers, hedging: istiod sends none of them. Retry budgets
 * belong to the breakers (circuit-breakers.ts).
 */
import type { RetryPolicy } from '../../../envoy/config.ts';
import { seconds } from '../../../envoy/match-action.ts';
import type { Host, SendOptions, UpstreamCluster, UpstreamFailure } from '../contract.ts';
import { type PreviousPriorities, retryPriority } from '../upstream/previous-priorities.ts';
import { type Header, headerOf } from './headers.ts';

export type RetryDecision = 'no' | 'yes' | 'limit exceeded' | 'overflow';

const GRPC_STATUS: Readonly<Record<string, string>> = {
  cancelled: '1',
  'deadline-exceeded': '4',
  'resource-exhausted': '8',
  internal: '13',
  unavailable: '14',
};

/** How a try without an answer ended. A per-try timeout is a reset by Envoy itself. */
export type Reset = Pick<UpstreamFailure, 'flag' | 'reason'> | 'per-try timeout';

export class RetryState {
  readonly #on: ReadonlySet<string>;
  readonly #policy: RetryPolicy;
  readonly #cluster: UpstreamCluster;
  readonly #random: () => number;
  readonly #attempted: Host[] = [];
  readonly #priority: PreviousPriorities | null;
  #remaining: number;
  #tries = 0;
  #holdsPlace = false;

  /** If `policy.num_retries` is left out it is 1, as in Envoy. */
  constructor(policy: RetryPolicy, cluster: UpstreamCluster, random: () => number) {
    this.#policy = policy;
    this.#cluster = cluster;
    this.#random = random;
    this.#on = new Set((policy.retry_on ?? '').split(',').map(word => word.trim()));
    this.#remaining = policy.num_retries ?? 1;
    this.#priority = retryPriority(policy);
  }

  /** The shares of the cluster's priorities for the next try; undefined: the usual ones. */
  get priorityLoads(): SendOptions['priorityLoads'] {
    const priority = this.#priority;
    return priority === null ? undefined : (health, original) => priority.loads(health, original);
  }

  /** Hosts for the next try to avoid. */
  get avoid(): readonly Host[] {
    const predicates = this.#policy.retry_host_predicate ?? [];
    return predicates.some(({ name }) => name === 'envoy.retry_host_predicates.previous_hosts')
      ? this.#attempted
      : [];
  }

  onHost(host: Host | null): void {
    if (host === null) return;
    if (!this.#attempted.includes(host)) this.#attempted.push(host);
    this.#priority?.onHost(host.priority ?? 0);
  }

  afterHeaders(status: number, headers: readonly Header[]): RetryDecision {
    return this.#decide(this.#wantsHeaders(status, headers));
  }

  afterReset(reset: Reset): RetryDecision {
    return this.#decide(this.#wantsReset(reset));
  }

  /**
   * Milliseconds before the next try: Envoy's fully jittered exponential back-off, 25 ms doubled each time, up to ten
   * times that.
   */
  backOff(): number {
    const { base_interval, max_interval } = this.#policy.retry_back_off ?? {};
    const base = base_interval === undefined ? 25 : seconds(base_interval) * 1000;
    const max = max_interval === undefined ? base * 10 : seconds(max_interval) * 1000;
    const window = Math.min(base * 2 ** this.#tries++, max);
    return Math.floor(this.#random() * window);
  }

  /** Gives back its place among the cluster's retries. */
  release(): void {
    if (!this.#holdsPlace) return;
    this.#holdsPlace = false;
    this.#cluster.releaseRetry();
  }

  #decide(wanted: boolean): RetryDecision {
    this.release();
    if (!wanted) return 'no';
    if (this.#remaining === 0) return 'limit exceeded';
    this.#remaining--;
    if (!this.#cluster.takeRetry()) return 'overflow';
    this.#holdsPlace = true;
    return 'yes';
  }

  #wantsHeaders(status: number, headers: readonly Header[]): boolean {
    if (headerOf(headers, 'x-envoy-ratelimited') !== undefined) return this.#on.has('envoy-ratelimited');
    if (this.#on.has('5xx') && status >= 500 && status < 600) return true;
    if (this.#on.has('gateway-error') && status >= 502 && status <= 504) return true;
    if (this.#on.has('retriable-4xx') && status === 409) return true;
    if (this.#on.has('retriable-status-codes') && this.#policy.retriable_status_codes?.includes(status))
      return true;
    const grpc = headerOf(headers, 'grpc-status');
    return grpc !== undefined && [...this.#on].some(word => GRPC_STATUS[word] === grpc);
  }

  #wantsReset(reset: Reset): boolean {
    const flag = reset === 'per-try timeout' ? null : reset.flag;
    if (flag === 'UO' || flag === 'UH') return false;
    if (flag === 'UF' && (this.#on.has('connect-failure') || this.#on.has('reset-before-request')))
      return true;
    if (this.#on.has('reset') || this.#on.has('5xx') || this.#on.has('gateway-error')) return true;
    const refused = reset !== 'per-try timeout' && reset.reason === 'remote refused stream reset';
    return refused && this.#on.has('refused-stream');
  }
}
