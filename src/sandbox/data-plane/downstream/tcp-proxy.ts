/**
 * The TCP proxy filter: bytes from the app to one upstream connection and back, and a line in the access log when it is
 * over. One attempt to connect (max_connect_attempts); what the app has sent waits until the connection is up.
 * Source: source/common/tcp_proxy/tcp_proxy.cc.
 */
import type { Duplex } from 'node:stream';
import type { TcpProxy } from '../../../envoy/config.ts';
import { seconds } from '../../../envoy/match-action.ts';
import { LONGEST_TIMER } from '../../../shared/clock.ts';
import type { Address } from '../../rooms.ts';
import { accessLogLine } from '../access-log/access-log.ts';
import type { Downstream } from '../contract.ts';
import type { ClusterManager } from '../upstream/cluster-manager.ts';
import { connectionHash } from '../upstream/hash-policy.ts';
import type { LiveCluster } from '../upstream/upstream-cluster.ts';
import type { UpstreamHost } from '../upstream/upstream-host.ts';
import { openTunnel } from './tcp-tunnel.ts';

export interface TcpProxyDeps {
  readonly clusters: ClusterManager;
  readonly log: (line: string) => void;
  readonly random: () => number;
  readonly now: () => number;
}

/** Envoy's default idle timeout, an hour. */
const IDLE = '3600s';

/** Takes over the connection until its end. Returns a function that ends it from outside. */
export function proxyTcp(connection: Downstream, config: TcpProxy, deps: TcpProxyDeps): () => void {
  const session = new TcpSession(connection, config, deps);
  session.start();
  return () => session.close();
}

class TcpSession {
  readonly #start: number;
  readonly #clusterName: string;
  #flags = '';
  #transportFailure = '';
  #host: UpstreamHost | null = null;
  #local: Address | null = null;
  #upstream: Duplex | null = null;
  #stopConnecting: (() => void) | null = null;
  #received = 0;
  #sent = 0;
  #idleTimer: NodeJS.Timeout | undefined;
  #lifeTimer: NodeJS.Timeout | undefined;
  #over = false;
  readonly #connection: Downstream;
  readonly #config: TcpProxy;
  readonly #deps: TcpProxyDeps;

  constructor(connection: Downstream, config: TcpProxy, deps: TcpProxyDeps) {
    this.#connection = connection;
    this.#config = config;
    this.#deps = deps;
    this.#start = deps.now();
    this.#clusterName = pickCluster(config, deps.random);
  }

