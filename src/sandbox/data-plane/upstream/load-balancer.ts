/**
 * Which host a call goes to: first a priority, then (if configured) a locality, then the policy among the healthy hosts
 * there. One object per worker, as in Envoy: the round robins of two workers know nothing of each other.
 * Source: source/extensions/load_balancing_policies/common/load_balancer_impl.cc.
 */
import type { Cluster } from '../../../envoy/config.ts';
import type { SendOptions } from '../contract.ts';
import { HashBalancer } from './hash-balancer.ts';
import { localitiesOf, type UpstreamHost } from './upstream-host.ts';

/** A priority keeps all its calls until fewer than 1 / 1.4 of its hosts are healthy. */
const OVERPROVISIONING = 140;
const DEFAULT_PANIC_THRESHOLD = 50;
/** Istio's host_selection_retry_max_attempts, plus the first choice. */
const CHOICES_WITH_AVOIDED = 6;

export interface Choice {
  readonly hash?: bigint | undefined;
  /** Hosts to avoid as long as others can be chosen. */
  readonly avoid?: readonly { readonly address: unknown }[] | undefined;
  readonly priorityLoads?: SendOptions['priorityLoads'];
}

export class LoadBalancer {
  readonly #panic: number;
  readonly #byLocality: boolean;
  #hosts: readonly UpstreamHost[] = [];
  #priorities: (readonly UpstreamHost[])[] = [];
  /** For weighted round robin: how much each host is owed. */
  readonly #credit = new Map<UpstreamHost, number>();
  #turn: number;
  readonly #cluster: Cluster;
  readonly #random: () => number;
  readonly #hashing: HashBalancer;

  constructor(cluster: Cluster, random: () => number, hashing = new HashBalancer(cluster)) {
    this.#cluster = cluster;
    this.#random = random;
    this.#hashing = hashing;
    const common = cluster.common_lb_config;
    const threshold = common?.healthy_panic_threshold;
    this.#panic = threshold === undefined ? DEFAULT_PANIC_THRESHOLD : (threshold.value ?? 0);
    this.#byLocality = common?.locality_weighted_lb_config !== undefined;
    this.#turn = Math.floor(random() * 1024);
  }

