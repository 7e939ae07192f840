/**
 * What Envoy's '%COMMAND%' stands for in a header value, for a request under way.
 * Source: envoyproxy/envoy source/common/formatter/stream_info_formatter.cc.
 */
import type { Address } from '../rooms.ts';
import type { HttpStream } from './http-stream.ts';

/** ':path' and other pseudo headers, or a command without its percent signs; undefined: not known here. */
export function streamVariable(stream: HttpStream, name: string): string | undefined {
  const { info, connection } = stream;
  switch (name) {
    case ':method':
      return stream.exchange.method;
    case ':path':
      return stream.path;
    case ':authority':
      return stream.authority;
    case ':scheme':
      return stream.scheme;
    case 'PROTOCOL':
      return stream.exchange.protocol;
    case 'DOWNSTREAM_REMOTE_ADDRESS':
      return text(info.remote);
    case 'DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT':
      return info.remote.ip;
    case 'DOWNSTREAM_LOCAL_ADDRESS':
      return text(connection.to);
    case 'DOWNSTREAM_LOCAL_PORT':
      return String(connection.to.port);
    case 'START_TIME':
      return info.start.toISOString();
    case 'UPSTREAM_CLUSTER':
    case 'UPSTREAM_CLUSTER_RAW':
      return info.cluster ?? '-';
    case 'UPSTREAM_HOST':
      return info.upstreamHost === undefined ? '-' : text(info.upstreamHost);
    case 'RESPONSE_CODE':
      return String(info.code);
    case 'ROUTE_NAME':
      return info.route ?? '-';
    default:
      return undefined;
  }
}

function text(address: Address): string {
  return `${address.ip}:${address.port}`;
}