  start(): void {
    const { socket, worker, from, to } = this.#connection;
    socket.on('error', () => {});
    socket.once('close', () => this.#downstreamClosed());
    const { idle_timeout = IDLE, max_downstream_connection_duration = '0s' } = this.#config;
    this.#idleTimer = timer(idle_timeout, () => this.#timedOut(''));
    this.#lifeTimer = timer(max_downstream_connection_duration, () => this.#timedOut('DT'));
    const cluster = this.#deps.clusters.get(this.#clusterName);
    if (cluster === null) {
      this.#refuse('NC');
      return;
    }
    // Checked beforehand: a TCP connection that waited for a place would wait for ever.
    if (!cluster.breakers.connections.canCreate()) {
      cluster.counters.add('upstream_cx_overflow');
      this.#refuse('UO');
      return;
    }
    const host = cluster.chooseHost(worker, to, connectionHash(this.#config.hash_policy, from));
    if (host === null) this.#refuse('UH');
    else this.#connect(cluster, host);
  }

  close(): void {
    this.#connection.socket.destroy();
    this.#upstream?.destroy();
    this.#finish();
  }

  #connect(cluster: LiveCluster, host: UpstreamHost): void {
    this.#host = host;
    cluster.breakers.connections.inc();
    cluster.counters.add('upstream_cx_total');
    cluster.counters.add('upstream_cx_active');
    host.totals.connections++;
    host.activeConnections++;
    const release = () => {
      cluster.breakers.connections.dec();
      cluster.counters.add('upstream_cx_active', -1);
      host.activeConnections--;
    };
    const failed = (reason: 'timeout' | 'connect failed', transportFailure: string) => {
      this.#stopConnecting = null;
      cluster.counters.add('upstream_cx_connect_fail');
      if (reason === 'timeout') cluster.counters.add('upstream_cx_connect_timeout');
      cluster.counters.add('upstream_cx_connect_attempts_exceeded');
      host.totals.connectFailures++;
      cluster.outliers?.putLocalOrigin(host, reason);
      this.#transportFailure = transportFailure;
      // The only attempt is used up: Envoy notes that too.
      this.#refuse('UF,URX');
    };
    const stop = cluster.connect(host, this.#connection, {
      onConnected: (upstream, local) => {
        upstream.once('close', release);
        const { tunneling_config: tunnel } = this.#config;
        const joined = (way: Duplex) => {
          this.#stopConnecting = null;
          this.#local = local;
          cluster.outliers?.putTcpSuccess(host);
          this.#join(way);
        };
        if (tunnel === undefined) joined(upstream);
        else {
          this.#stopConnecting = openTunnel(upstream, tunnel, {
            opened: joined,
            failed: words => failed('connect failed', words),
          });
        }
      },
      onFailed: ({ reason, transportFailure }) => {
        release();
        failed(reason === 'connection timeout' ? 'timeout' : 'connect failed', transportFailure);
      },
    });
    this.#stopConnecting = () => {
      stop();
      release();
    };
  }

  /** Bytes in both directions; the end of each direction is passed on separately. */
  #join(upstream: Duplex): void {
    this.#upstream = upstream;
    const { socket, head } = this.#connection;
    for (const each of [socket, upstream]) each.allowHalfOpen = true;
    upstream.on('error', () => {});
    upstream.once('close', () => this.#upstreamClosed());
    const busy = () => this.#idleTimer?.refresh();
    if (head.length > 0) {
      this.#received += head.length;
      upstream.write(head, busy);
    }
    pump(socket, upstream, busy, count => {
      this.#received += count;
    });
    pump(upstream, socket, busy, count => {
      this.#sent += count;
    });
    // A CONNECT cannot be half closed: when the app has sent all, it is over.
    const { tunneling_config: tunnel } = this.#config;
    if (tunnel !== undefined && !tunnel.use_post) {
      socket.once('end', () => upstream.end(() => socket.destroy()));
    }
  }

  /** Nothing was sent either way for too long, or the connection has lived as long as it may; connecting counts too. */
  #timedOut(flag: string): void {
    this.#flags = flag;
    if (this.#upstream === null) {
      this.#host = null;
      reject(this.#connection);
    }
    this.close();
  }

  /** No upstream: the app's connection is closed at once, and what it has sent stays unread. */
  #refuse(flags: string): void {
    this.#flags = flags;
    reject(this.#connection);
    this.#finish();
  }

  #downstreamClosed(): void {
    this.#stopConnecting?.();
    this.#stopConnecting = null;
    this.#upstream?.destroy();
    this.#finish();
  }

  /** What came before the end is still written to the app. */
  #upstreamClosed(): void {
    this.#connection.socket.destroySoon();
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#idleTimer);
    clearTimeout(this.#lifeTimer);
    const { from, to, sni } = this.#connection;
    this.#deps.log(
      accessLogLine({
        start: new Date(this.#start),
        code: 0,
        flags: this.#flags,
        transportFailure: this.#transportFailure,
        bytesReceived: this.#received,
        bytesSent: this.#sent,
        milliseconds: this.#deps.now() - this.#start,
        // A cluster that does not exist has no name in the log.
        ...(this.#flags === 'NC' ? {} : { cluster: this.#clusterName }),
        downstreamLocal: to,
        downstreamRemote: from,
        sni,
        ...(this.#host === null ? {} : { upstreamHost: this.#host.address }),
        ...(this.#local === null ? {} : { upstreamLocal: this.#local }),
      }),
    );
  }
}

/**
 * Closes a connection from which bytes were read that nobody will answer. A kernel that still had those bytes would
 * reset it, so that is done here.
 */
export function reject({ socket, head }: Pick<Downstream, 'socket' | 'head'>): void {
  if (head.length > 0 && !socket.destroyed) socket.resetAndDestroy();
  else socket.destroy();
}

/** Undefined: no limit. */
function timer(duration: string, expired: () => void): NodeJS.Timeout | undefined {
  const milliseconds = seconds(duration) * 1000;
  return milliseconds === 0 ? undefined : setTimeout(expired, Math.min(milliseconds, LONGEST_TIMER)).unref();
}

/** Copies with back-pressure and passes the end on. `busy` is called for whatever comes or goes. */
function pump(from: Duplex, to: Duplex, busy: () => void, count: (bytes: number) => void): void {
  from.on('data', (chunk: Buffer) => {
    busy();
    count(chunk.length);
    if (to.destroyed || to.writableEnded) return;
    if (!to.write(chunk, busy)) {
      from.pause();
      to.once('drain', () => from.resume());
    }
  });
  from.once('end', () => {
    if (!to.destroyed) to.end();
  });
  from.resume();
}

function pickCluster(config: TcpProxy, random: () => number): string {
  const weighted = config.weighted_clusters?.clusters;
  if (weighted === undefined) return config.cluster ?? '';
  let point = random() * weighted.reduce((sum, each) => sum + (each.weight ?? 0), 0);
  for (const each of weighted) {
    point -= each.weight ?? 0;
    if (point < 0) return each.name;
  }
  return weighted.at(-1)?.name ?? '';
}
