/** What Istio makes of a port's protocol. Source: pkg/config/protocol/instance.go. */
import type { Problem } from './report.ts';

const HTTP = new Set(['http', 'http2', 'http_proxy', 'grpc', 'grpc-web']);
const TLS = new Set(['https', 'tls']);
const OTHER_TCP = new Set(['tcp', 'mongo', 'redis', 'mysql']);

const lower = (protocol: string | undefined): string => (protocol ?? '').toLowerCase();

export const isHttp = (protocol: string | undefined): boolean => HTTP.has(lower(protocol));
export const isTls = (protocol: string | undefined): boolean => TLS.has(lower(protocol));
/** Everything over TCP that is no HTTP; TLS is. */
export const isTcp = (protocol: string | undefined): boolean =>
  OTHER_TCP.has(lower(protocol)) || isTls(protocol);
export const isKnownProtocol = (protocol: string | undefined): boolean =>
  isHttp(protocol) || isTcp(protocol) || lower(protocol) === 'udp';

/** An empty one is sniffed. */
export const protocolProblem = (protocol: string | undefined): Problem =>
  !protocol || isKnownProtocol(protocol) ? null : `unsupported protocol: ${protocol}`;
