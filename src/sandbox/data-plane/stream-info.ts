/**
 * What is known of a request while it is served, and its access-log line at the end.
 * Source: envoyproxy/envoy source/common/stream_info/stream_info_impl.h.
 */
import type { Address } from '../rooms.ts';
import { accessLogLine } from './access-log.ts';
import type { Downstream } from './contract.ts';

/** Envoy's response flags that the HTTP side sets. */
export type ResponseFlag =
  | 'NR'
  | 'NC'
  | 'UH'
  | 'UF'
  | 'UC'
  | 'UO'
  | 'UT'
  | 'UPE'
  | 'URX'
  | 'DC'
  | 'DI'
  | 'FI'
  | 'DPE';

export class StreamInfo {
  readonly start = new Date();
  readonly #started = performance.now();
  /** In the order in which they were set: 'URX,UF', 'DI,FI'. */
  readonly #flags: ResponseFlag[] = [];
  code = 0;
  details: string | undefined;
  transportFailure: string | undefined;
  bytesReceived = 0;
  bytesSent = 0;
  upstreamMilliseconds: number | undefined;
  upstreamHost: Address | undefined;
  upstreamLocal: Address | undefined;
  cluster: string | undefined;
  route: string | undefined;
  protocol: string | undefined;
  method: string | undefined;
  path: string | undefined;
  authority: string | undefined;
  forwardedFor: string | undefined;
  userAgent: string | undefined;
  requestId: string | undefined;
  /** Where the request is said to come from; the connection's own peer unless x-forwarded-for names another. */
  remote: Address;
  readonly #connection: Downstream;

  constructor(connection: Downstream) {
    this.#connection = connection;
    this.remote = connection.from;
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
      milliseconds: Math.floor(performance.now() - this.#started),
      downstreamLocal: this.#connection.to,
      downstreamRemote: this.remote,
      sni: this.#connection.sni,
      ...set({ protocol, method, details, cluster, route }),
      ...set({
        transportFailure: this.transportFailure,
        upstreamMilliseconds: this.upstreamMilliseconds,
        upstreamHost: this.upstreamHost,
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

/** Node has a request's bytes as latin1 text; the log holds them as they came. */
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
