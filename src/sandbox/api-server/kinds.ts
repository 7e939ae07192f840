/**
 * The kinds that the sandbox serves, as data: what discovery says about them. Istio's come from their own table
 * (istio/kinds.ts). Source: kubernetes/pkg/registry/{core,apps,discovery}/rest for the built-in ones.
 * What a cluster has and nothing here acts on is in unmodelled-kinds.ts. Some of it can be read and not changed, as what
 * the installation of Istio made.
 */
import { EXTENSION_KINDS, istioKind } from '../../istio/kinds.ts';
import type { ResourceName } from '../rooms.ts';
import { UNMODELLED, type UnmodelledKind } from './unmodelled-kinds.ts';

export type Verb = 'create' | 'delete' | 'deletecollection' | 'get' | 'list' | 'patch' | 'update' | 'watch';

export interface Subresource {
  readonly name:
    | 'attach'
    | 'binding'
    | 'ephemeralcontainers'
    | 'eviction'
    | 'exec'
    | 'finalize'
    | 'log'
    | 'portforward'
    | 'proxy'
    | 'scale'
    | 'status'
    | 'token';
  readonly kind: string;
  /** If the subresource's kind is in another group. */
  readonly group?: string;
  readonly version?: string;
  readonly verbs: readonly Verb[];
}

export interface ServedKind {
  /** The key in the store. */
  readonly resource: ResourceName;
  readonly group: string;
  /** Preferred version first. */
  readonly versions: readonly string[];
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** A type that is compiled into kubectl, and merged strategically; the others are custom resources. */
  readonly builtIn: boolean;
  readonly verbs: readonly Verb[];
  readonly subresources: readonly Subresource[];
}

const ALL: readonly Verb[] = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'update',
  'watch',
];
/** Of custom resources, in the order in which a cluster lists them. */
const CUSTOM: readonly Verb[] = [
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'create',
  'update',
  'watch',
];
const READ: readonly Verb[] = ['get', 'list', 'watch'];
/** Of what nobody makes or deletes. */
const LASTING: readonly Verb[] = ['get', 'list', 'patch', 'update', 'watch'];
const CHANGE: readonly Verb[] = ['get', 'patch', 'update'];

interface Short {
  readonly versions?: readonly string[];
  readonly short?: readonly string[];
  readonly categories?: readonly string[];
  readonly namespaced?: false;
  readonly verbs?: readonly Verb[];
  readonly subresources?: readonly Subresource[];
}

function builtIn(group: string, kind: string, plural: string, more: Short = {}): ServedKind {
  return {
    resource: resourceName(group, plural),
    group,
    versions: more.versions ?? ['v1'],
    kind,
    plural,
    singular: kind.toLowerCase(),
    shortNames: more.short ?? [],
    categories: more.categories ?? [],
    namespaced: more.namespaced ?? true,
    builtIn: true,
    verbs: more.verbs ?? ALL,
    subresources: more.subresources ?? [],
  };
}

function istio(name: string): ServedKind {
  const { group, versions, kind, plural, shortNames } = istioKind(name);
  return {
    resource: `${plural}.${group}`,
    group,
    versions,
    kind,
    plural,
    singular: kind.toLowerCase(),
    shortNames,
    categories: ['istio-io', group.replaceAll('.', '-')],
    namespaced: true,
    builtIn: false,
    verbs: CUSTOM,
    subresources: [status(kind)],
  };
}

function unmodelled({ group, kind, plural, stored, status: has, ...more }: UnmodelledKind): ServedKind {
  const subresources = has ? [status(kind)] : [];
  return builtIn(group, kind, plural, { ...more, subresources, verbs: stored ? ALL : READ });
}

const status = (kind: string): Subresource => ({ name: 'status', kind, verbs: CHANGE });
/** Of any method (proxy.ts). */
const proxy = (kind: string): Subresource => ({
  ...{ name: 'proxy', kind, verbs: ['create', 'delete', 'get', 'patch', 'update'] },
});
const scale: Subresource = {
  name: 'scale',
  kind: 'Scale',
  group: 'autoscaling',
  version: 'v1',
  verbs: CHANGE,
};

const token: Subresource = {
  name: 'token',
  kind: 'TokenRequest',
  group: 'authentication.k8s.io',
  version: 'v1',
  verbs: ['create'],
};
const INSTALLED: Short = { categories: ['api-extensions'], namespaced: false, verbs: READ };

export const RBAC = 'rbac.authorization.k8s.io';
export const CRDS = 'customresourcedefinitions.apiextensions.k8s.io';

