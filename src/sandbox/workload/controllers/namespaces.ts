/** What Kubernetes and Istio put into every new namespace: the ServiceAccount `default`, and the CAs' certificates. */
import { isDeepStrictEqual } from 'node:util';
import type { Resource } from '../../../istio/resource.ts';
import type { Store } from '../../api-server/store.ts';

/** `ca` is the PEM text of the sandbox's CA. Returns a function that stops it. */
export function fillNamespaces(store: Store, ca: string): () => void {
  const certificates = new Map([
    ['kube-root-ca.crt', { 'ca.crt': ca }],
    ['istio-ca-root-cert', { 'root-cert.pem': ca }],
  ]);
  const fill = (namespace: string) => {
    const make = (resource: string, kind: string, name: string, rest: object) => {
      store.create(resource, { apiVersion: 'v1', kind, metadata: { name, namespace }, ...rest });
    };
    if (!store.get('serviceaccounts', namespace, 'default'))
      make('serviceaccounts', 'ServiceAccount', 'default', {});
    for (const [name, data] of certificates) {
      const there = store.get('configmaps', namespace, name);
      if (there === undefined) make('configmaps', 'ConfigMap', name, { data });
      else if (!isDeepStrictEqual((there as { data?: object }).data, data))
        store.update('configmaps', { ...there, data } as Resource);
    }
  };
  for (const { metadata } of store.list('namespaces')) fill(metadata.name);
  return store.subscribe(({ type, resource, object }) => {
    const { namespace = null, name } = object.metadata;
    if (type === 'ADDED' && resource === 'namespaces') fill(name);
    if (namespace === null || !store.get('namespaces', null, namespace)) return;
    // They are put back when they are deleted or changed, as by their controllers.
    const isLost = type === 'DELETED' && resource === 'serviceaccounts';
    if (isLost || (type !== 'ADDED' && resource === 'configmaps' && certificates.has(name))) fill(namespace);
  });
}
