/**
 * One upstream cluster in action: its hosts, and for each worker a load balancer and pools; breakers and outlier
 * detection are shared. HTTP goes through send(), TCP proxies through connect().
 * Envoy resolves DNS clusters in the background every dns_refresh_rate; here the first call after that time does it.
 */
import type { Cluster, ClusterLoadAssignment } from '../../../envoy/config.ts';
import { seconds } from '../../../envoy/match-action.ts';
import type { Address, Network, PodResolver } from '../../rooms.ts';
import type { SendOptions, UpstreamCluster, UpstreamRequest } from '../contract.ts';
import { Counters } from '../counters.ts';
import { CircuitBreakers } from './circuit-breakers.ts';
import { hostsOf, isDns } from './cluster-hosts.ts';
import { ConnPool, type PoolOptions } from './conn-pool.ts';
import { HashBalancer } from './hash-balancer.ts';
import { LoadBalancer } from './load-balancer.ts';
import { OutlierDetector } from './outlier-detection.ts';
import { type Carried, proxyHeader } from './proxy-protocol.ts';
import { type ConnectOptions, connectUpstream } from './upstream-connect.ts';
import { UpstreamHost } from './upstream-host.ts';
import { http2StreamsOf, httpOptionsOf } from './upstream-protocol.ts';
import { ClusterStream } from './upstream-stream.ts';
import { offering, type UpstreamTls, UpstreamTlsFactory } from './upstream-tls.ts';
import { WorkerUpdates } from './worker-updates.ts';

export interface ClusterDeps {
  readonly network: Network;
  readonly resolver: PodResolver;
  readonly readFile: (path: string) => string | null;
  readonly podIp: string;
  readonly random: () => number;
  readonly now: () => number;
}

/** Milliseconds after which a name without an address is looked up again. */
const UNRESOLVED_RETRY = 1000;
/** Milliseconds after which an original destination that nobody uses is forgotten (Envoy's cleanup_interval). */
const ORIGINAL_DST_CLEANUP = 5000;
/** With auto_sni every authority has its own pools; beyond this number, those without connections are dropped. */
const MANY_POOLS = 64;

export class LiveCluster implements UpstreamCluster {
  readonly counters = new Counters();
  readonly breakers: CircuitBreakers;
  readonly outliers: OutlierDetector | null;
  readonly #updates: WorkerUpdates;
  readonly #tls: UpstreamTlsFactory;
  readonly #hashing: HashBalancer;
  readonly #balancers = new Map<number, LoadBalancer>();
  readonly #pools = new Map<UpstreamHost, Map<string, ConnPool>>();
  readonly #http: Pick<PoolOptions, 'maxRequestsPerConnection' | 'idleTimeout' | 'maxConnectionDuration'>;
  /** Milliseconds. */
  readonly #connectTimeout: number;
  #assignment: ClusterLoadAssignment | undefined;
  #hosts: UpstreamHost[] = [];
  #resolveAgainAt = Number.POSITIVE_INFINITY;
  #cleanedAt = 0;
  readonly config: Cluster;
  readonly #deps: ClusterDeps;

