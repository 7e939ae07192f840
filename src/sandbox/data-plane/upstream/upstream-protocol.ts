/** Which HTTP version a cluster speaks, by its HttpProtocolOptions. */
import type { Cluster, HttpProtocolOptions } from '../../../envoy/config.ts';

/** Envoy's default for max_concurrent_streams. */
const MOST_STREAMS = 1024;

export const httpOptionsOf = (config: Cluster): HttpProtocolOptions | undefined =>
  config.typed_extension_protocol_options?.['envoy.extensions.upstreams.http.v3.HttpProtocolOptions'];

/** Concurrent requests on one HTTP/2 connection; null: the cluster speaks HTTP/1.1 for a client of this protocol. */
export function http2StreamsOf(config: Cluster, client: 'http1' | 'http2'): number | null {
  const options = httpOptionsOf(config);
  const http2 = options?.explicit_http_config?.http2_protocol_options;
  if (http2 !== undefined) return http2.max_concurrent_streams ?? MOST_STREAMS;
  return options?.use_downstream_protocol_config !== undefined && client === 'http2' ? MOST_STREAMS : null;
}

/** The protocol that the cluster speaks for such a client. */
export function httpOf(config: Cluster, client: 'HTTP/1.1' | 'HTTP/2'): 'HTTP/1.1' | 'HTTP/2' {
  return http2StreamsOf(config, client === 'HTTP/2' ? 'http2' : 'http1') === null ? 'HTTP/1.1' : 'HTTP/2';
}
