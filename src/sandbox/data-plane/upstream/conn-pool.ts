/**
 * The connections of one worker to one host: a ready connection takes the next request; otherwise the request waits for
 * a new connection or for one that becomes free, within the cluster's breakers. All limits are as in Envoy: one
 * connection beyond max_connections is opened if this pool has none, so that no request waits for ever; a request also
 * counts as 'pending' while its connection is being opened. In HTTP/2 one connection is expected to take all waiting
 * requests.
 * Left out: preconnecting.
 * Source: source/common/conn_pool/conn_pool_base.cc, source/common/http/{http1,http2}/conn_pool.cc.
 */
import type { Socket } from 'node:net';
import type { Address } from '../../rooms.ts';
import type { UpstreamFailure, UpstreamRequest, UpstreamResponse } from '../contract.ts';
import type { Counters } from '../counters.ts';
import type { CircuitBreakers } from './circuit-breakers.ts';
import type { ConnectFailure, ConnectOptions } from './upstream-connect.ts';
import type { UpstreamHost } from './upstream-host.ts';
import { Http1Connection, type HttpConnection } from './upstream-http1.ts';
import { Http2Connection } from './upstream-http2.ts';

/** A request that needs a connection. Each of its functions is called at most once; onDone always, as the last. */
export interface PoolStream {
  readonly request: UpstreamRequest;
  onConnection(local: Address): void;
  onResponse(response: UpstreamResponse, local: Address): void;
  /** `host` is null when the request never reached the pool's host. */
  onFailure(failure: Omit<UpstreamFailure, 'host'> & { readonly host?: null }): void;
  onDone(): void;
}

export interface PoolOptions {
  readonly host: UpstreamHost;
  readonly breakers: CircuitBreakers;
  readonly counters: Counters;
  readonly connect: (events: Pick<ConnectOptions, 'onConnected' | 'onFailed'>) => () => void;
  /** Concurrent requests on one HTTP/2 connection; null: it speaks HTTP/1.1. */
  readonly http2Streams: number | null;
  /** 0: no limit. */
  readonly maxRequestsPerConnection: number;
  /** Milliseconds; 0: none. */
  readonly idleTimeout: number;
  /** The longest that a connection may live, in milliseconds; 0: for ever. */
  readonly maxConnectionDuration: number;
}

interface Pending {
  readonly stream: PoolStream;
  /** Ends the stream; set once it has a connection. */
  end: (() => void) | null;
}

interface Active {
  readonly http: HttpConnection;
  readonly local: Address;
  /** Requests that it may still take. */
  remaining: number;
  state: 'ready' | 'busy' | 'draining' | 'closed';
  expiry: NodeJS.Timeout | null;
}

