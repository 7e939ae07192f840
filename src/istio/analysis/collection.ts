/** What is analysed: all objects in a cluster that the analyzers read, by kind. */
import type { Resource } from '../resource.ts';
import type { DestinationRule, Service, ServiceEntry, Sidecar, VirtualService } from '../types.ts';

export interface AnalysedGatewaySpec {
  selector?: Record<string, string>;
  servers?: { hosts?: string[] }[];
}

export interface Collection {
  readonly serviceEntries: readonly ServiceEntry[];
  readonly destinationRules: readonly DestinationRule[];
  readonly virtualServices: readonly VirtualService[];
  readonly sidecars: readonly Sidecar[];
  readonly gateways: readonly Resource<AnalysedGatewaySpec>[];
  readonly workloadEntries: readonly Resource[];
  readonly services: readonly Service[];
  readonly pods: readonly Resource[];
}

/** Collects from a flat list; other kinds are skipped. Ordered by namespace and name, so that results are stable. */
export function collect(resources: readonly Resource[]): Collection {
  const sorted = [...resources].sort((a, b) => order(a).localeCompare(order(b)));
  const ofKind = (kind: string) => sorted.filter(each => each.kind === kind) as never[];
  return {
    serviceEntries: ofKind('ServiceEntry'),
    destinationRules: ofKind('DestinationRule'),
    virtualServices: ofKind('VirtualService'),
    sidecars: ofKind('Sidecar'),
    gateways: ofKind('Gateway'),
    workloadEntries: ofKind('WorkloadEntry'),
    services: ofKind('Service'),
    pods: ofKind('Pod'),
  };
}

const order = ({ metadata }: Resource) => `${metadata.namespace ?? ''}/${metadata.name}`;

export const namespaceOf = ({ metadata }: Resource) => metadata.namespace ?? '';
