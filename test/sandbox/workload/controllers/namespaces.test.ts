import { expect, it } from 'vitest';
import type { Resource } from '../../../../src/istio/resource.ts';
import { Store } from '../../../../src/sandbox/api-server/store.ts';
import { fillNamespaces } from '../../../../src/sandbox/workload/controllers/namespaces.ts';

const namespace: Resource = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } };
const dataOf = (store: Store, name: string) =>
  (store.get('configmaps', 'team', name) as { data?: unknown } | undefined)?.data;

it.each([
  ['kube-root-ca.crt', { 'ca.crt': 'PEM' }],
  ['istio-ca-root-cert', { 'root-cert.pem': 'PEM' }],
])('every namespace has %s, and has it back when it is deleted or changed', (name, data) => {
  const store = new Store(() => 0);
  const stop = fillNamespaces(store, 'PEM');
  store.create('namespaces', namespace);
  expect(dataOf(store, name)).toEqual(data);
  store.delete('configmaps', 'team', name);
  expect(dataOf(store, name)).toEqual(data);
  store.update('configmaps', { ...store.get('configmaps', 'team', name), data: { other: 'x' } } as Resource);
  expect(dataOf(store, name)).toEqual(data);
  store.delete('namespaces', null, 'team');
  expect(dataOf(store, name)).toBeUndefined();
  stop();
});
