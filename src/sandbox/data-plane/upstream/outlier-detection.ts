/**
 * Outlier detection: hosts that fail several times in a row are left out for a while. Workers count; the main thread
 * ejects. It learns that a row is complete a moment later, here in the event loop's next turn, and until then the host
 * is still called. Whether a host returns is checked each interval.
 * Success rate and failure percentage detection are left out: istiod switches the first off and never sends the second.
 * Envoy adds a random jitter to ejections only if max_ejection_time_jitter is set, which istiod never sets.
 * Source: source/common/upstream/outlier_detection_impl.cc; defaults:
 * api/envoy/config/cluster/v3/outlier_detection.proto.
 */
import type { OutlierDetection } from '../../../envoy/config.ts';
import { seconds } from '../../../envoy/match-action.ts';
import { shortageSince } from '../../shortage.ts';
import type { Counters } from '../counters.ts';
import type { UpstreamHost } from './upstream-host.ts';

type Kind = 'consecutive_5xx' | 'consecutive_gateway_failure' | 'consecutive_local_origin_failure';

/** What happened on this side, without an answer from the host. */
export type LocalOrigin = 'connect success' | 'connect failed' | 'timeout';

interface Monitor {
  readonly rows: Record<Kind, number>;
  ejections: number;
  /** How many times longer the next ejection is; shrinks while the host behaves. */
  backOff: number;
  ejectedAt: number;
}

/** Milliseconds, percents, counts. */
interface Settings {
  readonly threshold: Record<Kind, number>;
  readonly enforcing: Record<Kind, number>;
  readonly split: boolean;
  readonly interval: number;
  readonly baseEjection: number;
  readonly maxEjection: number;
  readonly maxPercent: number;
  readonly alwaysEjectOne: boolean;
}

/** For so many milliseconds after a shortage, connections may end because of it. */
const JUST_NOW = 1000;

export class OutlierDetector {
  readonly #settings: Settings;
  readonly #monitors = new Map<UpstreamHost, Monitor>();
  readonly #timer: NodeJS.Timeout;
  #active = 0;
  readonly #counters: Counters;
  readonly #now: () => number;
  readonly #random: () => number;
  /** A host was ejected or taken back. */
  readonly #onChange: () => void;

  constructor(
    config: OutlierDetection,
    counters: Counters,
    now: () => number,
    random: () => number,
    onChange: () => void,
  ) {
    this.#counters = counters;
    this.#now = now;
    this.#random = random;
    this.#onChange = onChange;
    this.#settings = settings(config);
    this.#timer = setInterval(() => this.checkIntervals(), this.#settings.interval);
    this.#timer.unref();
  }

