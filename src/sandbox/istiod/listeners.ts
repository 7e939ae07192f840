/**
 * Outbound listeners: the HTTP services of a port share 0.0.0.0_PORT, a TCP or TLS service has one on its own address,
 * if it has an address; what no listener takes ends in virtualOutbound.
 * Source: pilot/pkg/networking/core/listener.go (buildSidecarOutboundListeners, buildSidecarOutboundListener,
 * buildListenerFromEntry), listener_builder.go (buildVirtualOutboundListener).
 * Left out: IPv6, unix sockets, the HTTP proxy port, inbound listeners.
 */
import { isIP } from 'node:net';
import type { FilterChain, Listener } from '../../envoy/config.ts';
import {
  isHttp,
  isSniffed,
  isTcp,
  listenerProtocol,
  type Protocol,
  parseProtocol,
} from '../../istio/protocol.ts';
import type { EgressListener } from './egress-listener.ts';
import { anyType } from './envoy-json.ts';
import { type ChainPlan, chainMatch, matchesAll, mergeChains } from './filter-chains.ts';
import { httpChain } from './http-chain.ts';
import { type MeshService, type MeshServicePort, UNSPECIFIED } from './mesh-service.ts';
import { endpointsOnPort, type Registry } from './registry.ts';
import type { SidecarScope } from './sidecar-scope.ts';
import type { MeshConfig, ProxyIdentity } from './snapshot.ts';
import { tcpChains, tcpProxy } from './tcp-chains.ts';
import { fallThroughCluster } from './virtual-hosts.ts';

const PROXY_PORT = 15001;
/** The sidecar's own ports: outbound, inbound, health, its metrics. */
const RESERVED_PORTS = new Set([PROXY_PORT, 15006, 15021, 15090]);

interface Entry {
  readonly bind: string;
  readonly bindToPort: boolean;
  readonly port: MeshServicePort;
  /** Made for a port that a Sidecar's egress listener names: later services do not join it. */
  locked: boolean;
  protocol: Protocol;
  chains: readonly ChainPlan[];
}

interface Offer {
  readonly service: MeshService;
  readonly port: MeshServicePort;
  /** '' if not yet known: the service's address or the wildcard. */
  readonly bind: string;
  readonly bindToPort: boolean;
  readonly listener: EgressListener;
}

export class ListenerBuilder {
  readonly #scope: SidecarScope;
  readonly #registry: Registry;
  readonly #proxy: ProxyIdentity;
  readonly #mesh: MeshConfig;
  readonly #entries = new Map<string, Entry>();

  constructor(scope: SidecarScope, registry: Registry, proxy: ProxyIdentity, mesh: MeshConfig) {
    this.#scope = scope;
    this.#registry = registry;
    this.#proxy = proxy;
    this.#mesh = mesh;
  }

