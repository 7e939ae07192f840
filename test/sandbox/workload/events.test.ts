import { expect, it } from 'vitest';
import { Store } from '../../../src/sandbox/api-server/store.ts';
import { Events } from '../../../src/sandbox/workload/events.ts';

it.each([2026, 2039, 2100])('events of one moment have names of their own in %i', year => {
  const now = () => Date.UTC(year, 10, 28);
  const store = new Store(now);
  const events = new Events(store, now);
  store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } });
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'x' } };
  for (let n = 0; n < 100; n++) events.record(pod, { reason: 'R', message: 'm', component: 'kubelet' });
  expect(store.list('events', 'x')).toHaveLength(100);
});
