/** An upstream host of a cluster: its address, and what load balancing and outlier detection know about it. */
import { addressText } from '../../../envoy/endpoint-address.ts';
import type { Address } from '../../rooms.ts';
import type { Host } from '../contract.ts';

export interface Locality {
  readonly region?: string;
  readonly zone?: string;
  readonly sub_zone?: string;
}

const localityName = ({ region = '', zone = '', sub_zone = '' }: Locality): string =>
  `${region}/${zone}/${sub_zone}`;

export class UpstreamHost implements Host {
  weight = 1;
  priority = 0;
  locality: Locality = {};
  /** Weight of its locality, if the cluster balances between localities. */
  localityWeight = 1;
  /** filter_metadata of the endpoint, which transport_socket_matches match. */
  metadata: Readonly<Record<string, unknown>> = {};
  /** False: its health status in the configuration is UNHEALTHY, DRAINING or TIMEOUT. */
  configuredHealthy = true;
  /** failed_outlier_check, as the main thread sees it. */
  ejected = false;
  /** Ejected, as far as the workers know. */
  leftOut = false;
  activeRequests = 0;
  activeConnections = 0;
  lastUsed = 0;
  readonly totals = { requests: 0, success: 0, error: 0, timeout: 0, connections: 0, connectFailures: 0 };
  readonly address: Address;
  readonly hostname: string;

  constructor(address: Address, hostname: string) {
    this.address = address;
    this.hostname = hostname;
  }

  /** As the workers, who choose, see it. */
  get healthy(): boolean {
    return this.configuredHealthy && !this.leftOut;
  }

  get key(): string {
    return addressText(this.address.ip, this.address.port);
  }
  /** What consistent hashing knows it by: the key in its metadata, else its address. */
  get hashKey(): string {
    const key = (this.metadata['envoy.lb'] as { hash_key?: unknown } | undefined)?.hash_key;
    return typeof key === 'string' && key !== '' ? key : this.key;
  }
}

/**
 * Hosts by locality, in the order in which they came: each locality's weight, how many hosts it has, and which are
 * usable.
 */
export function localitiesOf(hosts: readonly UpstreamHost[], usable: (host: UpstreamHost) => boolean) {
  const localities = new Map<string, { readonly weight: number; total: number; hosts: UpstreamHost[] }>();
  for (const host of hosts) {
    const name = localityName(host.locality);
    const group = localities.get(name) ?? { weight: host.localityWeight, total: 0, hosts: [] };
    group.total++;
    if (usable(host)) group.hosts.push(host);
    localities.set(name, group);
  }
  return localities;
}
