/**
 * Filter chains of outbound listeners, before they are turned into Envoy's: by SNI for TLS, by address for TCP, by what
 * is sniffed for HTTP. Source: pilot/pkg/networking/core/tls.go, listener.go (filterChainOpts, conflictsWith,
 * toFilterChainMatch), networkfilter.go. Left out: filters for Mongo, Redis and MySQL.
 */
import { isIP } from 'node:net';
import type { CidrRange, FilterChainMatch, IstioMetadata, NetworkFilter } from '../../envoy/config.ts';
import { compareText } from '../../istio/age.ts';
import { UNSPECIFIED } from './mesh-service.ts';

export interface ChainPlan {
  readonly sni: readonly string[];
  readonly cidrs: readonly string[];
  readonly applicationProtocols: readonly string[];
  readonly transportProtocol: string;
  readonly filters: readonly NetworkFilter[];
  readonly metadata?: IstioMetadata;
}

/** A chain for connections of any kind. */
export const anyConnection = (filters: readonly NetworkFilter[]): ChainPlan => ({
  sni: [],
  cidrs: [],
  applicationProtocols: [],
  transportProtocol: '',
  filters,
});

export function matchesAll(chain: ChainPlan): boolean {
  return (
    (chain.sni.length === 0 || chain.sni.includes('*')) &&
    chain.cidrs.length === 0 &&
    chain.applicationProtocols.length === 0 &&
    chain.transportProtocol === ''
  );
}

export function chainMatch(chain: ChainPlan): FilterChainMatch {
  const ranges = [...chain.cidrs]
    .sort(compareText)
    .map(cidrRange)
    .filter(range => range.address_prefix !== UNSPECIFIED);
  const sni = chain.sni.includes('*') ? [] : [...chain.sni].sort(compareText);
  return {
    ...(ranges.length > 0 && { prefix_ranges: ranges }),
    ...(sni.length > 0 && { server_names: sni }),
    ...(chain.transportProtocol && { transport_protocol: chain.transportProtocol }),
    ...(chain.applicationProtocols.length > 0 && { application_protocols: chain.applicationProtocols }),
  };
}

function cidrRange(text: string): CidrRange {
  const [address = '', bits] = text.split('/');
  return { address_prefix: address, prefix_len: Number(bits ?? (isIP(address) === 6 ? 128 : 32)) };
}

/**
 * Whether two chains have the same conditions: Envoy refuses a listener that has both, so the later one is left out.
 */
function conflict(a: ChainPlan, b: ChainPlan): boolean {
  return (
    a.transportProtocol === b.transportProtocol &&
    a.applicationProtocols.join() === b.applicationProtocols.join() &&
    key(a.sni.filter(s => s !== '*')) === key(b.sni.filter(s => s !== '*')) &&
    key(a.cidrs.map(network)) === key(b.cidrs.map(network))
  );
}

const key = (values: readonly string[]): string => [...new Set(values)].filter(Boolean).sort().join();

/** Reduces an address to its network: '10.1.2.3/8' and '10.9.9.9/8' are the same range. '' for "anywhere". */
function network(text: string): string {
  const { address_prefix, prefix_len = 0 } = cidrRange(text);
  if (address_prefix === UNSPECIFIED) return '';
  if (isIP(address_prefix) !== 4) return `${address_prefix}/${prefix_len}`;
  const value = address_prefix.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
  const size = 2 ** (32 - prefix_len);
  return `${Math.floor(value / size) * size}/${prefix_len}`;
}

/** Adds later chains to earlier ones, without those that would never be reached. */
export function mergeChains(current: readonly ChainPlan[], incoming: readonly ChainPlan[]): ChainPlan[] {
  const merged = [...current];
  for (const chain of incoming) if (!merged.some(existing => conflict(existing, chain))) merged.push(chain);
  return merged;
}
