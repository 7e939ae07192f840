/** A cluster's transport socket, and its wrapper: a PROXY protocol header goes before everything else. */
import type { Cluster, TransportSocket } from './config.ts';

const PROXY_PROTOCOL = 'envoy.transport_sockets.upstream_proxy_protocol';

export type ProxyProtocolVersion = 'V1' | 'V2';

interface Unwrapped {
  /** Undefined: plain text. */
  readonly socket: TransportSocket | undefined;
  /** Null: no header. */
  readonly proxyProtocol: ProxyProtocolVersion | null;
}

/**
 * The socket of an endpoint with this `filter_metadata`; undefined: plain text.
 * Source: envoy source/common/upstream/transport_socket_match_impl.cc.
 */
export function socketFor(
  { transport_socket, transport_socket_matches = [] }: Cluster,
  metadata: Readonly<Record<string, unknown>>,
): TransportSocket | undefined {
  const own = (metadata['envoy.transport_socket_match'] ?? {}) as Readonly<Record<string, unknown>>;
  const taken = transport_socket_matches.find(({ match = {} }) =>
    Object.entries(match).every(([key, value]) => own[key] === value),
  );
  return taken === undefined ? transport_socket : taken.transport_socket;
}

export function unwrapped(socket: TransportSocket | undefined): Unwrapped {
  if (socket?.name !== PROXY_PROTOCOL) return { socket, proxyProtocol: null };
  const outer = (socket.typed_config ?? {}) as {
    readonly config?: { readonly version?: ProxyProtocolVersion };
    readonly transport_socket?: TransportSocket;
  };
  return { socket: outer.transport_socket, proxyProtocol: outer.config?.version ?? 'V1' };
}

/** V1 is the field's default, which Envoy's JSON leaves out. */
export function wrapped(socket: TransportSocket, version: ProxyProtocolVersion): TransportSocket {
  return {
    name: PROXY_PROTOCOL,
    typed_config: {
      '@type':
        'type.googleapis.com/envoy.extensions.transport_sockets.proxy_protocol.v3.ProxyProtocolUpstreamTransport',
      config: version === 'V1' ? {} : { version },
      transport_socket: socket,
    },
  };
}
