/** What Kubernetes and Istio put into every new namespace: the ServiceAccount `default`, and the CAs' certificates. */
import type { Store } from '../../api-server/store.ts';

/** `ca` is the PEM text of the sandbox's CA. Returns a function that stops it. */
export function fillNamespaces(store: Store, ca: string): () => void {
  const fill = (namespace: string) => {
    const make = (resource: string, kind: string, name: string, rest: object) => {
      if (store.get(resource, namespace, name)) return;
      store.create(resource, { apiVersion: 'v1', kind, metadata: { name, namespace }, ...rest });
    };
    make('serviceaccounts', 'ServiceAccount', 'default', {});
    make('configmaps', 'ConfigMap', 'kube-root-ca.crt', { data: { 'ca.crt': ca } });
    make('configmaps', 'ConfigMap', 'istio-ca-root-cert', { data: { 'root-cert.pem': ca } });
  };
  for (const { metadata } of store.list('namespaces')) fill(metadata.name);
  return store.subscribe(({ type, resource, object }) => {
    const { namespace = null, name } = object.metadata;
    if (type === 'ADDED' && resource === 'namespaces') fill(name);
    // They are recreated when deleted, as by their controllers.
    if (type !== 'DELETED' || namespace === null || !store.get('namespaces', null, namespace)) return;
    if (resource === 'serviceaccounts' || resource === 'configmaps') fill(namespace);
  });
}
