/** EndpointSlices of a Service, as the controllers that make them name and find them. */
import type { Resource } from '../../../istio/resource.ts';
import type { Store, StoredObject } from '../../api-server/store.ts';
import { ENDPOINT_SLICES } from '../kube-types.ts';

const SERVICE = 'kubernetes.io/service-name';
const MANAGER = 'endpointslice.kubernetes.io/managed-by';

/** The Service's slices that `manager` has made. */
export function slicesOfService(
  store: Store,
  namespace: string,
  service: string,
  manager: string,
): StoredObject[] {
  return store
    .list(ENDPOINT_SLICES, namespace)
    .filter(({ metadata: { labels } }) => labels?.[SERVICE] === service && labels[MANAGER] === manager);
}

/** A slice to be created: named after the Service, with the labels, annotations and owner of what it is made from. */
export function newSlice(
  manager: string,
  service: string,
  { labels, ...metadata }: Partial<Resource['metadata']>,
  content: object,
): Resource {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      ...metadata,
      name: '',
      generateName: `${service}-`,
      labels: { ...labels, [SERVICE]: service, [MANAGER]: manager },
    },
    ...content,
  };
}
