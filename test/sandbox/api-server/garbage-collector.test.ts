import { expect, it } from 'vitest';
import { collectGarbage } from '../../../src/sandbox/api-server/garbage-collector.ts';
import { Store } from '../../../src/sandbox/api-server/store.ts';

it.each([
  ['an owner that is not there', { apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: '1' }, true],
  ['another object of that name', { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: '1' }, true],
  ['an owner that is there', { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner' }, false],
  [
    'an owner of a kind that nobody serves',
    { apiVersion: 'a.b/v1', kind: 'Thing', name: 'x', uid: '1' },
    false,
  ],
])('what belongs to %s is taken away: %#', async (_what, owner, goes) => {
  const store = new Store(Date.now);
  const stop = collectGarbage(store);
  const map = (name: string, more: object = {}) =>
    store.create('configmaps', {
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'x', ...more } },
    });
  const { uid } = map('owner').metadata;
  map('owned', { ownerReferences: [{ uid, ...owner }] });
  expect(store.get('configmaps', 'x', 'owned')).toBeDefined();
  await Promise.resolve();
  expect(store.get('configmaps', 'x', 'owned') === undefined).toBe(goes);
  stop();
});
