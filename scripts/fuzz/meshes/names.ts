/** What the objects of a generated mesh share: hosts, ports and namespaces that meet often enough to matter. */
export const EXTERNAL = [
  'api.safedata-zone.io',
  'canary.safedata-zone.io',
  'pay.example-pay.io',
  'www.example-pay.io',
];
export const WILDCARDS = ['*.safedata-zone.io', '*.example-pay.io', '*.io'];

/** Names of Services: short, half and whole, and wildcards over them. */
export const SERVICES = [
  'catalog',
  'reviews',
  'reviews.team-b',
  'catalog.mesh-network.svc.cluster.local',
  'reviews.team-b.svc.cluster.local',
  'db.team-b.svc.cluster.local',
  'raw.team-b.svc.cluster.local',
  'peers.team-b.svc.cluster.local',
  'outside-api.mesh-network.svc.cluster.local',
  'elsewhere.team-b.svc.cluster.local',
  'legacy.team-b.svc.cluster.local',
  '*.team-b.svc.cluster.local',
  '*.local',
];

interface PortOf {
  readonly number: number;
  readonly name: string;
  readonly protocol: string;
}
const port = (number: number, name: string, protocol: string): PortOf => ({ number, name, protocol });

export const HTTP_PORTS = [
  port(80, 'http', 'HTTP'),
  port(8080, 'http-8080', 'HTTP'),
  port(80, 'http2', 'HTTP2'),
  port(9000, 'grpc', 'GRPC'),
  port(9080, 'grpc-web', 'GRPC-WEB'),
];
const TLS_PORTS = [port(443, 'https', 'HTTPS'), port(443, 'tls', 'TLS'), port(8443, 'https-8443', 'HTTPS')];
const TCP_PORTS = [
  port(9000, 'tcp', 'TCP'),
  port(3306, 'tcp-db', 'TCP'),
  port(27017, 'mongo', 'MONGO'),
  port(3306, 'mysql', 'MySQL'),
  port(6379, 'redis', 'Redis'),
  port(443, 'tcp-443', 'TCP'),
  port(80, 'tcp-80', 'TCP'),
  port(53, 'udp', 'UDP'),
];
export const PORTS = [...HTTP_PORTS, ...TLS_PORTS, ...TCP_PORTS];

export const EXPORTS: readonly (readonly string[])[] = [
  ['.'],
  ['*'],
  ['~'],
  ['team-b'],
  ['mesh-network'],
  ['.', 'team-b'],
  ['team-c', 'mesh-network'],
  [],
];