  /** The cluster's hosts as they are now; a host that is gone is forgotten together with its ejection. */
  setHosts(hosts: readonly UpstreamHost[]): void {
    const current = new Set(hosts);
    for (const host of this.#monitors.keys()) {
      if (current.has(host)) continue;
      this.#monitors.delete(host);
      if (host.ejected) this.#active--;
    }
    for (const host of current) {
      if (!this.#monitors.has(host)) this.#monitors.set(host, freshMonitor());
    }
    this.#showActive();
  }

  /** Counts an answer from the host. */
  putResponseCode(host: UpstreamHost, code: number): void {
    const monitor = this.#monitors.get(host);
    if (monitor === undefined) return;
    if (code < 500) {
      monitor.rows.consecutive_5xx = 0;
      monitor.rows.consecutive_gateway_failure = 0;
      return;
    }
    if (code >= 502 && code <= 504) this.#count(host, monitor, 'consecutive_gateway_failure');
    else monitor.rows.consecutive_gateway_failure = 0;
    this.#count(host, monitor, 'consecutive_5xx');
  }

  /**
   * Counts what this side saw. Unless local errors are split off, failures count as the 503 and 504 that the caller
   * gets.
   */
  putLocalOrigin(host: UpstreamHost, result: LocalOrigin): void {
    const monitor = this.#monitors.get(host);
    if (monitor === undefined) return;
    if (this.#settings.split) {
      if (result === 'connect success') monitor.rows.consecutive_local_origin_failure = 0;
      else this.#count(host, monitor, 'consecutive_local_origin_failure');
    } else if (result !== 'connect success') {
      this.putResponseCode(host, result === 'timeout' ? 504 : 503);
    }
  }

  /** A TCP connection is established: a TCP proxy never learns more of success than that. */
  putTcpSuccess(host: UpstreamHost): void {
    if (this.#settings.split) this.putLocalOrigin(host, 'connect success');
    else this.putResponseCode(host, 200);
  }

  /** Done each interval: hosts whose time is over come back; those that behaved are trusted a little more. */
  checkIntervals(): void {
    const { baseEjection, maxEjection } = this.#settings;
    for (const [host, monitor] of this.#monitors) {
      if (!host.ejected) {
        if (monitor.backOff > 0) monitor.backOff--;
        continue;
      }
      if (this.#now() - monitor.ejectedAt < Math.min(baseEjection * monitor.backOff, maxEjection)) continue;
      host.ejected = false;
      monitor.rows.consecutive_5xx = 0;
      monitor.rows.consecutive_gateway_failure = 0;
      monitor.rows.consecutive_local_origin_failure = 0;
      this.#active--;
      this.#showActive();
      this.#onChange();
    }
  }

  /** Rows that are complete by now no longer eject anybody. */
  close(): void {
    clearInterval(this.#timer);
    this.#monitors.clear();
  }

  #count(host: UpstreamHost, monitor: Monitor, kind: Kind): void {
    // What this machine could not provide is not the host's fault.
    if (shortageSince(performance.now() - JUST_NOW) !== null) return;
    monitor.rows[kind]++;
    if (monitor.rows[kind] === this.#settings.threshold[kind]) {
      setImmediate(() => this.#rowIsFull(host, monitor, kind));
    }
  }

  #rowIsFull(host: UpstreamHost, monitor: Monitor, kind: Kind): void {
    // The host may be gone by now, or ejected for another row; late answers of an ejected host do not eject it again.
    if (this.#monitors.get(host) !== monitor || host.ejected) return;
    this.#counters.add(`outlier_detection.ejections_detected_${kind}`);
    this.#eject(host, monitor, kind);
    monitor.rows[kind] = 0;
  }

  #eject(host: UpstreamHost, monitor: Monitor, kind: Kind): void {
    const { maxPercent, alwaysEjectOne, enforcing, baseEjection, maxEjection } = this.#settings;
    // One host of a few is a large percentage: with the default of 10, none of fewer than ten is ever ejected.
    const percent = (100 * (this.#active + 1)) / this.#monitors.size;
    if (percent > maxPercent && !(alwaysEjectOne && this.#active === 0)) {
      this.#counters.add('outlier_detection.ejections_overflow');
      return;
    }
    if (this.#random() * 100 >= enforcing[kind]) return;
    host.ejected = true;
    monitor.ejections++;
    monitor.ejectedAt = this.#now();
    if (monitor.backOff * baseEjection < maxEjection + baseEjection) monitor.backOff++;
    this.#active++;
    this.#counters.add(`outlier_detection.ejections_enforced_${kind}`);
    this.#counters.add('outlier_detection.ejections_enforced_total');
    this.#showActive();
    this.#onChange();
  }

  #showActive(): void {
    const name = 'outlier_detection.ejections_active';
    this.#counters.add(name, this.#active - this.#counters.get(name));
  }
}

function freshMonitor(): Monitor {
  return {
    rows: { consecutive_5xx: 0, consecutive_gateway_failure: 0, consecutive_local_origin_failure: 0 },
    ejections: 0,
    backOff: 0,
    ejectedAt: 0,
  };
}

function settings(config: OutlierDetection): Settings {
  const baseEjection = seconds(config.base_ejection_time ?? '30s') * 1000;
  return {
    threshold: {
      consecutive_5xx: config.consecutive_5xx ?? 5,
      consecutive_gateway_failure: config.consecutive_gateway_failure ?? 5,
      consecutive_local_origin_failure: config.consecutive_local_origin_failure ?? 5,
    },
    enforcing: {
      consecutive_5xx: config.enforcing_consecutive_5xx ?? 100,
      consecutive_gateway_failure: config.enforcing_consecutive_gateway_failure ?? 0,
      consecutive_local_origin_failure: number(config.enforcing_consecutive_local_origin_failure) ?? 100,
    },
    split: config.split_external_local_origin_errors ?? false,
    interval: seconds(config.interval ?? '10s') * 1000,
    baseEjection,
    maxEjection: Math.max(seconds(text(config.max_ejection_time) ?? '300s') * 1000, baseEjection),
    maxPercent: Math.min(config.max_ejection_percent ?? 10, 100),
    alwaysEjectOne: config.always_eject_one_host === true,
  };
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