export class ConnPool {
  /** Connections that can take a request; the one that became free last is used first. */
  readonly #ready: Active[] = [];
  /** Connections with requests under way. In HTTP/2 a connection can be in both sets. */
  readonly #busy = new Set<Active>();
  readonly #connecting = new Set<() => void>();
  readonly #pending: Pending[] = [];
  #draining = false;
  readonly #options: PoolOptions;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get idle(): boolean {
    return this.#busy.size + this.#connecting.size + this.#pending.length + this.#ready.length === 0;
  }

  /** Returns a function that ends the stream at any moment; onDone is then called, onFailure is not. */
  newStream(stream: PoolStream): () => void {
    const ready = this.#takeReady();
    if (ready !== undefined) return this.#attach(ready, stream);
    const { breakers, counters } = this.#options;
    if (!breakers.pendingRequests.canCreate()) {
      this.#overflow(stream, { host: null });
      return () => {};
    }
    breakers.pendingRequests.inc();
    counters.add('upstream_rq_pending_total');
    counters.add('upstream_rq_pending_active');
    const waiting: Pending = { stream, end: null };
    this.#pending.push(waiting);
    this.#tryCreateConnections();
    return () => {
      if (waiting.end !== null) waiting.end();
      else if (this.#takePending(waiting)) stream.onDone();
    };
  }

  /** No new requests come: idle connections close now, the others when their requests are done. */
  drain(): void {
    this.#draining = true;
    for (const each of this.#ready.splice(0)) if (each.http.idle) each.http.close();
    for (const each of this.#busy) each.state = 'draining';
  }

  /** Ends everything. */
  close(): void {
    this.drain();
    for (const stop of this.#connecting) stop();
    this.#connecting.clear();
    for (const each of this.#busy) each.http.close();
    for (const waiting of [...this.#pending]) {
      if (this.#takePending(waiting)) waiting.stream.onDone();
    }
  }

  /** A connection that the far side has just closed, or is about to, is skipped: its 'close' is on the way. */
  #takeReady(): Active | undefined {
    for (;;) {
      const active = this.#ready.pop();
      if (active === undefined || active.http.room > 0) return active;
    }
  }

  #takePending(waiting: Pending): boolean {
    const at = this.#pending.indexOf(waiting);
    if (at === -1) return false;
    this.#pending.splice(at, 1);
    this.#options.breakers.pendingRequests.dec();
    this.#options.counters.add('upstream_rq_pending_active', -1);
    return true;
  }

  #overflow(stream: PoolStream, whose: { readonly host?: null } = {}): void {
    this.#options.counters.add('upstream_rq_pending_overflow');
    stream.onFailure({ flag: 'UO', reason: 'overflow', transportFailure: '', ...whose });
    stream.onDone();
  }

  #tryCreateConnections(): void {
    const { host, breakers, counters, http2Streams } = this.#options;
    while (this.#pending.length > this.#connecting.size * (http2Streams ?? 1)) {
      if (!breakers.connections.canCreate()) {
        counters.add('upstream_cx_overflow');
        if (this.#ready.length + this.#busy.size + this.#connecting.size > 0) return;
      }
      breakers.connections.inc();
      counters.add('upstream_cx_total');
      counters.add('upstream_cx_active');
      host.totals.connections++;
      host.activeConnections++;
      this.#connect();
    }
  }

  #connect(): void {
    const stop = this.#options.connect({
      onConnected: (socket, local) => {
        this.#connecting.delete(stop);
        this.#connected(socket, local);
      },
      onFailed: failure => {
        this.#connecting.delete(stop);
        this.#connectFailed(failure);
      },
    });
    this.#connecting.add(stop);
  }

  #connected(socket: Socket, local: Address): void {
    const { maxRequestsPerConnection, idleTimeout, maxConnectionDuration, http2Streams } = this.#options;
    const onIdle = () => this.#free(active);
    const active: Active = {
      http:
        http2Streams === null
          ? new Http1Connection(socket, onIdle)
          : new Http2Connection(socket, onIdle, http2Streams),
      local,
      remaining: maxRequestsPerConnection === 0 ? Number.POSITIVE_INFINITY : maxRequestsPerConnection,
      state: 'ready',
      expiry: null,
    };
    socket.once('close', () => this.#closed(active));
    if (idleTimeout > 0) {
      socket.setTimeout(idleTimeout).on('timeout', () => {
        if (active.state !== 'ready') return;
        this.#options.counters.add('upstream_cx_idle_timeout');
        active.http.close();
      });
    }
    if (maxConnectionDuration > 0) {
      active.expiry = setTimeout(() => {
        this.#options.counters.add('upstream_cx_max_duration_reached');
        if (active.state === 'ready') active.http.close();
        else active.state = 'draining';
      }, maxConnectionDuration);
      active.expiry.unref();
    }
    this.#ready.push(active);
    this.#upstreamReady();
    if (this.#draining && active.state === 'ready') active.http.close();
  }

  /** All waiting requests fail with it, as the host is now known to be unreachable. */
  #connectFailed({ reason, transportFailure }: ConnectFailure): void {
    const { host, counters } = this.#options;
    counters.add('upstream_cx_connect_fail');
    if (reason === 'connection timeout') counters.add('upstream_cx_connect_timeout');
    host.totals.connectFailures++;
    this.#releaseConnection();
    // A copy: a request that fails may ask again at once.
    for (const waiting of [...this.#pending]) {
      if (!this.#takePending(waiting)) continue;
      counters.add('upstream_rq_pending_failure_eject');
      waiting.stream.onFailure({ flag: 'UF', reason, transportFailure });
      waiting.stream.onDone();
    }
    this.#tryCreateConnections();
  }

  #releaseConnection(): void {
    const { host, breakers, counters } = this.#options;
    breakers.connections.dec();
    counters.add('upstream_cx_active', -1);
    host.activeConnections--;
  }

  #upstreamReady(): void {
    for (;;) {
      const waiting = this.#pending[0];
      const active = waiting && this.#takeReady();
      if (waiting === undefined || active === undefined) return;
      this.#takePending(waiting);
      waiting.end = this.#attach(active, waiting.stream);
    }
  }

  #attach(active: Active, stream: PoolStream): () => void {
    const { host, breakers, counters } = this.#options;
    if (!breakers.requests.canCreate()) {
      this.#ready.push(active);
      this.#overflow(stream);
      return () => {};
    }
    breakers.requests.inc();
    host.activeRequests++;
    host.totals.requests++;
    counters.add('upstream_rq_total');
    counters.add('upstream_rq_active');
    active.remaining--;
    if (active.remaining === 0) counters.add('upstream_cx_max_requests');
    active.state = active.remaining === 0 || this.#draining ? 'draining' : 'busy';
    this.#busy.add(active);
    let over = false;
    const done = () => {
      if (over) return;
      over = true;
      breakers.requests.dec();
      host.activeRequests--;
      counters.add('upstream_rq_active', -1);
      stream.onDone();
      if (active.state === 'draining' && active.http.idle) active.http.close();
    };
    stream.onConnection(active.local);
    const end = active.http.exchange(stream.request, {
      onResponse: response => stream.onResponse(response, active.local),
      onFailure: why => stream.onFailure(why === 'protocol' ? PROTOCOL_ERROR : CONNECTION_TERMINATION),
      onDone: done,
    });
    if (active.state === 'busy' && active.http.room > 0) this.#ready.push(active);
    return () => {
      end();
      done();
    };
  }

  /** One of its requests is done and the connection stays open. */
  #free(active: Active): void {
    if (active.state === 'closed' || active.http.socket.destroyed) return;
    if (active.state === 'draining') {
      if (active.http.idle) active.http.close();
      return;
    }
    if (active.http.idle) {
      this.#busy.delete(active);
      active.state = 'ready';
    }
    if (!this.#ready.includes(active)) this.#ready.push(active);
    this.#upstreamReady();
  }

  #closed(active: Active): void {
    if (active.expiry !== null) clearTimeout(active.expiry);
    active.state = 'closed';
    this.#busy.delete(active);
    const at = this.#ready.indexOf(active);
    if (at !== -1) this.#ready.splice(at, 1);
    active.http.close();
    this.#releaseConnection();
    this.#tryCreateConnections();
  }
}

const PROTOCOL_ERROR = { flag: 'UPE', reason: 'protocol error', transportFailure: '' } as const;
const CONNECTION_TERMINATION = {
  flag: 'UC',
  reason: 'connection termination',
  transportFailure: '',
} as const;
