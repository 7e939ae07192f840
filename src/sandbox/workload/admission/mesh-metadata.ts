/**
 * Annotations and labels that control a mesh and its pods and that the sandbox does not act on: they give Warnings,
 * like fields (istio/modelled.ts). These tables are the only place that lists them. What is not in them is modelled, or
 * has no effect on a real mesh's traffic. Source: istio.io/api/{annotation,label}, pkg/kube/inject, cni/pkg.
 */
import { NOT_MODELLED } from '../../../istio/modelled.ts';
import type { Metadata, Resource } from '../../../istio/resource.ts';
import { parseYamlNow } from '../../lazy-yaml.ts';
import type { Admission } from '../../rooms.ts';
import { CAPTURE } from '../capture.ts';
import { DEPLOYMENTS, type Pod, type PodTemplate, REPLICA_SETS } from '../kube-types.ts';
import { wantsSidecar } from './injection.ts';

const PROXY_CONFIG = 'proxy.istio.io/config';

/** Whether a value has an effect that the sandbox does not model. */
type Matters = (value: string) => boolean;
type Table = ReadonlyMap<string, Matters>;

const always: Matters = () => true;
const isNot =
  (...values: string[]): Matters =>
  value =>
    !values.includes(value);

const table = (names: readonly string[], rest: Readonly<Record<string, Matters>> = {}): Table =>
  new Map([...names.map(name => [name, always] as const), ...Object.entries(rest)]);

/** For pods that get a sidecar. */
const SIDECAR_ANNOTATIONS = table(
  [
    'inject.istio.io/templates',
    'istio.io/reroute-virtual-interfaces',
    'proxy.istio.io/overrides',
    ...['applicationPorts', 'failureThreshold', 'initialDelaySeconds', 'periodSeconds'].map(
      name => `readiness.status.sidecar.istio.io/${name}`,
    ),
    ...['agentLogLevel', 'bootstrapOverride', 'componentLogLevel', 'discoveryAddress', 'extraStatTags'].map(
      name => `sidecar.istio.io/${name}`,
    ),
    ...['logLevel', 'proxyImage', 'proxyImageType', 'statsCompression', 'statsEvictionInterval'].map(
      name => `sidecar.istio.io/${name}`,
    ),
    ...['statsFlushInterval', 'statsHistogramBins', 'statsHistogramBuckets'].map(
      name => `sidecar.istio.io/${name}`,
    ),
    ...['statsInclusionPrefixes', 'statsInclusionRegexps', 'statsInclusionSuffixes'].map(
      name => `sidecar.istio.io/${name}`,
    ),
    ...['excludeInboundPorts', 'excludeInterfaces', 'includeInboundPorts', 'kubevirtInterfaces'].map(
      name => `${CAPTURE}${name}`,
    ),
  ],
  {
    // istio-init fails if this is not a list of ports.
    [`${CAPTURE}includeOutboundPorts`]: value => !/^\s*(\d+\s*(,\s*\d+\s*)*)?$/.test(value),
    'prometheus.istio.io/merge-metrics': isNot('true'),
    'sidecar.istio.io/nativeSidecar': isNot('true'),
    'sidecar.istio.io/rewriteAppHTTPProbers': isNot('true'),
    'status.sidecar.istio.io/port': isNot('15020'),
  },
);

const AMBIENT_LABELS = table(
  ['istio.io/use-waypoint', 'istio.io/use-waypoint-namespace', 'topology.istio.io/network'],
  {
    'istio.io/dataplane-mode': isNot('none'),
  },
);

/** Pod security for a namespace is Kubernetes' own, and may keep istio-init out. */
const NAMESPACE_LABELS = new Map([
  ...AMBIENT_LABELS,
  ...['enforce', 'warn'].map(mode => [`pod-security.kubernetes.io/${mode}`, isNot('privileged')] as const),
]);

