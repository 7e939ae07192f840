/**
 * What a cluster with Istio has before anybody creates anything: the node, the system's namespaces, the mesh's
 * configuration, what the installation of Istio made, and the Services whose ports a sidecar listens on unless a Sidecar
 * resource fences it. Behind kubernetes and kube-dns stand no pods here: this process does what they do elsewhere.
 */
import type { Resource } from '../istio/resource.ts';
import { API_SERVICES, apiServices } from './api-server/api-services.ts';
import { customResourceDefinitions } from './api-server/crds.ts';
import { CRDS } from './api-server/kinds.ts';
import type { Store } from './api-server/store.ts';
import { istiodDeployment, istiodObjects } from './istiod/installed-objects.ts';
import { meshConfigMap } from './istiod/mesh-config.ts';
import { nodeObject } from './workload/node.ts';

const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease', 'istio-system'];

interface SystemService {
  readonly namespace: string;
  readonly name: string;
  readonly clusterIP: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly selector?: Readonly<Record<string, string>>;
  readonly ports: readonly (readonly [name: string, port: number, targetPort: number, protocol?: string])[];
}

/** Source: what kubeadm, CoreDNS and the istiod chart create on Kubernetes 1.34 with Istio 1.31. */
const SERVICES: readonly SystemService[] = [
  {
    namespace: 'default',
    name: 'kubernetes',
    clusterIP: '10.96.0.1',
    labels: { component: 'apiserver', provider: 'kubernetes' },
    ports: [['https', 443, 6443]],
  },
  {
    namespace: 'kube-system',
    name: 'kube-dns',
    clusterIP: '10.96.0.10',
    labels: { 'k8s-app': 'kube-dns' },
    selector: { 'k8s-app': 'kube-dns' },
    ports: [
      ['dns', 53, 53, 'UDP'],
      ['dns-tcp', 53, 53],
      ['metrics', 9153, 9153],
    ],
  },
  {
    namespace: 'istio-system',
    name: 'istiod',
    clusterIP: '10.96.0.20',
    labels: { app: 'istiod', 'istio.io/rev': 'default' },
    selector: { app: 'istiod', istio: 'pilot' },
    ports: [
      ['grpc-xds', 15010, 15010],
      ['https-dns', 15012, 15012],
      ['https-webhook', 443, 15017],
      ['http-monitoring', 15014, 15014],
    ],
  },
];

/** Source: pkg/apis/scheduling/v1/helpers.go */
const PRIORITIES = [
  [
    'system-node-critical',
    2_000_001_000,
    'Used for system critical pods that must not be moved from their current node.',
  ],
  [
    'system-cluster-critical',
    2_000_000_000,
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ],
] as const;

function priority(name: string, value: number, description: string): Resource {
  const rest = { preemptionPolicy: 'PreemptLowerPriority', value, description };
  return { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, ...rest };
}

function healthy(name: string): Resource {
  const conditions = [{ type: 'Healthy', status: 'True', message: 'ok' }];
  return { apiVersion: 'v1', kind: 'ComponentStatus', metadata: { name }, conditions };
}

/** `ca`: PEM text, for webhooks. `now`: milliseconds since the epoch. */
export function makeSystemObjects(store: Store, ca: string, now: number): void {
  store.create('nodes', nodeObject(now));
  for (const name of ['scheduler', 'controller-manager', 'etcd-0'])
    store.create('componentstatuses', healthy(name));
  for (const [name, value, says] of PRIORITIES)
    store.create('priorityclasses.scheduling.k8s.io', priority(name, value, says));
  store.makeLater(CRDS, () => customResourceDefinitions(now));
  store.makeLater(API_SERVICES, () => apiServices(now));
  for (const name of NAMESPACES) {
    store.create('namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'kubernetes.io/metadata.name': name } },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  }
  store.create('configmaps', meshConfigMap());
  for (const [resource, object] of istiodObjects(ca)) store.create(resource, object);
  store.create('deployments.apps', istiodDeployment());
  for (const { namespace, name, clusterIP, labels, selector, ports } of SERVICES) {
    store.create('services', {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace, labels },
      spec: {
        type: 'ClusterIP',
        clusterIP,
        clusterIPs: [clusterIP],
        internalTrafficPolicy: 'Cluster',
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        sessionAffinity: 'None',
        ...(selector === undefined ? {} : { selector }),
        ports: ports.map(([port, number, targetPort, protocol = 'TCP']) => ({
          name: port,
          port: number,
          protocol,
          targetPort,
        })),
      },
      status: { loadBalancer: {} },
    });
  }
}
