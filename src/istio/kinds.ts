/**
 * Istio's kinds as their CustomResourceDefinitions register them: names for discovery, columns for Tables.
 * Source: manifests/charts/base/files/crd-all.gen.yaml of istio/istio (1.31). Left out: kinds that this program
 * has no use for (EnvoyFilter, ProxyConfig, WorkloadGroup, WasmPlugin, the security group).
 */
import { ISTIO_NETWORKING } from '../resource.ts';

export const ISTIO_TELEMETRY = 'telemetry.istio.io';

/** A column of a server-side Table (`kubectl get`): additionalPrinterColumns of the CRD. */
interface PrinterColumn {
  readonly name: string;
  /** As the CRD has it, from the object's root: '.spec.hosts'. */
  readonly jsonPath: string;
  readonly type: 'string' | 'date' | 'integer';
  readonly description: string;
}

export interface IstioKind {
  readonly group: string;
  /** Every version is served and holds the same schema; in the order of discovery, the preferred one first. */
  readonly versions: readonly string[];
  /** The version objects are stored in; it shows in `generation` and nowhere else here. */
  readonly storageVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** All of them are namespaced and have the subresource `status`. */
  readonly namespaced: true;
  /** Without the leading NAME. Empty: Kubernetes then shows NAME and AGE. */
  readonly columns: readonly PrinterColumn[];
}

const AGE_TEXT =
  'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC. Populated by the system. Read-only. Null for lists. More info: https://git.k8s.io/community/contributors/devel/api-conventions.md#metadata';

const AGE: PrinterColumn = {
  name: 'Age',
  jsonPath: '.metadata.creationTimestamp',
  type: 'date',
  description: AGE_TEXT,
};

const column = (name: string, jsonPath: string, description: string): PrinterColumn => ({
  name,
  jsonPath,
  type: 'string',
  description,
});

function networking(
  kind: string,
  plural: string,
  shortNames: readonly string[],
  columns: readonly PrinterColumn[],
): IstioKind {
  return {
    group: ISTIO_NETWORKING,
    versions: ['v1', 'v1beta1', 'v1alpha3'],
    storageVersion: 'v1',
    kind,
    plural,
    singular: kind.toLowerCase(),
    shortNames,
    categories: ['istio-io', 'networking-istio-io'],
    namespaced: true,
    columns,
  };
}

export const ISTIO_KINDS: readonly IstioKind[] = [
  networking(
    'DestinationRule',
    'destinationrules',
    ['dr'],
    [column('Host', '.spec.host', 'The name of a service from the service registry'), AGE],
  ),
  networking('Gateway', 'gateways', ['gw'], []),
  networking(
    'ServiceEntry',
    'serviceentries',
    ['se'],
    [
      column('Hosts', '.spec.hosts', 'The hosts associated with the ServiceEntry'),
      column(
        'Location',
        '.spec.location',
        'Whether the service is external to the mesh or part of the mesh (MESH_EXTERNAL or MESH_INTERNAL)',
      ),
      column(
        'Resolution',
        '.spec.resolution',
        'Service resolution mode for the hosts (NONE, STATIC, or DNS)',
      ),
      AGE,
    ],
  ),
  networking('Sidecar', 'sidecars', [], []),
  networking(
    'VirtualService',
    'virtualservices',
    ['vs'],
    [
      column(
        'Gateways',
        '.spec.gateways',
        'The names of gateways and sidecars that should apply these routes',
      ),
      column('Hosts', '.spec.hosts', 'The destination hosts to which traffic is being sent'),
      AGE,
    ],
  ),
  networking(
    'WorkloadEntry',
    'workloadentries',
    ['we'],
    [AGE, column('Address', '.spec.address', 'Address associated with the network endpoint.')],
  ),
  {
    group: ISTIO_TELEMETRY,
    versions: ['v1', 'v1alpha1'],
    storageVersion: 'v1alpha1',
    kind: 'Telemetry',
    plural: 'telemetries',
    singular: 'telemetry',
    shortNames: ['telemetry'],
    categories: ['istio-io', 'telemetry-istio-io'],
    namespaced: true,
    columns: [AGE],
  },
];

/** The kind that an apiVersion ('networking.istio.io/v1') and kind name, or undefined. */
export function istioKind(apiVersion: string, kind: string): IstioKind | undefined {
  const [group, version] = apiVersion.split('/');
  return ISTIO_KINDS.find(k => k.kind === kind && k.group === group && k.versions.includes(version ?? ''));
}
