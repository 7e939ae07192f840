/**
 * What one sidecar gets to see: the Sidecar resource in force, its egress listeners, and for each the services and
 * VirtualServices that it imports. Without a Sidecar that is everything others export.
 * Source: pilot/pkg/model/sidecar.go, push_context.go (initSidecarScopes, getSidecarScope).
 * Left out: Sidecar ingress, which is the inbound side.
 */
import { sidecarInForce } from '../../istio/sidecar-in-force.ts';
import type { Destination, SidecarSpec } from '../../istio/types.ts';
import {
  indexDestinationRules,
  type MergedRule,
  ruleForProxy,
  rulesForService,
} from './destination-rules.ts';
import { type EgressListener, importEgressListener } from './egress-listener.ts';
import type { MeshService } from './mesh-service.ts';
import type { Registry } from './registry.ts';
import { ScopeServices } from './scope-services.ts';
import type { MeshConfig, ProxyIdentity, Snapshot } from './snapshot.ts';
import { meshVirtualServices } from './virtual-services.ts';

export interface SidecarScope {
  readonly egressListeners: readonly EgressListener[];
  /**
   * Over all listeners, one per host, including those that only VirtualServices point at: the clusters are made from
   * these.
   */
  readonly services: readonly MeshService[];
  service(host: string): MeshService | undefined;
  /** The DestinationRule in force for a host of these services. */
  destinationRule(host: string): MergedRule | undefined;
  readonly allowAny: boolean;
  /** Where unknown traffic is sent instead of its destination. */
  readonly egressProxy: Destination | undefined;
}

export function buildSidecarScope(
  snapshot: Snapshot,
  registry: Registry,
  proxy: ProxyIdentity,
  mesh: MeshConfig,
): SidecarScope {
  const sidecar = sidecarInForce(snapshot.sidecars, proxy, mesh.rootNamespace)?.spec ?? {};
  const virtualServices = meshVirtualServices(snapshot.virtualServices, proxy.namespace, mesh);
  const egress = sidecar.egress?.length ? sidecar.egress : [{ hosts: ['*/*'] }];
  const egressListeners = egress.map(listener =>
    importEgressListener(listener, registry, virtualServices, proxy.namespace),
  );

  const services = new ScopeServices();
  for (const listener of egressListeners) {
    for (const service of listener.services) services.add(service);
    services.addDestinations(listener, registry, proxy.namespace);
  }

  const index = indexDestinationRules(snapshot.destinationRules, mesh);
  const rules = new Map<string, MergedRule | undefined>();
  for (const service of services.list) {
    rules.set(service.host, ruleForProxy(rulesForService(index, service, proxy.namespace, mesh), proxy));
  }
  return {
    egressListeners,
    services: services.list,
    service: host => services.get(host),
    destinationRule: host => rules.get(host),
    ...outboundPolicy(sidecar, mesh),
  };
}

/** An outboundTrafficPolicy without a mode is REGISTRY_ONLY, the enum's zero value. */
function outboundPolicy(
  sidecar: SidecarSpec,
  mesh: MeshConfig,
): Pick<SidecarScope, 'allowAny' | 'egressProxy'> {
  const policy = sidecar.outboundTrafficPolicy;
  const mode = policy === undefined ? mesh.outboundTrafficPolicy : (policy.mode ?? 'REGISTRY_ONLY');
  return { allowAny: mode === 'ALLOW_ANY', egressProxy: policy?.egressProxy };
}
