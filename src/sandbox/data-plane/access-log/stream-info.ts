/**
 * What is known about a request while it is served, and its access-log line at the end.
 * Source: envoyproxy/envoy source/common/stream_info/stream_info_impl.h.
 */
import type { Cluster } from '../../../envoy/config.ts';
import type { Address } from '../../rooms.ts';
import type { Downstream, Host } from '../contract.ts';
import { accessLogLine } from './access-log.ts';

/** Envoy's response flags that the HTTP side sets, and their long names. */
export const FLAG_NAMES = {
  NR: 'NoRouteFound',
  NC: 'NoClusterFound',
  UH: 'NoHealthyUpstream',
  UF: 'UpstreamConnectionFailure',
  UC: 'UpstreamConnectionTermination',
  UO: 'UpstreamOverflow',
  UT: 'UpstreamRequestTimeout',
  UPE: 'UpstreamProtocolError',
  URX: 'UpstreamRetryLimitExceeded',
  DC: 'DownstreamConnectionTermination',
  DI: 'DelayInjected',
  FI: 'FaultInjected',
  DPE: 'DownstreamProtocolError',
  DR: 'DownstreamRemoteReset',
} as const;

export type ResponseFlag = keyof typeof FLAG_NAMES;

export class StreamInfo {
  readonly start = new Date();
  readonly #started = performance.now();
  /** Microseconds since 1970. */
  readonly startMicros = this.start.getTime() * 1000 + (Math.floor(this.#started * 1000) % 1000);
  /** In the order in which they were set: 'URX,UF', 'DI,FI'. */
  readonly #flags: ResponseFlag[] = [];
  /** Milliseconds from the start until the request was complete, and until the answer's headers were there. */
  requestEnd: number | undefined;
  responseStart: number | undefined;
  /** Tries that were started. */
  attempts = 0;
  code = 0;
  details: string | undefined;
  transportFailure: string | undefined;
  bytesReceived = 0;
  bytesSent = 0;
  upstreamMilliseconds: number | undefined;
  host: Host | undefined;
  upstreamLocal: Address | undefined;
  cluster: string | undefined;
  /** The cluster that a route has chosen. */
  clusterConfig: Cluster | undefined;
  route: string | undefined;
  protocol: string | undefined;
  method: string | undefined;
  path: string | undefined;
  authority: string | undefined;
  forwardedFor: string | undefined;
  userAgent: string | undefined;
  requestId: string | undefined;
  /** Where the request claims to come from: the connection's peer unless x-forwarded-for names another. */
  remote: Address;
  readonly #connection: Downstream;

  constructor(connection: Downstream) {
    this.#connection = connection;
    this.remote = connection.from;
  }

  get flags(): readonly ResponseFlag[] {
    return this.#flags;
  }

  /** Milliseconds since the start. */
  elapsed(): number {
    return performance.now() - this.#started;
  }

  flag(flag: ResponseFlag): void {
    if (!this.#flags.includes(flag)) this.#flags.push(flag);
  }

  line(): string {
    const { protocol, method, details, cluster, route } = this;
    return accessLogLine({
      start: this.start,
      code: this.code,
      flags: this.#flags.join(','),
      bytesReceived: this.bytesReceived,
      bytesSent: this.bytesSent,
      milliseconds: Math.floor(this.elapsed()),
      downstreamLocal: this.#connection.to,
      downstreamRemote: this.remote,
      sni: this.#connection.sni,
      ...set({ protocol, method, details, cluster, route }),
      ...set({
        transportFailure: this.transportFailure,
        upstreamMilliseconds: this.upstreamMilliseconds,
        upstreamHost: this.host?.address,
        upstreamLocal: this.upstreamLocal,
        path: fromBytes(this.path),
        authority: fromBytes(this.authority),
        forwardedFor: fromBytes(this.forwardedFor),
        userAgent: fromBytes(this.userAgent),
        requestId: fromBytes(this.requestId),
      }),
    });
  }
}

/** Node has a request's bytes as latin1 text; the log has them as they came. */
function fromBytes(value: string | undefined): string | undefined {
  return value === undefined || /^[ -~]*$/.test(value)
    ? value
    : Buffer.from(value, 'latin1').toString('utf8');
}

type Set<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The fields that have a value. */
function set<T extends object>(fields: T): Set<T> {
  for (const name of Object.keys(fields) as (keyof T)[]) {
    if (fields[name] === undefined) delete fields[name];
  }
  return fields as Set<T>;
}
