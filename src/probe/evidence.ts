/**
 * What a probe found, from three sides: what curl said, what the sidecar logged, what the API saw.
 * Types only; every other file of this folder makes them or reads them.
 */

/** The body of an answer. The lab's API answers JSON; anything else is kept as text. */
export interface ResponseBody {
  /** First 2,000 characters, trimmed; '' for no body. */
  readonly text: string;
  /** The API's own JSON, when it was that. */
  readonly api?: ApiAnswer;
  /** It reads like the API's JSON, but no server's log has such a request: somebody else's words. */
  readonly unlogged?: true;
}

/** What the lab's API says of the request that reached it. */
export interface ApiAnswer {
  readonly version: string;
  readonly scheme: 'http' | 'https';
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly sni: string;
  readonly status: number;
  readonly clientCert: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

/** One transfer of a curl call: a URL with [1-20] makes twenty. */
export interface Transfer {
  /** curl's exit code for this transfer. */
  readonly exit: number;
  /** HTTP status; 0 when there was none. */
  readonly code: number;
  readonly method: string;
  readonly url: string;
  readonly body: ResponseBody;
  /** curl's message when it failed. */
  readonly error: string | null;
  /** The client's source port: how the sidecar's line is found. 0 when no connection was made. */
  readonly localPort: number;
  /** Connections opened for this transfer: 0 when one was used again. */
  readonly connects: number;
  readonly seconds: number;
  readonly redirectUrl: string | null;
  /** The answer's headers, names in lower case; only there when curl could report them. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface CurlSide {
  /** The learner's own arguments, without what the tutorial adds. */
  readonly argv: readonly string[];
  /** curl's exit code for the whole call. */
  readonly exit: number;
  readonly transfers: readonly Transfer[];
  /** What curl wrote to stderr, trimmed. */
  readonly message: string;
  /** Of all its transfers together. */
  readonly seconds: number;
  /** From start to end, where curl waits between its transfers (--rate). */
  readonly elapsed?: number;
}

/** One line of the sidecar's access log (Istio's default text format, or its JSON encoding). */
export interface LogLine {
  /** ISO time at which the request or connection began. */
  readonly start: string;
  /** '' for a TCP connection. */
  readonly method: string;
  readonly path: string;
  readonly protocol: string;
  /** 0 for a TCP connection. */
  readonly code: number;
  /** Envoy's response flags as logged: '-', 'NR', 'UF,URX'. */
  readonly flags: string;
  /** RESPONSE_CODE_DETAILS: 'via_upstream', 'route_not_found', '-'. */
  readonly details: string;
  /** CONNECTION_TERMINATION_DETAILS, '-' for none. */
  readonly termination: string;
  /** UPSTREAM_TRANSPORT_FAILURE_REASON: '' for none. */
  readonly transportFailure: string;
  readonly bytesReceived: number;
  readonly bytesSent: number;
  readonly milliseconds: number;
  readonly userAgent: string;
  readonly requestId: string;
  readonly authority: string;
  /** address:port of the endpoint, '-' for none. */
  readonly upstreamHost: string;
  /** 'outbound|443||api.safedata-zone.io', 'PassthroughCluster', '-'. */
  readonly cluster: string;
  /** The address the app called, address:port. */
  readonly downstreamLocal: string;
  /** The app's own address:port; its port equals Transfer.localPort, but see `clientPort`. */
  readonly downstreamRemote: string;
  /** The port that the app's connection had before the kernel gave it another on the way here (renumbered.ts). */
  readonly clientPort?: number;
  /** The server name of the TLS hello, '-' for none. */
  readonly sni: string;
  readonly route: string;
}

/** One request as an API server logged it. */
export interface ApiLine {
  /** Whose log the line is from: the server of that Deployment, whatever it calls itself. */
  readonly version: string;
  /** What the server calls itself in its answers, where that is something else. */
  readonly claims?: string;
  readonly method: string;
  readonly path: string;
  readonly host: string;
  readonly scheme: 'http' | 'https';
  readonly sni: string;
  readonly status: number;
  readonly ua: string;
}

/** A side that could not be read is reported as such, never taken for an empty one. */
export type Side<T> =
  | {
      readonly read: true;
      readonly lines: readonly T[];
      /** Set when some lines that must have been written did not come in time. */
      readonly missing?: string;
    }
  | { readonly read: false; readonly why: string };

/** Who decided that calls went to this cluster, and what for. */
export interface Way {
  /** As the log has it: 'outbound|443||api.safedata-zone.io', '-' for none. */
  readonly cluster: string;
  /** What chose this cluster: 'VirtualService api, route 2 of 3', 'SNI of ServiceEntry api'; null: not known. */
  readonly route: string | null;
  /** 'DestinationRule rule: tls SIMPLE'; null: none has a part in it. */
  readonly policy: string | null;
  /** The mode of the TLS that the sidecar opens; null: none. */
  readonly tls: 'SIMPLE' | 'MUTUAL' | 'ISTIO_MUTUAL' | null;
}

export interface Evidence {
  /** The Cluster's name: everything on a screen says where it came from. */
  readonly provider: string;
  readonly curl: CurlSide;
  /** In the order of the transfers, where that is known. */
  readonly sidecar: Side<LogLine>;
  readonly api: Side<ApiLine>;
  /** What the sidecar has refused of its configuration and lives without, in plain words where they are known. */
  readonly refused?: readonly string[];
  /** Who decided where the calls went, one for each cluster of the sidecar's lines; where that was asked for. */
  readonly ways?: readonly Way[];
}

/** The answer at once; everything when the sidecar's and the API's lines have arrived. */
export interface RunningProbe {
  readonly answer: Promise<CurlSide>;
  /**
   * What is known before everything is, in this order: when the API's log has each answer (or is known not to), with
   * the sidecar's side not read yet; then when the sidecar has its lines as well. Requests that belong to no answer
   * (retries, mirrored ones) may still come.
   */
  readonly early: readonly Promise<Evidence>[];
  readonly evidence: Promise<Evidence>;
}
