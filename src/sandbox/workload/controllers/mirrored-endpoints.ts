/**
 * Mirrors hand-made Endpoints of a Service without a selector as EndpointSlices, which kube-proxy and istiod watch.
 * Source: kubernetes 1.34, pkg/controller/endpointslicemirroring.
 */
import { isIP } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '../../../istio/resource.ts';
import type { Store, StoredObject } from '../../api-server/store.ts';
import { ENDPOINT_SLICES, ownedBy, type ServicePort } from '../kube-types.ts';
import { newSlice, slicesOfService } from './endpoint-slices.ts';

const MANAGER = 'endpointslicemirroring-controller.k8s.io';
const SKIP = 'endpointslice.kubernetes.io/skip-mirror';
/** Set by the slice itself, or of no interest. */
const UNCOPIED = [
  'endpoints.kubernetes.io/last-change-trigger-time',
  'kubectl.kubernetes.io/last-applied-configuration',
];

interface Address {
  ip: string;
  hostname?: string;
  nodeName?: string;
  targetRef?: object;
}

interface Subset {
  addresses?: Address[];
  notReadyAddresses?: Address[];
  ports?: ServicePort[];
}

/** Brings the slices into step with these Endpoints; `wanted`: their Service has no selector. */
export function mirrorEndpoints(store: Store, namespace: string, name: string, wanted: boolean): void {
  const endpoints = store.get('endpoints', namespace, name);
  const labels = endpoints?.metadata.labels ?? {};
  const isOurs = endpoints && wanted && labels[SKIP] !== 'true' && !isElection(endpoints);
  const slices = isOurs ? slicesOf(endpoints) : [];
  const left = slicesOfService(store, namespace, name, MANAGER);
  for (const slice of slices) {
    const at = left.findIndex(each => each.addressType === slice.addressType && samePorts(each, slice));
    const [old] = at < 0 ? [] : left.splice(at, 1);
    if (!old) store.create(ENDPOINT_SLICES, slice);
    else {
      const { labels = {}, annotations = {} } = slice.metadata;
      store.update(ENDPOINT_SLICES, { ...old, ...slice, metadata: { ...old.metadata, labels, annotations } });
    }
  }
  for (const { metadata } of left) store.delete(ENDPOINT_SLICES, namespace, metadata.name);
}

function isElection({ metadata }: StoredObject): boolean {
  return metadata.annotations?.['control-plane.alpha.kubernetes.io/leader'] !== undefined;
}

function samePorts(a: Resource, b: Resource): boolean {
  return isDeepStrictEqual(a.ports, b.ports);
}

/** One slice per subset and address family. */
function slicesOf(endpoints: StoredObject): Resource[] {
  const { name, namespace = '', labels, annotations = {} } = endpoints.metadata;
  const kept = Object.entries(annotations).filter(([key]) => !UNCOPIED.includes(key));
  const owner = { ...endpoints, apiVersion: 'v1', kind: 'Endpoints' };
  const metadata = {
    ...{ namespace, labels: labels ?? {} },
    annotations: Object.fromEntries(kept),
    ownerReferences: ownedBy(owner),
  };
  return ((endpoints.subsets ?? []) as Subset[]).flatMap(subset =>
    ([4, 6] as const).flatMap(family => {
      const members = [
        ...membersOf(subset.addresses ?? [], family, true),
        ...membersOf(subset.notReadyAddresses ?? [], family, false),
      ];
      if (members.length === 0) return [];
      const content = {
        addressType: `IPv${family}`,
        endpoints: members,
        ports: (subset.ports ?? []).map(({ name: port = '', protocol = 'TCP', ...rest }) => ({
          name: port,
          protocol,
          ...rest,
        })),
      };
      return [newSlice(MANAGER, name, metadata, content)];
    }),
  );
}

function membersOf(addresses: readonly Address[], family: 4 | 6, ready: boolean) {
  return addresses
    .filter(({ ip }) => isIP(ip) === family)
    .map(({ ip, hostname, nodeName, targetRef }) => ({
      addresses: [ip],
      conditions: { ready },
      ...(hostname ? { hostname } : {}),
      ...(nodeName ? { nodeName } : {}),
      ...(targetRef ? { targetRef } : {}),
    }));
}
