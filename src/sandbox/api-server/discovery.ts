/**
 * What the server says about itself: version, groups, kinds. What clients get that ask for all of it at once is in
 * aggregated-discovery.ts.
 */
import { groups, groupVersion, KINDS, type ServedKind } from './kinds.ts';

/** The version of Kubernetes that the API behaves like. The suffix says what it really is. */
const VERSION = {
  major: '1',
  minor: '34',
  emulationMajor: '1',
  emulationMinor: '34',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '33',
  gitVersion: 'v1.34.4+istio-tutor-sandbox',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: 'node',
  platform: `${process.platform}/${process.arch}`,
};

/** Groups without stored kinds: reviews are answered and never kept. */
const REVIEWS: Readonly<Record<string, readonly { plural: string; kind: string; namespaced?: true }[]>> = {
  'authentication.k8s.io': [
    { plural: 'selfsubjectreviews', kind: 'SelfSubjectReview' },
    { plural: 'tokenreviews', kind: 'TokenReview' },
  ],
  'authorization.k8s.io': [
    { plural: 'localsubjectaccessreviews', kind: 'LocalSubjectAccessReview', namespaced: true },
    { plural: 'selfsubjectaccessreviews', kind: 'SelfSubjectAccessReview' },
    { plural: 'selfsubjectrulesreviews', kind: 'SelfSubjectRulesReview' },
    { plural: 'subjectaccessreviews', kind: 'SubjectAccessReview' },
  ],
};

/** The document at a discovery path; undefined if the path is not one. */
export function discovery(path: string): object | undefined {
  const [root, group, version, ...more] = path.replace(/\/$/, '').split('/').slice(1);
  if (more.length > 0) return undefined;
  if (root === 'version' && group === undefined) return VERSION;
  if (root === undefined || root === '') return { paths: allPaths() };
  if (root === 'api' && group === undefined) {
    return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs: [] };
  }
  if (root === 'api' && version === undefined) return resourceList('', group ?? '');
  if (root !== 'apis') return undefined;
  const served = groupsWithVersions();
  if (group === undefined) {
    return {
      kind: 'APIGroupList',
      apiVersion: 'v1',
      groups: served.map(([name, all]) => groupOf(name, all)),
    };
  }
  const versions = served.find(([name]) => name === group)?.[1];
  if (versions === undefined) return undefined;
  return version === undefined
    ? { kind: 'APIGroup', apiVersion: 'v1', ...groupOf(group, versions) }
    : resourceList(group, version);
}

/** By priority, as kube-apiserver lists them; Istio's come last. Source: cmd/kube-apiserver/app/aggregator.go */
const ORDER = [
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'networking.istio.io',
  'security.istio.io',
  'telemetry.istio.io',
  'extensions.istio.io',
];

/** All named groups with their versions, preferred version first; the core group has no name. */
export function groupsWithVersions(): (readonly [string, readonly string[]])[] {
  const reviews = Object.keys(REVIEWS).map(group => [group, ['v1']] as const);
  const all = [...[...groups()].filter(([group]) => group !== ''), ...reviews];
  return all.sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b));
}

function groupOf(name: string, versions: readonly string[]) {
  const entries = versions.map(version => ({ groupVersion: `${name}/${version}`, version }));
  return { name, versions: entries, preferredVersion: entries[0] };
}

function resourceList(group: string, version: string): object | undefined {
  const resources = resourcesOf(group, version);
  if (resources.length === 0) return undefined;
  return {
    kind: 'APIResourceList',
    apiVersion: 'v1',
    groupVersion: groupVersion(group, version),
    resources,
  };
}

/** Source: apimachinery/pkg/apis/meta/v1/types.go (APIResource) */
export interface DiscoveredResource {
  /** The plural; of a subresource 'pods/log'. */
  readonly name: string;
  readonly singularName: string;
  readonly namespaced: boolean;
  /** If they are not the list's own. */
  readonly group?: string;
  readonly version?: string;
  readonly kind: string;
  readonly verbs: readonly string[];
  readonly shortNames?: readonly string[];
  readonly categories?: readonly string[];
}

/** Empty for a group or a version that is not served. */
export function resourcesOf(group: string, version: string): DiscoveredResource[] {
  const kinds = KINDS.filter(kind => kind.group === group && kind.versions.includes(version));
  const reviews = version === 'v1' ? (REVIEWS[group] ?? []) : [];
  return [
    ...kinds.flatMap(resourceEntries),
    ...reviews.map(({ plural, kind, namespaced = false }) => ({
      name: plural,
      singularName: kind.toLowerCase(),
      namespaced,
      kind,
      verbs: ['create'],
    })),
  ];
}

function resourceEntries(kind: ServedKind): DiscoveredResource[] {
  const { plural, singular, namespaced, verbs, shortNames, categories } = kind;
  return [
    {
      name: plural,
      singularName: singular,
      namespaced,
      kind: kind.kind,
      verbs,
      ...(shortNames.length > 0 ? { shortNames } : {}),
      ...(categories.length > 0 ? { categories } : {}),
    },
    ...kind.subresources.map(({ name, kind: of, group, version, verbs: allowed }) => ({
      name: `${plural}/${name}`,
      singularName: '',
      namespaced,
      ...(group === undefined ? {} : { group, version }),
      kind: of,
      verbs: allowed,
    })),
  ];
}

function allPaths(): string[] {
  const named = groupsWithVersions().flatMap(([group, versions]) => [
    `/apis/${group}`,
    ...versions.map(version => `/apis/${group}/${version}`),
  ]);
  return ['/api', '/api/v1', '/apis', ...named, '/healthz', '/livez', '/openapi/v3', '/readyz', '/version'];
}
