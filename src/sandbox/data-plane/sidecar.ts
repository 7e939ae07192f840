/**
 * The room data-plane: what a sidecar's Envoy does with the app's outbound connections, on real sockets. This file is
 * its entrance. downstream/ has what happens to the app's connection (listener, inspection, filter chain, TCP proxy),
 * upstream/ has clusters (hosts, load balancing, pools, breakers, outlier detection, TLS), http/ has HTTP, behind
 * contract.ts, and access-log/ the log.
 * Left out: inbound listeners (nothing calls the client); Envoy's own threads: its two workers are numbers here, which
 * keep pools and load balancers apart, and learn of ejections when Envoy's do (worker-updates.ts); tracing; statistics
 * beyond the few below.
 */
import type { Socket } from 'node:net';
import { isBound } from '../../envoy/bound-listener.ts';
import type { EnvoyConfig, FilterChain } from '../../envoy/config.ts';
import { steadyNow } from '../../shared/clock.ts';
import type { Address, ClusterStatus, Network, Outbound, PodResolver } from '../rooms.ts';
import { AcceptedConfig, type ConfigKind, type RefusedConfig } from './accepted-config.ts';
import type { Downstream, HttpSide, HttpSideOptions } from './contract.ts';
import { type Accepted, acceptConnection } from './downstream/listener.ts';
import { proxyTcp } from './downstream/tcp-proxy.ts';
import { refusalDetail, UpdateLog } from './update-log.ts';
import { ClusterManager } from './upstream/cluster-manager.ts';
import { clusterStatus } from './upstream/cluster-status.ts';

export interface SidecarOptions {
  readonly network: Network;
  readonly resolver: PodResolver;
  /** A file of the istio-proxy container as text; null if there is none. */
  readonly readFile: (path: string) => string | null;
  readonly podIp: string;
  /** Gets the access log, one line at a time, without line ends. */
  readonly log: (line: string) => void;
  /** Between 0 and 1, as Math.random. */
  readonly random?: () => number;
  /** Milliseconds since the epoch; steadyNow unless given. */
  readonly now?: () => number;
  /** How many workers the proxy has; two unless given, as istiod's injector sets when the pod has no CPU limit. */
  readonly workers?: number | undefined;
  /** The environment variables of the istio-proxy container. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Whether one of Envoy's loggers writes its warnings; if left out: all do. */
  readonly warns?: (logger: string) => boolean;
  readonly httpSide: (options: HttpSideOptions) => HttpSide;
}

export interface SidecarProxy extends Outbound {
  /**
   * What istiod sends from now on; what Envoy would refuse is not taken. Open connections keep their chain and see new
   * routes.
   */
  update(config: EnvoyConfig): void;
  /** The configuration that is in use. */
  config(): EnvoyConfig;
  /** The listeners of the last update that were refused. */
  refusedListeners(): readonly RefusedConfig[];
  /** What of the last update was refused, and why, as Envoy answers istiod. */
  nacks(): ReadonlyMap<ConfigKind, string>;
  /** What Envoy's admin page `clusters` shows. */
  clusterStatuses(): ClusterStatus[];
  /** Counters and gauges by Envoy's names, 'cluster.NAME.upstream_cx_total'. */
  stats(): Record<string, number>;
  /** Ends every connection. */
  close(): void;
}

/** istiod gives this chain, for calls to the sidecar's own port, no access log. */
const WITHOUT_ACCESS_LOG = 'virtualOutbound-blackhole';

export function createSidecar(options: SidecarOptions): SidecarProxy {
  return new Sidecar(options);
}

class Sidecar implements SidecarProxy {
  readonly #clusters: ClusterManager;
  readonly #http: HttpSide;
  readonly #random: () => number;
  readonly #now: () => number;
  readonly #workers: number;
  readonly #sockets = new Set<Socket>();
  readonly #backlog: Accepted[] = [];
  readonly #accepted = new AcceptedConfig();
  readonly #updates: UpdateLog;
  #refusedListeners: readonly RefusedConfig[] = [];
  readonly #nacks = new Map<ConfigKind, string>();
  #closed = false;
  readonly #options: SidecarOptions;