  setHosts(hosts: readonly UpstreamHost[]): void {
    this.#hosts = hosts;
    this.#priorities = [];
    for (const host of hosts) {
      for (let p = this.#priorities.length; p <= host.priority; p++) this.#priorities.push([]);
    }
    this.#priorities = this.#priorities.map((_, p) => hosts.filter(host => host.priority === p));
    for (const host of this.#credit.keys()) if (!hosts.includes(host)) this.#credit.delete(host);
  }

  /** Null: no healthy host (UH). */
  choose({ hash, avoid = [], priorityLoads }: Choice): UpstreamHost | null {
    const { lb_policy } = this.#cluster;
    if (lb_policy === 'RING_HASH' || lb_policy === 'MAGLEV') return this.#byHash(hash, avoid);
    for (let attempt = 1; ; attempt++) {
      const host = this.#chooseOnce(priorityLoads);
      if (host === null || attempt >= CHOICES_WITH_AVOIDED || !avoid.includes(host)) return host;
    }
  }

  #chooseOnce(adjusted: Choice['priorityLoads']): UpstreamHost | null {
    if (this.#hosts.length === 0) return null;
    const candidates = this.#candidates(adjusted);
    return candidates.length === 0 ? null : this.#byPolicy(candidates);
  }

  #byHash(hash: bigint | undefined, avoid: NonNullable<Choice['avoid']>): UpstreamHost | null {
    const loads = priorityLoads(this.#priorities, this.#panic);
    return this.#hashing.choose(
      hash ?? BigInt(Math.floor(this.#random() * 2 ** 53)) << 11n,
      this.#priorities.map((hosts, p) => ({ hosts, ...(loads[p] ?? { load: 0, panic: false }) })),
      CHOICES_WITH_AVOIDED,
      host => !avoid.includes(host),
    );
  }

  /** The hosts of the priority (and locality) whose turn it is. */
  #candidates(adjusted: Choice['priorityLoads']): readonly UpstreamHost[] {
    const priorities = this.#priorities;
    const single = priorities.length === 1 ? priorities[0] : undefined;
    if (single !== undefined && !this.#byLocality && single.every(host => host.healthy)) return single;
    const loads = priorityLoads(priorities, this.#panic, adjusted);
    let point = this.#random() * 100;
    let chosen = loads.findIndex(each => {
      point -= each.load;
      return point < 0;
    });
    // Rounding may leave none: then the last priority that has load or, if none has any, the first.
    if (chosen === -1) chosen = Math.max(0, loads.map(each => each.load > 0).lastIndexOf(true));
    const hosts = priorities[chosen] ?? [];
    if (loads[chosen]?.panic) return hosts;
    const healthy = hosts.filter(host => host.healthy);
    return this.#byLocality ? this.#oneLocality(hosts, healthy) : healthy;
  }

  /** By the localities' weights, each lowered by the share of its hosts that are out. */
  #oneLocality(all: readonly UpstreamHost[], healthy: readonly UpstreamHost[]): readonly UpstreamHost[] {
    const weighted = [...localitiesOf(all, host => host.healthy).values()].map(group => ({
      hosts: group.hosts,
      weight: group.weight * Math.min(1, ((OVERPROVISIONING / 100) * group.hosts.length) / group.total),
    }));
    const total = weighted.reduce((sum, group) => sum + group.weight, 0);
    let point = this.#random() * total;
    for (const group of weighted) {
      point -= group.weight;
      if (point < 0) return group.hosts;
    }
    return healthy;
  }

  #byPolicy(hosts: readonly UpstreamHost[]): UpstreamHost | null {
    switch (this.#cluster.lb_policy) {
      case 'RANDOM':
        return this.#pick(hosts);
      case 'LEAST_REQUEST':
        return sameWeights(hosts) ? this.#leastOfTwo(hosts) : this.#weighted(hosts, true);
      default:
        return sameWeights(hosts)
          ? (hosts[this.#turn++ % hosts.length] ?? null)
          : this.#weighted(hosts, false);
    }
  }

  #pick(hosts: readonly UpstreamHost[]): UpstreamHost | null {
    return hosts[Math.floor(this.#random() * hosts.length)] ?? null;
  }

  #leastOfTwo(hosts: readonly UpstreamHost[]): UpstreamHost | null {
    const first = this.#pick(hosts);
    const second = this.#pick(hosts);
    return first !== null && second !== null && second.activeRequests < first.activeRequests ? second : first;
  }

  /** Envoy keeps an earliest-deadline queue; smooth weighted round robin gives the same shares. */
  #weighted(hosts: readonly UpstreamHost[], least: boolean): UpstreamHost | null {
    let total = 0;
    let best: UpstreamHost | null = null;
    let most = Number.NEGATIVE_INFINITY;
    for (const host of hosts) {
      const weight = least ? host.weight / (host.activeRequests + 1) : host.weight;
      total += weight;
      const credit = (this.#credit.get(host) ?? 0) + weight;
      this.#credit.set(host, credit);
      if (credit > most) {
        most = credit;
        best = host;
      }
    }
    if (best !== null) this.#credit.set(best, most - total);
    return best;
  }
}

/**
 * The share of calls, in percent, that each priority gets, and whether it is in panic (all its hosts are used, even
 * ejected ones). Exported for tests.
 */
export function priorityLoads(
  priorities: readonly (readonly UpstreamHost[])[],
  panicThreshold: number,
  adjusted?: Choice['priorityLoads'],
): { readonly load: number; readonly panic: boolean }[] {
  const shares = priorities.map(hosts =>
    hosts.length === 0 ? 0 : (100 * hosts.filter(host => host.healthy).length) / hosts.length,
  );
  const health = shares.map(share => Math.min(100, Math.floor((OVERPROVISIONING * share) / 100)));
  const loads = ownLoads(priorities, shares, health, panicThreshold);
  if (adjusted === undefined) return loads;
  const shifted = adjusted(
    health,
    loads.map(({ load }) => load),
  );
  return loads.map(({ panic }, p) => ({ load: shifted[p] ?? 0, panic }));
}

function ownLoads(
  priorities: readonly (readonly UpstreamHost[])[],
  shares: readonly number[],
  health: readonly number[],
  panicThreshold: number,
): { readonly load: number; readonly panic: boolean }[] {
  const available = Math.min(
    100,
    health.reduce((sum, each) => sum + each, 0),
  );
  if (available === 0 && panicThreshold > 0) {
    const all = priorities.reduce((sum, hosts) => sum + hosts.length, 0);
    return priorities.map(hosts => ({ load: all === 0 ? 0 : (100 * hosts.length) / all, panic: true }));
  }
  let left = 100;
  return health.map((each, p) => {
    const load = available === 0 ? 0 : Math.min(left, Math.round((each * 100) / available));
    left -= load;
    return { load, panic: available < 100 && (shares[p] ?? 0) < panicThreshold };
  });
}

function sameWeights(hosts: readonly UpstreamHost[]): boolean {
  const weight = hosts[0]?.weight;
  return hosts.every(host => host.weight === weight);
}
