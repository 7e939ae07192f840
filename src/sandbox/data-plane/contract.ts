/**
 * The interface in the middle of the data plane: connections on one side (listeners, TCP proxy, clusters with their
 * load balancers, pools, breakers, outlier detection and TLS), HTTP on the other (connection manager, router, retries,
 * mirrors, faults, access log). Modelled on Envoy's split between source/common/upstream + conn_pool and
 * source/common/router.
 */
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import type { Cluster, EnvoyConfig, HttpConnectionManager } from '../../envoy/config.ts';
import type { Address } from '../rooms.ts';

/** A connection from the app, as the listener hands it to a filter chain. */
export interface Downstream {
  readonly socket: Socket;
  /** Bytes that were read for sniffing; they come before what is still in the socket. */
  readonly head: Buffer;
  readonly from: Address;
  /** Where the app wanted to go: the original destination. */
  readonly to: Address;
  /** The SNI of the app's own ClientHello; '' for none. */
  readonly sni: string;
  /** Which of the proxy's two workers has it: pools are per worker, as in Envoy. */
  readonly worker: number;
}

/** An upstream host. The same object for the same endpoint for as long as its cluster has it. */
export interface Host {
  readonly address: Address;
  /** The name that a DNS cluster resolved; '' for other clusters. */
  readonly hostname: string;
  /** Its locality's priority; left out: 0. */
  readonly priority?: number;
  /** The endpoint's filter_metadata. */
  readonly metadata?: Readonly<Record<string, unknown>>;
}

export interface UpstreamRequest {
  readonly method: string;
  /** Path and query, as they are to be sent. */
  readonly path: string;
  readonly authority: string;
  /** Names in lower case, in the order in which they are to be sent; no Host, no hop-by-hop headers. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Null: none. A retry needs its own copy. */
  readonly body: Readable | Buffer | null;
}

export interface UpstreamResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** With a 101: what the upstream sends in its new protocol. */
  readonly body: Readable;
  /** With a 101: takes what the app sends. */
  readonly tunnel?: Writable;
}

/** Why a request got no answer. */
export interface UpstreamFailure {
  /** Envoy's response flag: UH no host, UO overflow, UF connect or handshake, UC closed after connect, UPE protocol. */
  readonly flag: 'UH' | 'UO' | 'UF' | 'UC' | 'UPE';
  /**
   * Envoy's reset reason, as in response details and local reply bodies: 'connection failure', 'connection
   * termination'...
   */
  readonly reason: string;
  /**
   * The transport's own words ('TLS_error:|268435703:SSL
   * routines:OPENSSL_internal:WRONG_VERSION_NUMBER:TLS_error_end'); '' for none.
   */
  readonly transportFailure: string;
  readonly host: Host | null;
}

export type UpstreamOutcome =
  | {
      readonly kind: 'response';
      readonly response: UpstreamResponse;
      readonly host: Host;
      readonly local: Address;
    }
  | { readonly kind: 'failure'; readonly failure: UpstreamFailure };

/** One request on its way. */
export interface UpstreamStream {
  /** Settles when response headers have come or the request has failed; never rejects. */
  readonly outcome: Promise<UpstreamOutcome>;
  /** The host that was picked; null before that, and if there is none. */
  readonly host: Host | null;
  /** The proxy's own end of the connection, once there is one: the log names it even for requests that time out. */
  readonly local?: Address | null;
  /** Ends it. 'timeout' counts against the host in outlier detection, 'cancelled' does not. */
  reset(why: 'timeout' | 'cancelled'): void;
}

export interface SendOptions {
  readonly worker: number;
  readonly originalDestination: Address;
  /** The peer of the app's connection; undefined: the proxy calls on its own account. */
  readonly downstreamRemote?: Address;
  /** For consistent hashing; undefined: none. */
  readonly hash?: bigint | undefined;
  /** Hosts that earlier tries used, to be avoided if the retry policy says so. */
  readonly avoid?: readonly Host[] | undefined;
  /** How a retry changes the shares of the cluster's priorities, in percent, given their health. */
  readonly priorityLoads?:
    | ((health: readonly number[], original: readonly number[]) => readonly number[])
    | undefined;
  /** The protocol of the app's request, for clusters that follow it. */
  readonly downstreamProtocol: 'http1' | 'http2';
}

/** One upstream cluster in action. */
export interface UpstreamCluster {
  readonly config: Cluster;
  /** Sends through the worker's pool, within the breakers; outlier detection learns the status of each answer. */
  send(request: UpstreamRequest, options: SendOptions): UpstreamStream;
  /** Takes a place in max_retries; false: overflow. Give it back with releaseRetry when the retry is done. */
  takeRetry(): boolean;
  releaseRetry(): void;
}

export interface Clusters {
  /** Null: there is no cluster of this name, which Envoy calls NC. */
  get(name: string): UpstreamCluster | null;
}

/** The entrance to the HTTP side: takes over a connection and serves it to its end. */
export interface HttpSide {
  serve(connection: Downstream, manager: HttpConnectionManager): void;
  /** Ends what is open. */
  close(): void;
}

export interface HttpSideOptions {
  /** The current configuration: each request reads its route from it, as RDS updates reach open connections. */
  readonly config: () => EnvoyConfig;
  readonly clusters: Clusters;
  readonly log: (line: string) => void;
  /** Between 0 and 1, as Math.random; tests pass their own. */
  readonly random: () => number;
  /** The proxy's environment variables, which header values may name. */
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * What an access-log line contains; fields left out are '-'. Istio's default text format (EnvoyTextLogFormat) is made
 * of these.
 */
export interface AccessLogEntry {
  readonly start: Date;
  readonly method?: string;
  readonly path?: string;
  readonly protocol?: string;
  readonly code: number;
  readonly flags: string;
  readonly details?: string;
  readonly termination?: string;
  readonly transportFailure?: string;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly milliseconds: number;
  /** Milliseconds that the upstream took (x-envoy-upstream-service-time). */
  readonly upstreamMilliseconds?: number;
  readonly forwardedFor?: string;
  readonly userAgent?: string;
  readonly requestId?: string;
  readonly authority?: string;
  readonly upstreamHost?: Address;
  readonly cluster?: string;
  readonly upstreamLocal?: Address;
  readonly downstreamLocal: Address;
  readonly downstreamRemote: Address;
  readonly sni?: string;
  readonly route?: string;
}