  constructor(options: SidecarOptions) {
    this.#options = options;
    const { network, resolver, readFile, podIp } = options;
    this.#random = options.random ?? Math.random;
    this.#workers = options.workers ?? 2;
    this.#now = options.now ?? steadyNow;
    this.#updates = new UpdateLog(options.log, this.#now, options.warns ?? (() => true));
    this.#clusters = new ClusterManager({
      network,
      resolver,
      readFile,
      podIp,
      random: this.#random,
      now: this.#now,
    });
    this.#http = options.httpSide({
      config: () => this.#accepted.config,
      clusters: this.#clusters,
      log: options.log,
      random: this.#random,
      environment: options.environment ?? {},
    });
  }

  update(config: EnvoyConfig): void {
    if (this.#closed) return;
    const answers = this.#accepted.take(config);
    this.#refusedListeners = answers.flatMap(each => (each.kind === 'listeners' ? each.refused : []));
    for (const { kind, taken, refused, whole } of answers) {
      if (refused.length > 0) this.#nacks.set(kind, refusalDetail(kind, refused, whole));
      // Without a changed cluster nothing is sent, and nothing answered.
      else if (taken.length > 0 || kind !== 'clusters') this.#nacks.delete(kind);
    }
    this.#clusters.update(this.#accepted.config);
    this.#updates.record(answers, this.#accepted.config);
  }

  config(): EnvoyConfig {
    return this.#accepted.config;
  }

  refusedListeners(): readonly RefusedConfig[] {
    return this.#refusedListeners;
  }

  nacks(): ReadonlyMap<ConfigKind, string> {
    return this.#nacks;
  }

  accept(socket: Socket, from: Address, to: Address): void {
    socket.on('error', () => {});
    if (this.#closed) {
      socket.destroy();
      return;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    this.#backlog.push({ socket, from, to, worker: Math.floor(this.#random() * this.#workers) });
    if (this.#backlog.length === 1) setImmediate(() => this.#acceptNext());
  }

  listensAt(to: Address): boolean {
    return isBound(this.#accepted.config, to);
  }

  /**
   * Accepts one connection per turn of the event loop. Envoy's upstream connections are up within a tenth of a
   * millisecond, sooner than the next caller comes; with a whole batch in one turn, the second caller would find the
   * first one's connection still pending.
   */
  #acceptNext(): void {
    const accepted = this.#backlog[0];
    if (accepted === undefined) return;
    if (!accepted.socket.destroyed) {
      acceptConnection(this.#accepted.config, accepted, {
        matched: (connection, chain) => this.#serve(connection, chain),
        log: this.#options.log,
        now: this.#now,
      });
    }
    this.#backlog.shift();
    if (this.#backlog.length > 0) setImmediate(() => this.#acceptNext());
  }

  #serve(connection: Downstream, chain: FilterChain): void {
    // The network filters before the last one (telemetry, authorization) let everything pass here.
    const filter = chain.filters?.at(-1);
    switch (filter?.name) {
      case 'envoy.filters.network.http_connection_manager':
        this.#http.serve(connection, filter.typed_config);
        break;
      case 'envoy.filters.network.tcp_proxy':
        proxyTcp(connection, filter.typed_config, {
          clusters: this.#clusters,
          log: chain.name === WITHOUT_ACCESS_LOG ? () => {} : this.#options.log,
          random: this.#random,
          now: this.#now,
        });
        break;
      default:
        connection.socket.destroy();
    }
  }

  clusterStatuses(): ClusterStatus[] {
    return this.#clusters.all().map(clusterStatus);
  }

  stats(): Record<string, number> {
    const stats: Record<string, number> = Object.fromEntries(this.#updates.entries());
    for (const cluster of this.#clusters.all()) {
      for (const [name, value] of cluster.counters.entries(`cluster.${cluster.config.name}.`))
        stats[name] = value;
    }
    return stats;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#backlog.length = 0;
    this.#http.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#clusters.close();
  }
}
