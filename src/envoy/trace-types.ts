/** What a trace is made of: plain data, and the JSON that `istio-tutor trace --json` prints. */

/** A call as the app sees it, before any sidecar has. */
export interface DescribedCall {
  /** Where the app's connection goes: the address that the app has for the name. */
  readonly to: { readonly ip: string; readonly port: number };
  /** What the bytes are: plain HTTP, HTTP inside TLS, or something else. */
  readonly protocol: 'http' | 'https' | 'tcp';
  /** The authority: the Host header. */
  readonly host: string;
  /** Including its query. */
  readonly path: string;
  readonly method: string;
  /** By name in lower case, without Host. */
  readonly headers: Readonly<Record<string, string>>;
  /** The server name in the ClientHello; '' for none. */
  readonly sni: string;
  /** 'http/1.0' or 'h2c' for plain calls that are not HTTP/1.1; what TLS offers if not 'h2' and 'http/1.1'. */
  readonly applicationProtocols?: readonly string[];
}

export type StepKind =
  | 'listener'
  | 'filter-chain'
  | 'route-configuration'
  | 'virtual-host'
  | 'route'
  | 'action'
  | 'cluster'
  | 'endpoints';

/** The Istio object that a piece of Envoy's configuration was made from. */
export interface ConfigObject {
  /** For example 'VirtualService' or 'DestinationRule'. */
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

export interface PassedOver {
  readonly name: string;
  /** Why it was not taken, in a few words. */
  readonly why: string;
  readonly from?: ConfigObject | undefined;
}

export interface Fact {
  /** 'timeout', 'TLS'; 'warning' for something that is likely to go wrong. */
  readonly name: string;
  readonly value: string;
}

/** One decision along the way. */
export interface TraceStep {
  readonly kind: StepKind;
  /** What was taken; '' if nothing was. */
  readonly name: string;
  /** Why it was taken, or why nothing was; '' if the name says it all. */
  readonly because: string;
  /** Number `index` (from 1) of `of`. */
  readonly position?: { readonly index: number; readonly of: number };
  /** For which share of the calls, if not for all: '90 %', 'the copy'. */
  readonly part?: string | undefined;
  /** What was considered before, in that order. */
  readonly passedOver: readonly PassedOver[];
  readonly facts: readonly Fact[];
  readonly from?: ConfigObject | undefined;
}

export interface ClusterShare {
  readonly name: string;
  /** 0 to 1. */
  readonly share: number;
  /** False: the route names a cluster that the sidecar does not have (503, flag NC). */
  readonly exists: boolean;
  /** False: the cluster has no host (503, flag UH). */
  readonly hosts: boolean;
}

export type TraceOutcome =
  | { readonly kind: 'cluster'; readonly clusters: readonly ClusterShare[] }
  /** A fault answers each call; the access log names the cluster all the same (flag FI). */
  | { readonly kind: 'fault'; readonly status: number; readonly clusters: readonly ClusterShare[] }
  /** 503, flag UH; a TCP connection is closed. */
  | { readonly kind: 'no-endpoints'; readonly clusters: readonly ClusterShare[] }
  /** 404, flag NR. */
  | { readonly kind: 'no-route' }
  /** 503, flag NC. */
  | { readonly kind: 'no-cluster'; readonly name: string }
  /** The connection is closed, flag NR. */
  | { readonly kind: 'no-chain' }
  /** The chain reads HTTP but the bytes are something else: 400, flag DPE. */
  | { readonly kind: 'not-http' }
  | { readonly kind: 'direct'; readonly status: number }
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string }
  | { readonly kind: 'passthrough' }
  /** The pod's own loopback: the sidecar sees nothing of the call. */
  | { readonly kind: 'loopback' }
  | { readonly kind: 'blackhole' };

export interface Trace {
  readonly call: DescribedCall;
  readonly steps: readonly TraceStep[];
  readonly outcome: TraceOutcome;
}