export const KINDS: readonly ServedKind[] = [
  builtIn('', 'Binding', 'bindings', { verbs: ['create'] }),
  builtIn('', 'ConfigMap', 'configmaps', { short: ['cm'] }),
  builtIn('', 'Endpoints', 'endpoints', { short: ['ep'] }),
  builtIn('', 'Event', 'events', { short: ['ev'] }),
  builtIn('', 'Namespace', 'namespaces', {
    short: ['ns'],
    namespaced: false,
    verbs: ALL.filter(verb => verb !== 'deletecollection'),
    subresources: [{ name: 'finalize', kind: 'Namespace', verbs: ['update'] }, status('Namespace')],
  }),
  builtIn('', 'Node', 'nodes', { short: ['no'], namespaced: false, verbs: LASTING }),
  builtIn('', 'Pod', 'pods', {
    short: ['po'],
    categories: ['all'],
    subresources: [
      { name: 'attach', kind: 'PodAttachOptions', verbs: ['create', 'get'] },
      { name: 'binding', kind: 'Binding', verbs: ['create'] },
      { name: 'ephemeralcontainers', kind: 'Pod', verbs: CHANGE },
      { name: 'eviction', kind: 'Eviction', group: 'policy', version: 'v1', verbs: ['create'] },
      { name: 'exec', kind: 'PodExecOptions', verbs: ['create', 'get'] },
      { name: 'log', kind: 'Pod', verbs: ['get'] },
      { name: 'portforward', kind: 'PodPortForwardOptions', verbs: ['create', 'get'] },
      proxy('PodProxyOptions'),
      status('Pod'),
    ],
  }),
  builtIn('', 'Secret', 'secrets'),
  builtIn('', 'ServiceAccount', 'serviceaccounts', { short: ['sa'], subresources: [token] }),
  builtIn('', 'Service', 'services', {
    short: ['svc'],
    categories: ['all'],
    subresources: [proxy('ServiceProxyOptions'), status('Service')],
  }),
  builtIn('apps', 'Deployment', 'deployments', {
    short: ['deploy'],
    categories: ['all'],
    subresources: [scale, status('Deployment')],
  }),
  // There are none: what asks for them, such as istioctl for ztunnel's, is told so.
  builtIn('apps', 'DaemonSet', 'daemonsets', { short: ['ds'], categories: ['all'], verbs: READ }),
  builtIn('apps', 'ReplicaSet', 'replicasets', {
    short: ['rs'],
    categories: ['all'],
    subresources: [scale, status('ReplicaSet')],
  }),
  builtIn('batch', 'CronJob', 'cronjobs', {
    short: ['cj'],
    categories: ['all'],
    subresources: [status('CronJob')],
  }),
  builtIn('batch', 'Job', 'jobs', { categories: ['all'], subresources: [status('Job')] }),
  builtIn('coordination.k8s.io', 'Lease', 'leases'),
  builtIn('discovery.k8s.io', 'EndpointSlice', 'endpointslices'),
  // The same objects as in the core group, in other words (events-v1.ts).
  { ...builtIn('events.k8s.io', 'Event', 'events', { short: ['ev'] }), resource: 'events' },
  ...UNMODELLED.map(unmodelled),
  builtIn(RBAC, 'ClusterRoleBinding', 'clusterrolebindings', { namespaced: false }),
  builtIn(RBAC, 'ClusterRole', 'clusterroles', { namespaced: false }),
  builtIn(RBAC, 'RoleBinding', 'rolebindings'),
  builtIn(RBAC, 'Role', 'roles'),
  ...['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration'].map(kind =>
    builtIn('admissionregistration.k8s.io', kind, `${kind.toLowerCase()}s`, INSTALLED),
  ),
  builtIn('apiextensions.k8s.io', 'CustomResourceDefinition', 'customresourcedefinitions', {
    ...INSTALLED,
    short: ['crd', 'crds'],
  }),
  // Istio's, in the order in which an API server lists them.
  ...[
    'DestinationRule',
    'Gateway',
    'ServiceEntry',
    'Sidecar',
    'VirtualService',
    'WorkloadEntry',
    'Telemetry',
    ...['WorkloadGroup', 'EnvoyFilter', 'ProxyConfig'],
    ...['PeerAuthentication', 'RequestAuthentication', 'AuthorizationPolicy'],
    ...EXTENSION_KINDS.map(({ kind }) => kind),
  ].map(istio),
];

const BY_PLURAL = new Map(KINDS.map(kind => [`${kind.group}/${kind.plural}`, kind]));

export function kindOf(group: string, version: string, plural: string): ServedKind | undefined {
  const kind = BY_PLURAL.get(`${group}/${plural}`);
  return kind?.versions.includes(version) ? kind : undefined;
}

const WHY = new Map(UNMODELLED.map(each => [`${each.group}/${each.plural}`, each.why]));

/** What a client is told that wants to change what it can only read here; null: it can change it. */
export function whyReadOnly({ group, plural, verbs }: ServedKind): string | null {
  if (verbs === LASTING) return ONE_NODE;
  if (verbs !== READ) return null;
  const why = WHY.get(`${group}/${plural}`);
  return `the sandbox's ${plural} can only be read${why === undefined ? '' : `: ${why}`}`;
}

const ONE_NODE = 'the sandbox has one node, and neither takes another nor gives it up';

/** 'pods', 'deployments.apps': what the store and a Status call a kind. */
export function resourceName(group: string, plural: string): ResourceName {
  return group === '' ? plural : `${plural}.${group}`;
}

/** 'v1', 'apps/v1'. */
export function groupVersion(group: string, version: string): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The groups with their versions, preferred version first; '' is the core group. */
export function groups(): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const { group, versions } of KINDS) if (!found.has(group)) found.set(group, versions);
  return found;
}