const SERVICE_LABELS = table([...AMBIENT_LABELS.keys(), 'istio.io/ingress-use-waypoint']);
const SERVICE_ANNOTATIONS = table([
  'alpha.istio.io/canonical-serviceaccounts',
  'alpha.istio.io/kubernetes-serviceaccounts',
  'networking.istio.io/traffic-distribution',
  'traffic.istio.io/nodeSelector',
]);

const NOTHING: Table = new Map();

/** `labelsOf` returns a namespace's labels. */
export function meshMetadataAdmission(
  labelsOf: (namespace: string) => Readonly<Record<string, string>>,
): Admission {
  return ({ operation, resource, object }) => {
    if (operation === 'DELETE') return {};
    // An existing pod keeps the sidecar that it was created with.
    const injects = resource !== 'pods' || operation === 'CREATE';
    const warnings = warningsOf(resource, object, namespace => (injects ? labelsOf(namespace) : {}));
    return warnings.length > 0 ? { warnings } : {};
  };
}

function warningsOf(
  resource: string,
  object: Resource,
  labelsOf: (namespace: string) => Readonly<Record<string, string>>,
): string[] {
  const { metadata } = object;
  if (resource === 'namespaces') return found(metadata, 'metadata', NOTHING, NAMESPACE_LABELS);
  if (resource === 'services') return found(metadata, 'metadata', SERVICE_ANNOTATIONS, SERVICE_LABELS);
  const isTemplate = resource === DEPLOYMENTS || resource === REPLICA_SETS;
  if (resource !== 'pods' && !isTemplate) return [];
  const template = isTemplate ? (object.spec as { template: PodTemplate }).template : (object as Pod);
  const namespace = metadata.namespace ?? '';
  const pod = { metadata: { name: '', ...template.metadata }, spec: template.spec };
  const path = isTemplate ? 'spec.template.metadata' : 'metadata';
  if (!wantsSidecar(namespace, labelsOf(namespace), pod)) {
    return found(pod.metadata, path, NOTHING, AMBIENT_LABELS);
  }
  return [
    ...found(pod.metadata, path, SIDECAR_ANNOTATIONS, AMBIENT_LABELS),
    ...proxyConfigWarnings(pod.metadata.annotations?.[PROXY_CONFIG], path),
  ];
}

function found(metadata: Metadata, path: string, annotations: Table, labels: Table): string[] {
  const among = (field: 'annotations' | 'labels', known: Table) =>
    Object.entries(metadata[field] ?? {}).flatMap(([name, value]) =>
      known.get(name)?.(value) ? [`${path}.${field}[${name}]: ${NOT_MODELLED}`] : [],
    );
  return [...among('annotations', annotations), ...among('labels', labels)];
}

/**
 * Settings in a ProxyConfig that describe this sidecar as it already is: two workers, and nothing to drain or to wait
 * for.
 */
const AS_IT_IS: Readonly<Record<string, (value: unknown) => boolean>> = {
  concurrency: value => value === 2,
  fileFlushInterval: () => true,
  holdApplicationUntilProxyStarts: () => true,
  interceptionMode: value => value === 'REDIRECT',
  terminationDrainDuration: () => true,
};

/** The world's own annotation, which every sandbox has, needs no parser. */
const PLAIN =
  /^((concurrency: 2|(terminationDrainDuration|fileFlushInterval): [\d.]+m?s|holdApplicationUntilProxyStarts: (true|false))\n?)*$/;

function proxyConfigWarnings(text: string | undefined, path: string): string[] {
  if (text === undefined || PLAIN.test(text)) return [];
  const where = `${path}.annotations[${PROXY_CONFIG}]`;
  try {
    const keys = Object.entries((parseYamlNow(text) ?? {}) as Record<string, unknown>);
    return keys
      .filter(([key, value]) => !(Object.hasOwn(AS_IT_IS, key) && AS_IT_IS[key]?.(value)))
      .map(([key]) => `${where}.${key}: ${NOT_MODELLED}`);
  } catch {
    return [`${where}: is not valid YAML; Istio refuses the pod`];
  }
}
