/**
 * The endpoints of one cluster, ready for Envoy: the assignment inside a DNS cluster, or what EDS sends.
 * Source: pilot/pkg/xds/endpoints/endpoint_builder.go (BuildClusterLoadAssignment, FromServiceEndpoints),
 * networking/core/loadbalancer/loadbalancer.go (ApplyToCluster).
 */
import type { ClusterLoadAssignment, LocalityLbEndpoints } from '../../envoy/config.ts';
import type { DestinationRuleSpec, LoadBalancerSettings } from '../../istio/types.ts';
import {
  edsEndpoints,
  groupByLocality,
  type LocalityGroup,
  mutualTlsCheck,
  subsetLabels,
} from './endpoints.ts';
import { applyLocality, applyZoneAware, type Client, localitySetting } from './locality-lb.ts';
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

/** Undefined if nothing is selected: Istio then leaves the cluster out. */
export function dnsAssignment(query: EndpointQuery): ClusterLoadAssignment | undefined {
  const { registry, service, port, rule, subset } = query;
  const selected = endpointsOnPort(registry, service, port, subsetLabels(rule, subset));
  if (selected.length === 0) return undefined;
  const groups = groupByLocality(selected, mutualTlsCheck(rule, subset, port));
  // For subsets of a DNS cluster Istio has no labels at this point, so failoverPriority has no effect there.
  const endpoints = placed(groups, query, subset === '' ? lb => lb : withoutPriorities);
  return { cluster_name: query.cluster, endpoints };
}

function withoutPriorities(lb: LoadBalancerSettings | undefined): LoadBalancerSettings | undefined {
  const { localityLbSetting: setting, zoneAwareLbSetting: zones } = lb ?? {};
  if (zones?.failoverPriority?.length) return { zoneAwareLbSetting: { ...zones, failoverPriority: [] } };
  if (zones || !setting?.failoverPriority?.length) return lb;
  const { failoverPriority: _, ...rest } = setting;
  const says = rest.failover?.length || rest.distribute;
  return { localityLbSetting: says ? rest : { enabled: false } };
}

function placed(
  groups: readonly LocalityGroup[],
  { client, policy }: EndpointQuery,
  changed = (lb: LoadBalancerSettings | undefined) => lb,
): LocalityLbEndpoints[] {
  const lb = changed(policy?.loadBalancer);
  if (lb?.zoneAwareLbSetting) return applyZoneAware(groups, lb.zoneAwareLbSetting, client);
  return applyLocality(groups, localitySetting(lb), client, policy?.outlierDetection !== undefined);
}

/** Empty if nothing is selected: unlike a DNS cluster it exists, and answers 503 UH. */
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
  const endpoints = placed(groups, query);
  return {
    cluster_name: query.cluster,
    ...(endpoints.length > 0 && { endpoints: endpoints.map(asDumped) }),
    policy: { overprovisioning_factor: 140 },
  };
}

/** Envoy's dump shows each endpoint's health; EDS itself says nothing about healthy ones. */
function asDumped(group: LocalityLbEndpoints): LocalityLbEndpoints {
  if (group.lb_endpoints === undefined) return group;
  return { ...group, lb_endpoints: group.lb_endpoints.map(e => ({ health_status: 'HEALTHY', ...e })) };
}
