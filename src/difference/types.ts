/** What a difference of two configurations is made of: plain data. */
import type { EnvoyConfig } from '../envoy/config.ts';

/** A sidecar and its surroundings, as far as a call's way depends on them. */
export interface Side {
  readonly config: EnvoyConfig;
  /** Which address a host name has inside the pod; null: it does not resolve there. */
  address(host: string): string | null;
  /** What is behind an address or a host name: 'stable'. The same on both sides, whatever the addresses are. */
  server(address: string): string;
  /** Who answers at an address or host name, each 'stable:80', where that is known better than by `server`. */
  serversAt?(address: string, port: number): readonly string[];
}

/** A call that the pod may make, by names alone, so that it means the same in another world. */
export interface ProposedCall {
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
  /** A host whose address is used, for a name that does not resolve inside the pod. */
  readonly at: string | null;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * What a caller, the far side or an operator could notice of a call. Names of clusters, subsets and objects are in none
 * of them.
 * answer: who answers, with which status, and which share of the calls; request and response: what the sidecar changes;
 * tls: what it opens to the far side; time: its timeout; tries: how often and on what it tries again.
 */
export type Aspect =
  | 'answer'
  | 'request'
  | 'response'
  | 'tls'
  | 'fault'
  | 'time'
  | 'tries'
  | 'mirror'
  | 'limits'
  | 'ejection'
  | 'balance';

/** Only what applies to the call. Two effects are the same when their JSON is. */
export type Effect = Readonly<Partial<{ [A in Aspect]: Effects[A] }>>;

export interface Effects {
  readonly answer: Answer;
  readonly request: RequestChange;
  readonly response: HeaderChange;
  readonly tls: readonly (UpstreamTls | null)[];
  readonly fault: Fault;
  readonly time: Time;
  readonly tries: Tries;
  readonly mirror: readonly Mirror[];
  readonly limits: readonly Limits[];
  readonly ejection: readonly (Ejection | null)[];
  readonly balance: readonly string[];
}

/** How a call ends, if the far side is well. */
export type Answer =
  | { readonly kind: 'servers'; readonly to: readonly Part[] }
  /** By the sidecar. */
  | { readonly kind: 'status'; readonly status: number; readonly text?: string | undefined }
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string }
  /** The connection is closed before anything is answered. */
  | { readonly kind: 'closed' };

export interface Part {
  /** 0 to 1. */
  readonly share: number;
  /** By priority: the servers that calls go to, 'stable:80'; none: nobody can answer. */
  readonly servers: readonly (readonly string[])[];
}

/** What else there is to say, in words (details.ts); mostly nothing. */
interface Detailed {
  readonly also: readonly string[];
}

export interface HeaderChange extends Detailed {
  /** 'name: value', '- name'. */
  readonly headers: readonly string[];
}

interface Time extends Detailed {
  /** Seconds; null: none. */
  readonly timeout: number | null;
}

export interface RequestChange extends HeaderChange {
  /** As the far side sees them; null: as the app sent it. */
  readonly host: string | null;
  readonly path: string | null;
  /** The sidecar reads the request, and gives it an id. */
  readonly read: boolean;
}

export interface UpstreamTls extends Detailed {
  readonly sni: string | null;
  /** What the far side's certificate must be: from which CAs, for which names; null: it is not looked at. */
  readonly verified: { readonly by: string; readonly names: readonly string[] } | null;
  /** The certificate that the sidecar shows. */
  readonly shown: string | null;
}

export interface Fault {
  readonly delay?: { readonly seconds: number; readonly share: number };
  /** `grpc`: the status of gRPC, in an answer 200. */
  readonly abort?: { readonly status: number; readonly share: number; readonly grpc?: number };
}

export interface Tries extends Detailed {
  readonly retries: number;
  /** Sorted conditions, the status codes among them. */
  readonly on: readonly string[];
  /** Seconds; null: none. */
  readonly each: number | null;
}

export interface Mirror extends Pick<Effects, 'tls' | 'limits' | 'ejection' | 'balance'>, Detailed {
  readonly servers: readonly string[];
  readonly share: number;
}

/** Null: no limit that anybody would meet. */
export interface Limits extends Detailed {
  readonly connections: number | null;
  readonly pending: number | null;
  readonly requests: number | null;
  readonly retries: number | null;
}

export interface Ejection {
  /** Errors in a row; null: these are not counted. */
  readonly after5xx: number | null;
  readonly afterGatewayErrors: number | null;
  /** Refused and broken connections in a row, where they are counted apart from the errors above. */
  readonly afterLocal: number | null;
  /** Seconds. */
  readonly interval: number;
  readonly time: number;
  /** So many of the hosts, at most. */
  readonly most: number;
  /** With fewer hosts left, all of them are asked again; 0: never. */
  readonly least: number;
}

/** The Istio object that decided: 'VirtualService mesh-network/routes'. */
export type Decider = string;

export interface Difference {
  readonly call: ProposedCall;
  readonly aspect: Aspect;
  /** The aspect's values, each once; undefined: it does not apply. */
  readonly before: readonly (Effects[Aspect] | undefined)[];
  readonly after: Effects[Aspect] | undefined;
  /** Of what is now; where nothing decides any more, of what was before. */
  readonly decidedBy: readonly Decider[];
}
