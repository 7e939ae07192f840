/** The lab's world plus a test's manifests, translated; and what a test asks of the result. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type {
  Cluster,
  EnvoyConfig,
  FilterChain,
  Listener,
  Route,
  VirtualHost,
} from '../../../src/envoy/config.ts';
import { addressText, hostAndPort } from '../../../src/envoy/endpoint-address.ts';
import type { Resource } from '../../../src/istio/resource.ts';
import { translate } from '../../../src/sandbox/istiod/translate.ts';
import { clientOf, snapshotOf } from '../../support/recorded-snapshot.ts';

export const fixture = <T>(name: string): T =>
  JSON.parse(readFileSync(join(import.meta.dirname, '../../fixtures/istiod', `${name}.json`), 'utf8')) as T;

export const world = fixture<Resource[]>('world');

const FIRST_SECOND = Date.parse('2026-11-24T12:00:00Z');

/** Each document a second younger than the one before, unless it says its own time; namespace mesh-network unless said. */
function resources(yaml: string): Resource[] {
  return parseAllDocuments(yaml).flatMap((document, i) => {
    const object = document.toJS() as Resource | null;
    if (object === null) return [];
    const creationTimestamp = new Date(FIRST_SECOND + i * 1000).toISOString().replace('.000Z', 'Z');
    return [
      {
        ...object,
        apiVersion: object.apiVersion ?? 'networking.istio.io/v1',
        metadata: { namespace: 'mesh-network', creationTimestamp, ...object.metadata },
      },
    ];
  });
}

export class Mesh {
  readonly config: EnvoyConfig;

  constructor(yaml: string, client: { namespace?: string; labels?: Record<string, string> } = {}) {
    this.config = translate(snapshotOf([...world, ...resources(yaml)]), { ...clientOf(world), ...client });
  }

  listener(name: string): Listener | undefined {
    return this.config.listeners.find(l => l.name === name);
  }

  cluster(name: string): Cluster | undefined {
    return this.config.clusters.find(c => c.name === name);
  }

  /** Names of the outbound clusters of a host. */
  clusters(host: string): string[] {
    return this.config.clusters.map(c => c.name).filter(n => n.endsWith(`|${host}`));
  }

  /** Addresses with their ports and priorities, of DNS clusters and of those over EDS. */
  endpoints(cluster: string): string[] {
    const assignment =
      this.cluster(cluster)?.load_assignment ?? this.config.endpoints.find(e => e.cluster_name === cluster);
    return (assignment?.endpoints ?? []).flatMap(group =>
      (group.lb_endpoints ?? []).map(e => {
        const { host, port } = hostAndPort(e.endpoint.address);
        return `${addressText(host, port)}${group.priority ? ` priority ${group.priority}` : ''}`;
      }),
    );
  }

  hosts(routes: string): VirtualHost[] {
    return [...(this.config.routes.find(r => r.name === routes)?.virtual_hosts ?? [])];
  }

  /** The virtual host that a Host header without wildcards falls to. */
  host(routes: string, domain: string): VirtualHost | undefined {
    return this.hosts(routes).find(h => h.domains.includes(domain));
  }

  routes(domain: string, routes = '80'): Route[] {
    return [...(this.host(routes, domain)?.routes ?? [])];
  }
}

/** Where a chain leads: its cluster, its clusters with weights, or the routes of its HTTP side. */
export function leadsTo(chain: FilterChain | undefined): string {
  const filter = chain?.filters?.at(-1);
  if (filter === undefined) return 'nowhere';
  if (filter.name === 'envoy.filters.network.http_connection_manager') {
    return `routes ${filter.typed_config.rds?.route_config_name}`;
  }
  if (filter.name !== 'envoy.filters.network.tcp_proxy') return filter.name;
  const weighted = filter.typed_config.weighted_clusters?.clusters ?? [];
  return filter.typed_config.cluster ?? weighted.map(c => `${c.name} ${c.weight}`).join(', ');
}

/** A ServiceEntry for api.safedata-zone.io. */
export const entry = (spec: string, metadata = 'name: api'): string => `
kind: ServiceEntry
metadata: {${metadata}}
spec: {hosts: [api.safedata-zone.io], location: MESH_EXTERNAL, resolution: DNS, ${spec}}
---`;

export const HTTP = 'ports: [{number: 80, name: http, protocol: HTTP}]';
export const HTTPS = 'ports: [{number: 443, name: https, protocol: HTTPS}]';
export const API = 'api.safedata-zone.io';
