/** What is in every mesh: the lab's world, in short, and a namespace with a Service of each kind. */
import type { Resource } from '../../../src/istio/resource.ts';

export type Labels = Readonly<Record<string, string>>;
const CREATED = '2026-11-01T00:00:00Z';

export interface ServicePort {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: number | string;
  readonly protocol?: string;
  readonly appProtocol?: string;
}

const metadata = (namespace: string, name: string, more: object = {}) => ({
  name,
  namespace,
  creationTimestamp: CREATED,
  ...more,
});

const namespace = (name: string, labels: Labels = {}): Resource => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels: { 'kubernetes.io/metadata.name': name, ...labels } },
});

/** A Service; `clusterIP` may be None, or empty for an ExternalName. */
export function service(
  where: string,
  name: string,
  clusterIP: string,
  ports: readonly ServicePort[],
  selector: Labels | undefined,
  more: { readonly spec?: object; readonly metadata?: object } = {},
): Resource {
  const ip = clusterIP === '' ? {} : { clusterIP, clusterIPs: [clusterIP] };
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(where, name, more.metadata),
    spec: {
      type: 'ClusterIP',
      ...ip,
      ...(selector && { selector }),
      ports: ports.map(each => ({ protocol: 'TCP', targetPort: each.port, ...each })),
      ...more.spec,
    },
  };
}

export function pod(where: string, name: string, ip: string, labels: Labels, ready = true): Resource {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata(where, name, { labels }),
    spec: { containers: [{ name: 'c', image: 'x' }], serviceAccountName: 'default', nodeName: 'sandbox' },
    status: {
      phase: 'Running',
      podIP: ip,
      podIPs: [{ ip }],
      conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
    },
  };
}

export interface Address {
  readonly ip: string;
  readonly pod?: string;
  readonly ready?: boolean;
  readonly terminating?: boolean;
}

export function endpointSlice(
  where: string,
  name: string,
  ports: readonly { readonly name: string; readonly port: number }[],
  addresses: readonly Address[],
): Resource {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    addressType: 'IPv4',
    metadata: metadata(where, `${name}-x`, { labels: { 'kubernetes.io/service-name': name } }),
    ports: ports.map(each => ({ protocol: 'TCP', ...each })),
    endpoints: addresses.map(({ ip, pod: target, ready = true, terminating = false }) => ({
      addresses: [ip],
      conditions: { ready, serving: ready || terminating, terminating },
      nodeName: 'sandbox',
      ...(target && { targetRef: { kind: 'Pod', name: target, namespace: where } }),
    })),
  };
}

const OUTSIDE = { metadata: { annotations: { 'networking.istio.io/exportTo': '~' } } };
const OUTSIDE_PORTS = [
  { name: 'http', port: 80, targetPort: 8080 },
  { name: 'https', port: 443, targetPort: 8443 },
];

function outside(name: string, app: string, clusterIP: string, ip: string): Resource[] {
  return [
    service('outside', name, clusterIP, OUTSIDE_PORTS, { app }, OUTSIDE),
    pod('outside', `${name}-0`, ip, { app }),
    endpointSlice(
      'outside',
      name,
      [
        { name: 'http', port: 8080 },
        { name: 'https', port: 8443 },
      ],
      [{ ip, pod: `${name}-0` }],
    ),
  ];
}

export const WORLD: readonly Resource[] = [
  ...['default', 'istio-system', 'kube-system', 'outside'].map(name => namespace(name)),
  namespace('mesh-network', { 'istio-injection': 'enabled' }),
  namespace('team-b', { 'istio-injection': 'enabled' }),
  namespace('team-c', { 'istio-injection': 'enabled' }),
  service('default', 'kubernetes', '10.96.0.1', [{ name: 'https', port: 443, targetPort: 6443 }], undefined),
  service('kube-system', 'kube-dns', '10.96.0.10', [{ name: 'dns-tcp', port: 53 }], {
    'k8s-app': 'kube-dns',
  }),
  service('mesh-network', 'catalog', '10.96.1.10', [{ name: 'http', port: 80, targetPort: 8080 }], {
    app: 'catalog',
  }),
  pod('mesh-network', 'catalog-0', '10.244.0.10', { app: 'catalog', 'sidecar.istio.io/inject': 'false' }),
  endpointSlice(
    'mesh-network',
    'catalog',
    [{ name: 'http', port: 8080 }],
    [{ ip: '10.244.0.10', pod: 'catalog-0' }],
  ),
  pod('mesh-network', 'client-0', '10.244.0.20', { app: 'client' }),
  ...outside('safedata-stable', 'stable', '10.96.1.1', '10.244.0.11'),
  ...outside('safedata-canary', 'canary', '10.96.1.2', '10.244.0.12'),
  ...outside('example-pay', 'pay', '10.96.1.3', '10.244.0.13'),
  service(
    'team-b',
    'reviews',
    '10.96.200.1',
    [
      { name: 'http', port: 9080 },
      { name: 'http-alt', port: 80, targetPort: 8080 },
    ],
    { app: 'reviews' },
  ),
  service('team-b', 'db', '10.96.200.2', [{ name: 'tcp-db', port: 3306 }], { app: 'db' }),
  service('team-b', 'raw', '10.96.200.3', [{ name: 'foo', port: 8443 }], { app: 'db' }),
  pod('team-b', 'reviews-v1', '10.244.1.1', { app: 'reviews', version: 'v1' }),
  pod('team-b', 'reviews-v2', '10.244.1.2', { app: 'reviews', version: 'v2' }),
  pod('team-b', 'db-0', '10.244.1.3', { app: 'db' }),
  endpointSlice(
    'team-b',
    'reviews',
    [
      { name: 'http', port: 9080 },
      { name: 'http-alt', port: 8080 },
    ],
    [
      { ip: '10.244.1.1', pod: 'reviews-v1' },
      { ip: '10.244.1.2', pod: 'reviews-v2' },
    ],
  ),
  endpointSlice('team-b', 'db', [{ name: 'tcp-db', port: 3306 }], [{ ip: '10.244.1.3', pod: 'db-0' }]),
  endpointSlice('team-b', 'raw', [{ name: 'foo', port: 8443 }], [{ ip: '10.244.1.3', pod: 'db-0' }]),
];

/** A sidecar that configuration is asked for. */
export interface Client {
  readonly name: string;
  readonly namespace: string;
  readonly ip: string;
  readonly labels: Labels;
}

/** The first one is in every mesh. */
export const CLIENTS: readonly [Client, ...Client[]] = [
  { name: 'client-0', namespace: 'mesh-network', ip: '10.244.0.20', labels: { app: 'client' } },
  { name: 'other-0', namespace: 'mesh-network', ip: '10.244.0.21', labels: { app: 'other', version: 'v2' } },
  { name: 'caller-0', namespace: 'team-b', ip: '10.244.1.20', labels: { app: 'client', team: 'b' } },
  {
    name: 'far-0',
    namespace: 'team-c',
    ip: '10.244.2.20',
    labels: { app: 'far' },
  },
];
