/** What a trace is made of: plain data, and the JSON that `istio-tutor trace --json` prints. */

/** A call as the app's side describes it, before any sidecar has seen it. */
export interface DescribedCall {
  /** Where the app's connection goes: the address that the name has for the app. */
  readonly to: { readonly ip: string; readonly port: number };
  /** What the bytes are: HTTP in clear, HTTP inside TLS, or something else. */
  readonly protocol: 'http' | 'https' | 'tcp';
  /** The authority: the Host header. */
  readonly host: string;
  /** With its query. */
  readonly path: string;
  readonly method: string;
  /** By name in lower case, Host left out. */
  readonly headers: Readonly<Record<string, string>>;
  /** The name in the TLS greeting; '' for none. */
  readonly sni: string;
  /** 'http/1.0' or 'h2c' for plain calls that are not HTTP/1.1; what TLS offers otherwise than 'h2' and 'http/1.1'. */
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
  /** 'VirtualService', 'DestinationRule'. */
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
  /** 'timeout', 'TLS'; 'warning' for what will not go well. */
  readonly name: string;
  readonly value: string;
}

/** One decision on the way. */
export interface TraceStep {
  readonly kind: StepKind;
  /** What was taken; '' where nothing was. */
  readonly name: string;
  /** Why it was taken, or why nothing was; '' where the name says it all. */
  readonly because: string;
  /** The `index`-th (from 1) of `of` that there are. */
  readonly position?: { readonly index: number; readonly of: number };
  /** Which part of the calls it is for, where it is not all: '90 %', 'the copy'. */
  readonly part?: string | undefined;
  /** What was looked at before, in the order in which it was. */
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
  /** False: there is no host in it (503, flag UH). */
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
  /** The chain reads HTTP and the bytes are none: 400, flag DPE. */
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
