/**
 * What is not compared, each with its reason; and differences that are known. A path is a configuration's, with
 * '[]' for any item of a list.
 */
export interface LeftOut {
  readonly path: RegExp;
  readonly reason: string;
}

/** Parts of a configuration that the sandbox does not write, or that a dump adds. */
export const LEFT_OUT: readonly LeftOut[] = [
  { path: /^\w+\.@type$/, reason: 'a dump names the type of each resource, istiod does not' },
  { path: /\baccess_log$/, reason: 'the sidecar of the sandbox always logs, in the format of Envoy' },
  { path: /\.tracing$/, reason: 'no traces are collected' },
  {
    path: /\[istio\.(metadata_exchange|alpn|stats)\]$/,
    reason: 'filters of Istio’s own that no call can tell',
  },
  { path: /^clusters\.filters$/, reason: 'holds istio.metadata_exchange alone' },
  { path: /\balpn_protocols$/, reason: 'depends on whether Envoy has Istio’s own filters' },
  { path: /\bfilter_metadata\.istio\.(services|workload)$/, reason: 'names for telemetry' },
  { path: /^endpoints\.policy$/, reason: 'written by the cache of EDS, not by the builder' },
  {
    path: /\[envoy\.filters\.network\.(mongo|mysql|redis)_proxy\]$/,
    reason: 'counts commands, and carries them as they are',
  },
];

/** Resources that are no client's own outbound side. */
export const INBOUND = /^(virtualInbound|inbound\|)|^InboundPassthrough|^agent$/;

/** Analyzers of istioctl that the sandbox has not, by code. */
export const CODES_LEFT_OUT: Readonly<Record<string, string>> = {
  IST0102: 'asks for injection of namespaces; the sandbox injects by its own list',
  IST0103: 'asks for a sidecar in each pod, which is in the world and not in a generated mesh',
  IST0118: 'tells a Service’s port names, which nobody changes in the sandbox',
};

export interface Known {
  /** Of a difference: its path, without the names in it. */
  readonly path: RegExp;
  readonly reason: string;
}

export const KNOWN: readonly Known[] = [];
