/**
 * The endpoints of one cluster, ready for Envoy: the assignment inside a DNS cluster, or what EDS sends.
 * Source: pilot/pkg/xds/endpoints/endpoint_builder.go (BuildClusterLoadAssignment, FromServiceEndpoints),
 * networking/core/loadbalancer/loadbalancer.go (ApplyToCluster).
 */
import type { ClusterLoadAssignment, LocalityLbEndpoints } from '../../envoy/config.ts';
import type { DestinationRuleSpec } from '../../istio/types.ts';
import { edsEndpoints, groupByLocality, mutualTlsCheck, subsetLabels } from './endpoints.ts';
import { applyLocality, type Client, type LocalitySetting, localitySetting } from './locality-lb.ts';
import type { MeshService } from './mesh-service.ts';
import { endpointsOnPort, type Registry } from './registry.ts';
import type { PlainPolicy } from './traffic-policy.ts';

export interface EndpointQuery {
  readonly cluster: string;
  readonly registry: Registry;
  readonly client: Client;
  readonly service: MeshService;
  readonly port: number;
  readonly rule: DestinationRuleSpec | undefined;
  readonly policy: PlainPolicy | undefined;
  /** '' for the service's own cluster. */
  readonly subset: string;
}

/** Undefined where nothing is selected: Istio then leaves the cluster out. */
export function dnsAssignment(query: EndpointQuery): ClusterLoadAssignment | undefined {
  const { registry, service, port, rule, subset, policy } = query;
  const selected = endpointsOnPort(registry, service, port, subsetLabels(rule, subset));
  if (selected.length === 0) return undefined;
  const groups = groupByLocality(selected, mutualTlsCheck(rule, subset, port));
  let setting = localitySetting(policy?.loadBalancer);
  // Of a DNS cluster's subsets Istio has no labels at this point: failoverPriority does nothing there.
  if (subset !== '' && setting?.failoverPriority?.length) setting = withoutPriorities(setting);
  const endpoints = applyLocality(groups, setting, query.client, policy?.outlierDetection !== undefined);
  return { cluster_name: query.cluster, endpoints };
}

function withoutPriorities(setting: LocalitySetting): LocalitySetting | undefined {
  const { failoverPriority: _, ...rest } = setting;
  return rest.failover?.length || rest.distribute ? rest : undefined;
}

/** Empty where nothing is selected: unlike a DNS cluster it exists, and answers 503 UH. */
export function edsAssignment(query: EndpointQuery): ClusterLoadAssignment {
  const { registry, service, port, rule, subset, policy } = query;
  const selected = edsEndpoints(
    registry,
    service,
    port,
    subsetLabels(rule, subset),
    policy?.outlierDetection?.minHealthPercent ?? 0,
  );
  const groups = groupByLocality(selected, mutualTlsCheck(rule, subset, port));
  const endpoints = applyLocality(
    groups,
    localitySetting(policy?.loadBalancer),
    query.client,
    policy?.outlierDetection !== undefined,
  );
  return {
    cluster_name: query.cluster,
    ...(endpoints.length > 0 && { endpoints: endpoints.map(asDumped) }),
    policy: { overprovisioning_factor: 140 },
  };
}

/** Envoy's dump tells each endpoint's health; EDS itself is silent about those that are well. */
function asDumped(group: LocalityLbEndpoints): LocalityLbEndpoints {
  if (group.lb_endpoints === undefined) return group;
  return { ...group, lb_endpoints: group.lb_endpoints.map(e => ({ health_status: 'HEALTHY', ...e })) };
}
