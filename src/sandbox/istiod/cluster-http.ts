/**
 * HTTP to an upstream: which version, and the options of its connections.
 * Source: pilot/pkg/networking/core/cluster_builder.go (setUpstreamProtocol, setUseDownstreamProtocol, build),
 * cluster_traffic_policy.go (applyH2Upgrade, applyConnectionPool).
 */
import type { HttpProtocolOptions } from '../../envoy/config.ts';
import { isHttp2, isSniffed, type Protocol } from '../../istio/protocol.ts';
import type { ConnectionPoolSettings } from '../../istio/types.ts';
import { connectionOptions } from './cluster-policy.ts';
import { anyType, defined, type Mutable, protoDuration } from './envoy-json.ts';

export const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';

export type UpstreamHttp = 'http1' | 'http2' | 'downstream';

/**
 * HTTP/2 for ports that say so or are upgraded; the app's own version if the port is sniffed or the rule asks for it.
 */
export function upstreamHttp(protocol: Protocol, pool: ConnectionPoolSettings | undefined): UpstreamHttp {
  if (pool?.http?.useClientProtocol) return 'downstream';
  if (isHttp2(protocol)) return 'http2';
  if (isSniffed(protocol)) return 'downstream';
  return pool?.http?.h2UpgradePolicy === 'UPGRADE' ? 'http2' : 'http1';
}

/** Undefined if Envoy's defaults will do. */
export function httpOptions(
  upstream: UpstreamHttp,
  pool: ConnectionPoolSettings | undefined,
  auto: { readonly sni: boolean; readonly sanValidation: boolean },
): HttpProtocolOptions | undefined {
  const common = connectionOptions(pool);
  if (upstream === 'http1' && common === undefined && !auto.sni && !auto.sanValidation) return undefined;
  const options: Mutable<HttpProtocolOptions> = { ...anyType(HTTP_OPTIONS) };
  if (common !== undefined) options.common_http_protocol_options = common;
  if (auto.sni || auto.sanValidation) {
    options.upstream_http_protocol_options = {
      ...(auto.sni && { auto_sni: true }),
      ...(auto.sanValidation && { auto_san_validation: true }),
    };
  }
  const { maxConcurrentStreams: streams, http2KeepAlive: alive } = pool?.http ?? {};
  if (upstream === 'downstream') {
    options.use_downstream_protocol_config = { http_protocol_options: {}, http2_protocol_options: {} };
  } else if (upstream === 'http2') {
    options.explicit_http_config = {
      http2_protocol_options: {
        ...(streams && { max_concurrent_streams: streams }),
        ...(alive && { connection_keepalive: keepaliveSettings(alive) }),
      },
    };
  } else {
    options.explicit_http_config = { http_protocol_options: {} };
  }
  return options;
}

/** PING frames on a connection, and how long the reply to one may take. */
const keepaliveSettings = ({
  interval,
  timeout,
}: NonNullable<NonNullable<ConnectionPoolSettings['http']>['http2KeepAlive']>) =>
  defined({ interval: interval && protoDuration(interval), timeout: timeout && protoDuration(timeout) });
