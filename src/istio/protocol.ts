/**
 * Protocols of service ports. 'Unsupported' is Istio's word for a port that does not name one: its protocol is sniffed.
 * Source: pkg/config/protocol/instance.go, pkg/config/kube/conversion.go.
 */
export type Protocol =
  | 'HTTP'
  | 'HTTP2'
  | 'GRPC'
  | 'GRPC-Web'
  | 'HTTP_PROXY'
  | 'HTTPS'
  | 'TLS'
  | 'TCP'
  | 'UDP'
  | 'Mongo'
  | 'Redis'
  | 'MySQL'
  | 'Unsupported';

const BY_NAME: Readonly<Record<string, Protocol>> = {
  tcp: 'TCP',
  udp: 'UDP',
  grpc: 'GRPC',
  'grpc-web': 'GRPC-Web',
  http: 'HTTP',
  http_proxy: 'HTTP_PROXY',
  http2: 'HTTP2',
  https: 'HTTPS',
  tls: 'TLS',
  mongo: 'Mongo',
  redis: 'Redis',
  mysql: 'MySQL',
};

export function parseProtocol(text: string): Protocol {
  const name = text.toLowerCase();
  return (Object.hasOwn(BY_NAME, name) ? BY_NAME[name] : undefined) ?? 'Unsupported';
}

export const isHttp2 = (p: Protocol): boolean => p === 'HTTP2' || p === 'GRPC' || p === 'GRPC-Web';
export const isHttp = (p: Protocol): boolean => p === 'HTTP' || p === 'HTTP_PROXY' || isHttp2(p);
export const isSniffed = (p: Protocol): boolean => p === 'Unsupported';
export const isHttpOrSniffed = (p: Protocol): boolean => isHttp(p) || isSniffed(p);
export const isTls = (p: Protocol): boolean => p === 'HTTPS' || p === 'TLS';
export const isTcp = (p: Protocol): boolean =>
  p === 'TCP' || isTls(p) || p === 'Mongo' || p === 'Redis' || p === 'MySQL';

/** How listeners tell ports apart (ModelProtocolToListenerProtocol). */
export type ListenerProtocol = 'http' | 'tcp' | 'auto' | 'none';

export function listenerProtocol(p: Protocol): ListenerProtocol {
  if (isHttp(p)) return 'http';
  if (isTcp(p)) return 'tcp';
  return p === 'UDP' ? 'none' : 'auto';
}

/** SMTP, DNS, MySQL, MongoDB: sniffing would break them, because there the server speaks first. */
const SERVER_FIRST_PORTS = new Set([25, 53, 3306, 27017]);

const APP_PROTOCOLS: Readonly<Record<string, Protocol>> = {
  'kubernetes.io/h2c': 'HTTP2',
  'kubernetes.io/ws': 'HTTP',
  'kubernetes.io/wss': 'HTTPS',
};

/**
 * The protocol of a Kubernetes Service's port: appProtocol, otherwise the beginning of the port's name
 * ('http-metrics').
 */
export function kubernetesProtocol(port: {
  name?: string;
  port: number;
  protocol?: string;
  appProtocol?: string;
}): Protocol {
  if (port.protocol === 'UDP') return 'UDP';
  const { appProtocol = '' } = port;
  const standard = Object.hasOwn(APP_PROTOCOLS, appProtocol) ? APP_PROTOCOLS[appProtocol] : undefined;
  if (standard !== undefined) return standard;
  const name = port.appProtocol ?? port.name ?? '';
  if (name.toLowerCase().startsWith('grpc-web')) return 'GRPC-Web';
  const parsed = parseProtocol(name.split('-', 1)[0] ?? '');
  return parsed === 'Unsupported' && SERVER_FIRST_PORTS.has(port.port) ? 'TCP' : parsed;
}
