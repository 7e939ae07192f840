/**
 * Istio's kinds as their CustomResourceDefinitions register them: the one table used by discovery, Tables, lessons,
 * analysis and apply. Source: manifests/charts/base/files/crd-all.gen.yaml of istio/istio (1.31).
 * The kinds of extensions.istio.io are apart: Istio 1.28 has only some of them, so no reset may ask for them.
 */
import { ISTIO_NETWORKING } from './resource.ts';

export const ISTIO_TELEMETRY = 'telemetry.istio.io';
const ISTIO_SECURITY = 'security.istio.io';
const ISTIO_EXTENSIONS = 'extensions.istio.io';

/** A column of a server-side Table (`kubectl get`): the CRD's name for it, and its path from the object's root. */
export type PrinterColumn = readonly [name: string, path: string];

export interface IstioKind {
  readonly kind: string;
  readonly group: string;
  /** All are served and have the same schema; preferred version first. */
  readonly versions: readonly string[];
  /** As in the URL, and as kubectl accepts it. */
  readonly plural: string;
  readonly shortNames: readonly string[];
  /** Without the leading NAME. If empty, Kubernetes shows NAME and AGE. */
  readonly columns: readonly PrinterColumn[];
}

const AGE: PrinterColumn = ['Age', 'metadata.creationTimestamp'];

interface Registered {
  readonly short?: string | undefined;
  readonly columns?: readonly PrinterColumn[] | undefined;
  readonly versions?: readonly string[] | undefined;
  readonly plural?: string | undefined;
}

function networking(kind: string, { short, columns = [], versions, plural }: Registered = {}): IstioKind {
  return {
    kind,
    group: ISTIO_NETWORKING,
    versions: versions ?? ['v1', 'v1beta1', 'v1alpha3'],
    plural: plural ?? `${kind.toLowerCase()}s`,
    shortNames: short === undefined ? [] : [short],
    columns,
  };
}

function security(kind: string, { short, columns = [], plural }: Registered = {}): IstioKind {
  return {
    ...networking(kind, { short, columns, plural, versions: ['v1', 'v1beta1'] }),
    group: ISTIO_SECURITY,
  };
}

export const ISTIO_KINDS: readonly IstioKind[] = [
  networking('ServiceEntry', {
    short: 'se',
    plural: 'serviceentries',
    columns: [['Hosts', 'spec.hosts'], ['Location', 'spec.location'], ['Resolution', 'spec.resolution'], AGE],
  }),
  networking('DestinationRule', { short: 'dr', columns: [['Host', 'spec.host'], AGE] }),
  networking('VirtualService', {
    short: 'vs',
    columns: [['Gateways', 'spec.gateways'], ['Hosts', 'spec.hosts'], AGE],
  }),
  networking('Sidecar'),
  networking('Gateway', { short: 'gw' }),
  networking('WorkloadEntry', {
    short: 'we',
    plural: 'workloadentries',
    columns: [AGE, ['Address', 'spec.address']],
  }),
  networking('WorkloadGroup', { short: 'wg', columns: [AGE] }),
  networking('EnvoyFilter', { versions: ['v1alpha3'] }),
  networking('ProxyConfig', { versions: ['v1beta1'] }),
  security('PeerAuthentication', { short: 'pa', columns: [['Mode', 'spec.mtls.mode'], AGE] }),
  security('RequestAuthentication', { short: 'ra' }),
  security('AuthorizationPolicy', {
    short: 'ap',
    plural: 'authorizationpolicies',
    columns: [['Action', 'spec.action'], AGE],
  }),
  {
    kind: 'Telemetry',
    group: ISTIO_TELEMETRY,
    versions: ['v1', 'v1alpha1'],
    plural: 'telemetries',
    shortNames: ['telemetry'],
    columns: [AGE],
  },
];

/** What extends Envoy by foreign code. */
export const EXTENSION_KINDS: readonly IstioKind[] = ['WasmPlugin', 'TrafficExtension'].map(kind => ({
  ...networking(kind, { versions: ['v1alpha1'], columns: [AGE] }),
  group: ISTIO_EXTENSIONS,
}));

/** The kind with this name; each is in only one group. Throws RangeError for a name that is not one of Istio's. */
export function istioKind(name: string): IstioKind {
  const found = [...ISTIO_KINDS, ...EXTENSION_KINDS].find(({ kind }) => kind === name);
  if (found === undefined) throw new RangeError(`Istio has no kind ${name}.`);
  return found;
}

/** The preferred version, with its group: 'networking.istio.io/v1'. */
export function apiVersionOf({ group, versions }: IstioKind): string {
  return `${group}/${versions[0]}`;
}
