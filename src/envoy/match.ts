/**
 * Envoy's matchers, shared by the tracer and the sandbox's data plane: which listener and which filter chain take a
 * connection. Pure; compiled matchers are cached per listener object. Routes are matched in match-route.ts, regular
 * expressions of RE2 in match-regex.ts, and what a route's action does to a request is in match-action.ts.
 * Left out: matching by source address, port or type, and by listener filters' `filter_disabled` (istiod sends neither
 * to a client's outbound listeners).
 * Source: envoyproxy/envoy source/common/listener_manager/{filter_chain_manager_impl,connection_handler_impl}.cc.
 */
import type { EnvoyConfig, FilterChain, Listener } from './config.ts';
import { canonicalIp, type IpRange, ipRange, isInRange } from './match-ip.ts';

export interface IpAndPort {
  readonly ip: string;
  readonly port: number;
}

/**
 * What is known about a connection when its chain is chosen. Give everything that the bytes show: what the listener has
 * no inspector for is ignored.
 */
export interface ConnectionCall extends IpAndPort {
  /** From the ClientHello; '' for none. */
  readonly sni: string;
  readonly transport: 'tls' | 'raw_buffer';
  /** The ClientHello's ALPN, or what the HTTP inspector finds in plain bytes: 'http/1.0', 'http/1.1' or 'h2c'. */
  readonly applicationProtocols: readonly string[];
}

/** The listener to which all connections of the app are redirected. */
export const VIRTUAL_OUTBOUND = 'virtualOutbound';

/**
 * The listener that takes an outbound connection to `to`: its own address, then any address on its port, then the
 * virtual outbound listener, to which all connections of the app are redirected.
 */
export function matchListener(config: EnvoyConfig, to: IpAndPort): Listener | null {
  const ip = canonicalIp(to.ip);
  const any = ip.includes(':') ? '::' : '0.0.0.0';
  let wildcard: Listener | null = null;
  let virtual: Listener | null = null;
  for (const listener of config.listeners) {
    for (const address of listenerAddresses(listener)) {
      if (address.port !== to.port) continue;
      if (address.ip === ip) return listener;
      if (address.ip === any) wildcard ??= listener;
    }
    if (listener.name === VIRTUAL_OUTBOUND) virtual = listener;
  }
  return wildcard ?? virtual;
}

export function listenerAddresses(listener: Listener): IpAndPort[] {
  return [listener.address, ...(listener.additional_addresses ?? []).map(more => more.address)].map(
    ({ socket_address: { address, port_value } }) => ({ ip: canonicalIp(address), port: port_value }),
  );
}

/**
 * Whether bytes must be read before a chain can be chosen, according to the listener's inspectors. A listener without
 * any (in a shortened dump) gets those that istiod would set: TLS for server names, HTTP for application protocols.
 * Source: pilot/pkg/networking/core/listener.go, outboundListenerOpts and `needTLSInspector`.
 */
export function needsInspection(listener: Listener): { tls: boolean; http: boolean } {
  const filters = listener.listener_filters;
  if (filters === undefined) {
    const matches = (listener.filter_chains ?? []).map(chain => chain.filter_chain_match ?? {});
    return {
      tls: matches.some(match => (match.server_names ?? []).length > 0),
      http: matches.some(match => (match.application_protocols ?? []).length > 0),
    };
  }
  return {
    tls: filters.some(filter => filter.name.endsWith('tls_inspector')),
    http: filters.some(filter => filter.name.endsWith('http_inspector')),
  };
}

/** What the listener's inspectors let it see of a call. */
export function inspectedCall(listener: Listener, call: ConnectionCall): ConnectionCall {
  const inspects = needsInspection(listener);
  const tls = inspects.tls && call.transport === 'tls';
  const plainHttp = inspects.http && call.transport === 'raw_buffer';
  return {
    ip: canonicalIp(call.ip),
    port: call.port,
    sni: tls ? call.sni.toLowerCase() : '',
    transport: tls ? 'tls' : 'raw_buffer',
    applicationProtocols: tls || plainHttp ? call.applicationProtocols : [],
  };
}

