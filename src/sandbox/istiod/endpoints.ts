/**
 * Endpoints as Envoy gets them: grouped by locality, with weights; over EDS for Kubernetes Services and STATIC entries,
 * inside the cluster for DNS.
 * Source: pilot/pkg/xds/endpoints/endpoint_builder.go. A pod that is not ready is sent as UNHEALTHY, as in Istio.
 * Left out: networks, tunnels (HBONE), draining for persistent sessions.
 */
import { isIP } from 'node:net';
import type { LbEndpoint, LocalityLbEndpoints } from '../../envoy/config.ts';
import { endpointAddress, isSocketPath } from '../../envoy/endpoint-address.ts';
import { compareText } from '../../istio/age.ts';
import { selects } from '../../istio/labels.ts';
import type { DestinationRuleSpec } from '../../istio/types.ts';
import { type Endpoint, type MeshService, portOf } from './mesh-service.ts';
import type { Registry } from './registry.ts';

/** Endpoints of one locality, in both forms: priorities depend on labels, which Envoy does not get. */
export interface LocalityGroup {
  readonly endpoints: readonly Endpoint[];
  readonly lb: LocalityLbEndpoints;
}

export function groupByLocality(
  endpoints: readonly Endpoint[],
  mutualTls: (e: Endpoint) => boolean,
): LocalityGroup[] {
  const groups = new Map<string, Endpoint[]>();
  for (const endpoint of endpoints) {
    const group = groups.get(endpoint.locality);
    if (group === undefined) groups.set(endpoint.locality, [endpoint]);
    else group.push(endpoint);
  }
  return [...groups.keys()].sort(compareText).map(locality => {
    const group = groups.get(locality) ?? [];
    return {
      endpoints: group,
      lb: {
        locality: envoyLocality(locality),
        lb_endpoints: group.map(e => lbEndpoint(e, mutualTls(e))),
        load_balancing_weight: group.reduce((sum, e) => sum + e.weight, 0),
      },
    };
  });
}

export function envoyLocality(locality: string): NonNullable<LocalityLbEndpoints['locality']> {
  const [region = '', zone = '', sub_zone = ''] = locality.split('/');
  return { ...(region && { region }), ...(zone && { zone }), ...(sub_zone && { sub_zone }) };
}

function lbEndpoint(endpoint: Endpoint, mutualTls: boolean): LbEndpoint {
  return {
    endpoint: {
      address: endpointAddress(endpoint.address, endpoint.port),
    },
    ...(endpoint.health === 'unready' && { health_status: 'UNHEALTHY' }),
    metadata: mutualTls ? { filter_metadata: { 'envoy.transport_socket_match': { tlsMode: 'istio' } } } : {},
    load_balancing_weight: endpoint.weight,
  };
}

/** Labels of a subset; undefined for no subset, which selects all endpoints. */
export const subsetLabels = (
  rule: DestinationRuleSpec | undefined,
  subset: string,
): Readonly<Record<string, string>> | undefined =>
  subset === '' ? undefined : rule?.subsets?.find(s => s.name === subset)?.labels;

/**
 * What EDS sends for a port of a service. Endpoints belong to the port by its name; endpoints whose names would have to
 * be resolved are left out.
 */
export function edsEndpoints(
  registry: Registry,
  service: MeshService,
  port: number,
  labels: Readonly<Record<string, string>> | undefined,
  minHealthPercent: number,
): Endpoint[] {
  const name = portOf(service, port)?.name;
  return registry.endpoints(service).filter(
    e =>
      e.portName === name &&
      (isIP(e.address) !== 0 || isSocketPath(e.address)) &&
      selects(labels, e.labels) &&
      // With a panic threshold Envoy would send traffic to pods that are not ready.
      (e.health === 'ready' || (e.health === 'unready' && minHealthPercent <= 0)),
  );
}

/**
 * Whether the sidecar may use mutual TLS to an endpoint: yes for one that has a sidecar, unless the DestinationRule
 * sets another mode. Istio also looks at PeerAuthentication; here there is none.
 * Source: pilot/pkg/xds/endpoints/mtls_checker.go, endpoint_builder.go (buildEnvoyLbEndpoint).
 */
export function mutualTlsCheck(
  rule: DestinationRuleSpec | undefined,
  subset: string,
  port: number,
): (endpoint: Endpoint) => boolean {
  const mode = tlsMode(rule, subset, port);
  const allowed = mode === undefined || mode === 'ISTIO_MUTUAL';
  return endpoint => allowed && endpoint.mutualTls;
}

function tlsMode(rule: DestinationRuleSpec | undefined, subset: string, port: number): string | undefined {
  const named = rule?.subsets?.find(s => s.name === subset);
  if (subset !== '' && named === undefined) return undefined;
  for (const policy of [named?.trafficPolicy, rule?.trafficPolicy]) {
    const onPort = policy?.portLevelSettings?.find(p => p.port?.number === port && p.tls !== undefined);
    const tls = onPort?.tls ?? policy?.tls;
    if (tls !== undefined) return tls.mode ?? 'DISABLE';
  }
  return undefined;
}