  build(): Listener[] {
    for (const listener of this.#scope.egressListeners) this.#addEgress(listener);
    const fallThrough = fallThroughCluster(this.#scope);
    return [
      ...[...this.#entries.values()].map(entry => toListener(entry, fallThrough)),
      virtualOutbound(fallThrough),
    ];
  }

  #addEgress(listener: EgressListener): void {
    const { spec } = listener;
    const bindToPort = spec.captureMode === 'NONE';
    const bind = spec.bind || (bindToPort ? '127.0.0.1' : '');
    if (spec.port !== undefined) {
      const { number = 0, name = '', protocol = '' } = spec.port;
      const port = { port: number, name, protocol: parseProtocol(protocol) };
      if (isReserved(bind, port)) return;
      for (const service of listener.services) this.#add({ service, port, bind, bindToPort, listener });
      return;
    }
    for (const entry of this.#entries.values()) entry.locked = true;
    for (const service of listener.services) {
      for (const port of service.ports) {
        if (isReserved(bind, port)) continue;
        const offer = { service, port, bind, bindToPort, listener };
        if (this.#needsPodListeners(offer)) this.#addPods(offer);
        else this.#add(offer);
      }
    }
  }

  /** A headless service has no address: its TCP ports get a listener per pod. */
  #needsPodListeners({ service, port, bind }: Offer): boolean {
    return (
      bind === '' &&
      service.resolution === 'Passthrough' &&
      service.address === UNSPECIFIED &&
      (isTcp(port.protocol) || isSniffed(port.protocol))
    );
  }

  #addPods(offer: Offer): void {
    const { service, port } = offer;
    const endpoints = endpointsOnPort(this.#registry, service, port.port);
    if (service.registry !== 'Kubernetes' && endpoints.length === 0 && service.selector === undefined) {
      this.#add(offer); // a ServiceEntry with resolution NONE takes the whole port
      return;
    }
    for (const { address } of endpoints) {
      if (isIP(address) !== 0 && address !== this.#proxy.ip) this.#add({ ...offer, bind: address });
    }
  }

  #add(offer: Offer): void {
    const { service, port } = offer;
    const kind = listenerProtocol(port.protocol);
    if (service.resolution === 'Alias' || kind === 'none') return;
    // Nothing can listen on a CIDR: the listener is for all addresses, the chain for the range.
    const ranged = kind !== 'http' && offer.bind === '' && service.address.includes('/');
    const bind = offer.bind || (kind === 'http' || ranged ? UNSPECIFIED : service.address);
    const cidrs = ranged ? [service.address] : [];
    const key = `${bind}_${port.port}`;
    const current = this.#entries.get(key);
    if (current?.locked) return;

    const http = current !== undefined && isHttp(current.protocol);
    const tcp = current !== undefined && isTcp(current.protocol);
    // The HTTP chain already exists; services are told apart by their virtual hosts.
    if (current !== undefined && kind === 'http' && !tcp) return;
    if (current !== undefined && kind === 'auto' && !tcp && !http) return;
    if (current !== undefined && serverSpeaksFirst(port.protocol, current.protocol)) return;

    const context = { scope: this.#scope, proxy: this.#proxy, mesh: this.#mesh, service, port, bind, cidrs };
    const chains: ChainPlan[] = [];
    if (kind !== 'http') chains.push(...tcpChains(context, offer.listener.virtualServices));
    if (kind !== 'tcp') {
      const shared = kind === 'http' || bind === UNSPECIFIED;
      const routes = shared ? String(port.port) : `${service.host}:${port.port}`;
      // On a service's own address HTTP need not be sniffed, unless the port's protocol is unknown.
      const sniffed = kind === 'auto' || bind === UNSPECIFIED;
      chains.push(httpChain(key, routes, sniffed, { service, protocol: port.protocol }));
    }
    const sniffing = kind === 'http' && bind === UNSPECIFIED;
    const protocol = sniffing ? 'Unsupported' : port.protocol;
    if (current === undefined || (kind === 'auto' && http)) {
      const { bindToPort } = offer;
      this.#entries.set(key, { bind, bindToPort, port, locked: false, protocol, chains });
      return;
    }
    current.chains = mergeChains(current.chains, chains);
    // HTTP and TCP on one listener: from now on it sniffs.
    if (kind !== 'tcp' || http) current.protocol = 'Unsupported';
  }
}

function isReserved(bind: string, port: MeshServicePort): boolean {
  const wildcard = bind === '' ? isHttp(port.protocol) : bind === UNSPECIFIED;
  return wildcard && RESERVED_PORTS.has(port.port);
}

/**
 * Sniffing waits for the client to speak, which clients of such protocols never do first: they share a port with no
 * other protocol.
 */
function serverSpeaksFirst(a: Protocol, b: Protocol): boolean {
  const first = (p: Protocol): boolean => p === 'Mongo' || p === 'MySQL';
  return a !== b && (first(a) || first(b));
}

const TLS_INSPECTOR = {
  name: 'envoy.filters.listener.tls_inspector',
  typed_config: {
    ...anyType('envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector'),
    initial_read_buffer_size: 512,
  },
};

const HTTP_INSPECTOR = {
  name: 'envoy.filters.listener.http_inspector',
  typed_config: anyType('envoy.extensions.filters.listener.http_inspector.v3.HttpInspector'),
};

function toListener(entry: Entry, fallThrough: string): Listener {
  const { bind, port, chains } = entry;
  const sniTls = chains.some(c => c.sni.length > 0);
  const sniHttp = chains.some(c => c.applicationProtocols.length > 0);
  const inspectors = [...(sniTls ? [TLS_INSPECTOR] : []), ...(sniHttp ? [HTTP_INSPECTOR] : [])];
  const matching = chains.filter(c => !matchesAll(c)).map(c => toChain(c, true));
  const catchAll = chains
    .filter(matchesAll)
    .map(c => toChain(c, false))
    .at(-1);
  return {
    ...anyType('envoy.config.listener.v3.Listener'),
    name: `${bind}_${port.port}`,
    address: { socket_address: { address: bind, port_value: port.port } },
    filter_chains: matching.length > 0 ? matching : catchAll ? [catchAll] : [],
    ...(inspectors.length > 0 && { listener_filters: inspectors }),
    listener_filters_timeout: '0s',
    traffic_direction: 'OUTBOUND',
    continue_on_listener_filters_timeout: true,
    ...(matching.length > 0 && {
      default_filter_chain: catchAll ?? {
        filter_chain_match: {},
        filters: [tcpProxy({ stat_prefix: fallThrough, cluster: fallThrough }, undefined, '')],
        name: 'PassthroughFilterChain',
      },
    }),
    ...(entry.bindToPort ? { max_connections_to_accept_per_socket_event: 1 } : { bind_to_port: false }),
  };
}

function toChain(plan: ChainPlan, withMatch: boolean): FilterChain {
  return {
    ...(withMatch && { filter_chain_match: chainMatch(plan) }),
    filters: plan.filters,
    ...(plan.metadata && { metadata: plan.metadata }),
    transport_socket_connect_timeout: '15s',
  };
}

/** Where all connections arrive; it hands them to the listener for their destination and keeps those that have none. */
function virtualOutbound(fallThrough: string): Listener {
  const chain = (name: string, cluster: string): FilterChain => ({
    filters: [tcpProxy({ stat_prefix: cluster, cluster }, undefined, '')],
    name,
  });
  return {
    ...anyType('envoy.config.listener.v3.Listener'),
    name: 'virtualOutbound',
    address: { socket_address: { address: UNSPECIFIED, port_value: PROXY_PORT } },
    filter_chains: [
      {
        filter_chain_match: { destination_port: PROXY_PORT },
        ...chain('virtualOutbound-blackhole', 'BlackHoleCluster'),
      },
      chain('virtualOutbound-catchall-tcp', fallThrough),
    ],
    use_original_dst: true,
    traffic_direction: 'OUTBOUND',
    max_connections_to_accept_per_socket_event: 1,
  };
}