/**
 * The chain that takes a connection. Each property in turn narrows the choice to the chains with the most specific
 * match, without backtracking: if a chain is best by an early property and fails a later one, the others are not tried,
 * and the default chain takes the connection. Null: Envoy closes it (flag NR).
 */
export function matchFilterChain(listener: Listener, call: ConnectionCall): FilterChain | null {
  const seen = inspectedCall(listener, call);
  const byPort = compiled(listener);
  const ranges = byPort.get(seen.port) ?? byPort.get(0);
  const byName = ranges?.find(entry => isInRange(entry.range, seen.ip))?.byName;
  const byTransport = byName && firstOf(byName, serverNameKeys(seen.sni));
  const byProtocol = byTransport && firstOf(byTransport, [seen.transport, '']);
  const chain = byProtocol && firstOf(byProtocol, [...seen.applicationProtocols, '']);
  return chain ?? listener.default_filter_chain ?? null;
}

/** 'a.b.example.com' -> itself, '.b.example.com', '.example.com', '.com', '' (no server name required). */
export function serverNameKeys(sni: string): string[] {
  const keys = sni === '' ? [] : [sni];
  for (let dot = sni.indexOf('.', 1); dot !== -1 && dot < sni.length - 1; dot = sni.indexOf('.', dot + 1)) {
    keys.push(sni.slice(dot));
  }
  return [...keys, ''];
}

type ByProtocol = Map<string, FilterChain>;
type ByTransport = Map<string, ByProtocol>;
type ByName = Map<string, ByTransport>;
interface RangeEntry {
  readonly range: IpRange;
  readonly byName: ByName;
}

const compiledListeners = new WeakMap<Listener, Map<number, RangeEntry[]>>();

/** The nested maps in which Envoy keeps a listener's chains; ranges from the longest prefix to the shortest. */
function compiled(listener: Listener): Map<number, RangeEntry[]> {
  const known = compiledListeners.get(listener);
  if (known !== undefined) return known;
  const byPort = new Map<number, RangeEntry[]>();
  for (const chain of listener.filter_chains ?? []) {
    const match = chain.filter_chain_match ?? {};
    const ranges = getOrMake(byPort, match.destination_port ?? 0, (): RangeEntry[] => []);
    const prefixes = match.prefix_ranges?.map(range => ipRange(range.address_prefix, range.prefix_len ?? 0));
    for (const range of prefixes ?? [ipRange('0.0.0.0', 0), ipRange('::', 0)]) {
      let entry = ranges.find(other => other.range.key === range.key);
      if (entry === undefined) {
        entry = { range, byName: new Map() };
        ranges.push(entry);
      }
      for (const name of orAny(match.server_names)) {
        const key = (name.startsWith('*.') ? name.slice(1) : name).toLowerCase();
        const byTransport = getOrMake(entry.byName, key, (): ByTransport => new Map());
        const byProtocol = getOrMake(
          byTransport,
          match.transport_protocol ?? '',
          (): ByProtocol => new Map(),
        );
        for (const protocol of orAny(match.application_protocols)) {
          if (!byProtocol.has(protocol)) byProtocol.set(protocol, chain);
        }
      }
    }
  }
  for (const ranges of byPort.values()) ranges.sort((a, b) => b.range.length - a.range.length);
  compiledListeners.set(listener, byPort);
  return byPort;
}

/** A filter chain that names none takes any: that is the key ''. */
export function orAny(values: readonly string[] | undefined): readonly string[] {
  return values === undefined || values.length === 0 ? [''] : values;
}

function firstOf<V>(map: ReadonlyMap<string, V>, keys: readonly string[]): V | undefined {
  for (const key of keys) {
    const value = map.get(key);
    if (value !== undefined) return value;
  }
  return undefined;
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const value = make();
  map.set(key, value);
  return value;
}
