/**
 * What is not compared, each with its reason; and differences that are known. A path is a configuration's, with
 * '[]' for any item of a list.
 */
import { overlaps } from '../../../src/istio/host.ts';
import type { Resource } from '../../../src/istio/resource.ts';
import type { ServiceEntrySpec } from '../../../src/istio/types.ts';
import type { Difference } from './compare.ts';
import type { Mesh } from './mesh.ts';

interface LeftOut {
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

/** Resources that are not part of any client's own outbound side. */
export const INBOUND = /^(virtualInbound|inbound\|)|^InboundPassthrough|^agent$/;

/** Analyzers of istioctl that the sandbox lacks, by code. */
export const CODES_LEFT_OUT: Readonly<Record<string, string>> = {
  IST0102: 'asks for injection of namespaces; the sandbox injects by its own list',
  IST0103: 'asks for a sidecar in each pod, which is in the world and not in a generated mesh',
  IST0118: 'tells the names of Services’ ports, which nobody changes in the sandbox',
  IST0150: 'the same, of an ExternalName Service',
};

export interface Known {
  /** Of a difference: its path, without the names in it. */
  readonly path: RegExp;
  /** Only in such meshes. */
  readonly when?: (mesh: Mesh, difference: Difference) => boolean;
  /** chance: istiod itself answers now one way, now another; purpose: the sandbox answers differently by design. */
  readonly why: 'chance' | 'purpose';
  readonly reason: string;
}

export const KNOWN: readonly Known[] = [
  {
    path: /^analysis IST0173$/,
    when: (mesh, { real }) => hasHostOf(mesh, ruleNamed(mesh, String(real))),
    why: 'purpose',
    reason:
      'istioctl looks for a subset among pods alone; the sandbox also among the endpoints of a ServiceEntry, which are what its subsets select',
  },
  {
    path: /^analysis IST01(01|12)$/,
    when: (mesh, { real, ours }) => sharesHost(mesh, /"([^":+]+)/.exec(String(real ?? ours))?.[1] ?? ''),
    why: 'chance',
    reason: 'of several ServiceEntries for a host istioctl takes one by the order of a Go map',
  },
  {
    path: /^(clusters|endpoints|listeners|routes)\b/,
    when: mesh => tied(mesh),
    why: 'chance',
    reason: 'ServiceEntries of one second, namespace and host: istiod takes one by the order of a Go map',
  },
  {
    path: /^endpoints\.endpoints\b/,
    when: mesh => JSON.stringify(mesh.objects).includes('"terminating":true'),
    why: 'chance',
    reason:
      'a fake cluster may hand the oracle an EndpointSlice before its Service, and then a pod that ends is one that is unwell',
  },
];

/** Which known difference it is, if any. */
export const knownAs = (mesh: Mesh, difference: Difference): Known | undefined =>
  KNOWN.find(({ path, when }) => path.test(difference.path) && (when?.(mesh, difference) ?? true));

const specOf = <T>({ spec }: Resource) => (spec ?? {}) as T;
const entries = ({ objects }: Mesh) => objects.filter(({ kind }) => kind === 'ServiceEntry');
const hostsOf = (entry: Resource) => specOf<ServiceEntrySpec>(entry).hosts ?? [];

/** 'Error IST0173 DestinationRule NAMESPACE/NAME: ...' */
function ruleNamed({ objects }: Mesh, text: string): string {
  const [, namespace, name] = /DestinationRule ([^/]+)\/([^:]+):/.exec(text) ?? [];
  const rule = objects.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  return rule === undefined ? '' : (specOf<{ host?: string }>(rule).host ?? '');
}

const hasHostOf = (mesh: Mesh, host: string) =>
  entries(mesh).some(entry => hostsOf(entry).some(each => overlaps(each, host)));

const sharesHost = (mesh: Mesh, host: string) =>
  entries(mesh)
    .flatMap(hostsOf)
    .filter(each => overlaps(each, host)).length > 1;

function tied(mesh: Mesh): boolean {
  const seen = new Set<string>();
  return entries(mesh).some(entry => {
    const { namespace, creationTimestamp } = entry.metadata;
    const keys = [...new Set(hostsOf(entry))].map(host => `${creationTimestamp} ${namespace} ${host}`);
    const again = keys.some(key => seen.has(key));
    for (const key of keys) seen.add(key);
    return again;
  });
}