  constructor(config: Cluster, deps: ClusterDeps) {
    this.config = config;
    this.#deps = deps;
    this.breakers = new CircuitBreakers(config);
    this.#updates = new WorkerUpdates(deps.now);
    this.outliers =
      config.outlier_detection === undefined
        ? null
        : new OutlierDetector(config.outlier_detection, this.counters, deps.now, deps.random, () =>
            this.#updates.healthChanged(),
          );
    this.#tls = new UpstreamTlsFactory(config, deps.readFile);
    this.#hashing = new HashBalancer(config);
    this.#connectTimeout = seconds(config.connect_timeout ?? '5s') * 1000;
    const common = httpOptionsOf(config)?.common_http_protocol_options;
    this.#http = {
      maxRequestsPerConnection: common?.max_requests_per_connection ?? 0,
      idleTimeout: seconds(common?.idle_timeout ?? '3600s') * 1000,
      maxConnectionDuration: seconds(common?.max_connection_duration ?? '0s') * 1000,
    };
  }

  get hosts(): readonly UpstreamHost[] {
    return this.#hosts;
  }

  /** Endpoints as they are now; hosts that stay keep their connections and their ejection. */
  setEndpoints(assignment: ClusterLoadAssignment | undefined): void {
    this.#assignment = assignment;
    this.#resolve();
  }

  send(request: UpstreamRequest, options: SendOptions): ClusterStream {
    // A mirror has no app connection, so no original destination either: its request goes nowhere.
    const lost = this.config.type === 'ORIGINAL_DST' && options.downstreamRemote === undefined;
    const host = lost ? null : this.#choose(options.worker, options.originalDestination, options);
    const stream = new ClusterStream(request, host, this.outliers);
    if (host === null) {
      this.counters.add('upstream_cx_none_healthy');
      stream.onFailure({ flag: 'UH', reason: 'no healthy upstream', transportFailure: '' });
      return stream;
    }
    host.lastUsed = this.#deps.now();
    return stream.endsWith(this.#pool(host, options, request.authority).newStream(stream));
  }

  takeRetry(): boolean {
    const taken = this.breakers.takeRetry();
    this.counters.add(taken ? 'upstream_rq_retry' : 'upstream_rq_retry_overflow');
    return taken;
  }

  releaseRetry(): void {
    this.breakers.releaseRetry();
  }

  /** The host for a TCP connection; null: none is healthy. */
  chooseHost(worker: number, originalDestination: Address, hash?: bigint): UpstreamHost | null {
    const host = this.#choose(worker, originalDestination, hash === undefined ? {} : { hash });
    if (host === null) this.counters.add('upstream_cx_none_healthy');
    else host.lastUsed = this.#deps.now();
    return host;
  }

  /**
   * A connection for a TCP proxy alone; the caller has looked at the breakers. Returns a function that ends the
   * attempt.
   */
  connect(
    host: UpstreamHost,
    carried: Carried,
    events: Pick<ConnectOptions, 'onConnected' | 'onFailed'>,
  ): () => void {
    return this.#connect(host, this.#tls.for(host, null), carried, events);
  }

  /** The cluster was replaced or removed: what is under way may finish, nothing new is started. */
  drain(): void {
    this.#stopWatching();
    for (const pools of this.#pools.values()) for (const pool of pools.values()) pool.drain();
  }

  /** Nothing is under way. */
  get idle(): boolean {
    return [...this.#pools.values()].every(pools => [...pools.values()].every(pool => pool.idle));
  }

  close(): void {
    this.#stopWatching();
    for (const pools of this.#pools.values()) for (const pool of pools.values()) pool.close();
  }

  #stopWatching(): void {
    this.outliers?.close();
    this.#updates.close();
  }

  #choose(
    worker: number,
    originalDestination: Address,
    choice: Pick<SendOptions, 'hash' | 'avoid' | 'priorityLoads'>,
  ): UpstreamHost | null {
    if (this.config.type === 'ORIGINAL_DST') return this.#originalDestination(originalDestination);
    if (this.#deps.now() >= this.#resolveAgainAt) this.#resolve();
    let balancer = this.#balancers.get(worker);
    if (balancer === undefined) {
      balancer = new LoadBalancer(this.config, this.#deps.random, this.#hashing);
      balancer.setHosts(this.#hosts);
      this.#balancers.set(worker, balancer);
    }
    return balancer.choose(choice);
  }

  #resolve(): void {
    const { resolver, now } = this.#deps;
    const before = this.#hosts;
    this.#hosts = hostsOf(this.config, this.#assignment, resolver, before);
    for (const balancer of this.#balancers.values()) balancer.setHosts(this.#hosts);
    this.outliers?.setHosts(this.#hosts);
    this.#updates.setHosts(this.#hosts);
    const stay = new Set(this.#hosts);
    for (const host of before) if (!stay.has(host)) this.#forget(host);
    if (!isDns(this.config)) return;
    const refresh = seconds(this.config.dns_refresh_rate ?? '5s') * 1000;
    this.#resolveAgainAt = now() + (this.#hosts.length === 0 ? UNRESOLVED_RETRY : refresh);
  }

  /** The host for any address that the app dialed; kept while it is used. */
  #originalDestination(to: Address): UpstreamHost {
    const now = this.#deps.now();
    if (now - this.#cleanedAt > ORIGINAL_DST_CLEANUP) {
      this.#cleanedAt = now;
      for (const host of this.#hosts) {
        if (host.activeConnections === 0 && now - host.lastUsed > ORIGINAL_DST_CLEANUP) this.#forget(host);
      }
      this.#hosts = this.#hosts.filter(
        host => host.activeConnections > 0 || now - host.lastUsed <= ORIGINAL_DST_CLEANUP,
      );
    }
    const port = this.config.original_dst_lb_config?.upstream_port_override ?? to.port;
    const known = this.#hosts.find(host => host.address.ip === to.ip && host.address.port === port);
    if (known !== undefined) return known;
    const host = new UpstreamHost({ ip: to.ip, port }, '');
    this.#hosts = [...this.#hosts, host];
    this.outliers?.setHosts(this.#hosts);
    return host;
  }

  #forget(host: UpstreamHost): void {
    for (const pool of this.#pools.get(host)?.values() ?? []) pool.drain();
    this.#pools.delete(host);
  }

  /** Requests share connections only if TLS would be the same for them. */
  #pool(host: UpstreamHost, options: SendOptions, authority: string): ConnPool {
    let pools = this.#pools.get(host);
    if (pools === undefined) {
      pools = new Map();
      this.#pools.set(host, pools);
    }
    const tls = this.#tls.for(host, authority);
    const { worker, downstreamRemote: from, originalDestination: to } = options;
    const carried = from === undefined ? null : { from, to };
    // A connection that says whose it is carries nobody else's requests.
    const whose = this.#tls.proxyProtocol(host) === null ? '' : JSON.stringify(carried);
    const http2Streams = http2StreamsOf(this.config, options.downstreamProtocol);
    const key = `${worker} ${tls?.key ?? ''} ${http2Streams ?? ''} ${whose}`;
    let pool = pools.get(key);
    if (pool === undefined) {
      const spoken = tls && offering(tls, http2Streams === null ? 'http/1.1' : 'h2');
      if (pools.size >= MANY_POOLS) for (const [name, each] of pools) if (each.idle) pools.delete(name);
      pool = new ConnPool({
        host,
        breakers: this.breakers,
        counters: this.counters,
        connect: events => this.#connect(host, spoken, carried, events),
        http2Streams,
        ...this.#http,
      });
      pools.set(key, pool);
    }
    return pool;
  }

  #connect(
    host: UpstreamHost,
    tls: UpstreamTls | null,
    carried: Carried | null,
    events: Pick<ConnectOptions, 'onConnected' | 'onFailed'>,
  ): () => void {
    const { network, podIp, readFile } = this.#deps;
    const version = this.#tls.proxyProtocol(host);
    return connectUpstream({
      network,
      podIp,
      readFile,
      to: host.address,
      tls,
      preface: local =>
        version === null ? null : proxyHeader(version, carried, { from: local, to: host.address }),
      timeout: this.#connectTimeout,
      onConnected: (socket, local) => {
        if (tls !== null) this.counters.add('ssl.handshake');
        events.onConnected(socket, local);
      },
      onFailed: failure => {
        if (tls !== null && failure.transportFailure.startsWith('TLS_error')) {
          this.counters.add('ssl.connection_error');
        }
        events.onFailed(failure);
      },
    });
  }
}
