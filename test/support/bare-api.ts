import { PassThrough } from 'node:stream';
import { createApp } from '../../src/sandbox/api-server/app.ts';
import { createAuthentication } from '../../src/sandbox/api-server/authentication.ts';
import { Store } from '../../src/sandbox/api-server/store.ts';
import type { Admission } from '../../src/sandbox/rooms.ts';

export type BareApi = ReturnType<typeof bareApi>;

/**
 * The sandbox's API server over a store of its own: no controllers, no containers, no admission unless it is given;
 * namespace x, token t.
 */
export function bareApi(admission: readonly Admission[] = []) {
  const store = new Store(Date.now);
  const pods = {
    exec: async () => ({ exit: 0 }),
    attach: async () => ({ exit: 0 }),
    async *logs() {},
    reach: async () => new PassThrough(),
  };
  const authentication = createAuthentication({ store, now: Date.now, token: 't' });
  const app = createApp({ store, admission, pods, now: Date.now, authentication });
  store.create('namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'x' } });
  return { store, app, pods };
}
