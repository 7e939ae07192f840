/**
 * How lists are merged: replaced as a whole unless listed here. Sources: the patchStrategy and patchMergeKey tags of
 * k8s.io/api's types; for Istio's kinds x-kubernetes-list-type in its CRDs.
 */

/** The keys of a list's elements; [] for a set of plain values; null for a list that is replaced as a whole. */
export type ListKeys = readonly string[] | null;

const KEYED: Readonly<Record<string, string>> = {
  addresses: 'type',
  conditions: 'type',
  containers: 'name',
  env: 'name',
  ephemeralContainers: 'name',
  hostAliases: 'ip',
  hostIPs: 'ip',
  imagePullSecrets: 'name',
  initContainers: 'name',
  ownerReferences: 'uid',
  podIPs: 'ip',
  resourceClaims: 'name',
  schedulingGates: 'name',
  secrets: 'name',
  topologySpreadConstraints: 'topologyKey',
  volumeDevices: 'devicePath',
  volumeMounts: 'mountPath',
  volumes: 'name',
};

/** Endpoints and EndpointSlices have lists of the same names, but theirs are replaced as a whole. */
const WHOLE = /^(subsets|endpoints)\b/;

const CONTAINERS = new Set(['containers', 'initContainers', 'ephemeralContainers']);

/** For strategic merge patch; `path` has no indices: ['spec', 'template', 'spec', 'containers', 'ports']. */
export function strategicKey(path: readonly string[]): ListKeys {
  const name = path.at(-1) ?? '';
  if (WHOLE.test(path.join('.'))) return null;
  if (path.join('.') === 'metadata.finalizers') return [];
  if (name === 'ports') {
    if (CONTAINERS.has(path.at(-2) ?? '')) return ['containerPort'];
    return path.join('.') === 'spec.ports' ? ['port'] : null;
  }
  const key = Object.hasOwn(KEYED, name) ? KEYED[name] : undefined;
  return key === undefined ? null : [key];
}

/** For server-side apply: the same, but a port's protocol is part of its key. */
export function applyKeys(path: readonly string[], builtIn: boolean, kind: string): ListKeys {
  if (path[0] === 'metadata' || builtIn) {
    const keys = strategicKey(path);
    return keys !== null && path.at(-1) === 'ports' ? [...keys, 'protocol'] : keys;
  }
  return kind === 'ServiceEntry' && path.join('.') === 'spec.ports' ? ['name'] : null;
}
