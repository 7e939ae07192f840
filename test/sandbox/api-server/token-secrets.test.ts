import { expect, it } from 'vitest';
import { createAuthentication } from '../../../src/sandbox/api-server/authentication.ts';
import type { StoredObject } from '../../../src/sandbox/api-server/store.ts';
import { fillTokenSecrets } from '../../../src/sandbox/api-server/token-secrets.ts';
import { bareApi } from '../../support/bare-api.ts';

const TYPE = 'kubernetes.io/service-account-token';
const NAME = 'kubernetes.io/service-account.name';

function started() {
  const { store } = bareApi();
  const authentication = createAuthentication({ store, token: 't', now: Date.now });
  fillTokenSecrets(store, authentication, 'PEM');
  const make = (resource: string, name: string, more: { metadata?: object }) =>
    store.create(resource, { ...more, metadata: { ...more.metadata, name, namespace: 'x' } } as never);
  /** Resolves with the next change of the Secret. */
  const changed = (name: string) =>
    new Promise<StoredObject | null>(resolve => {
      const stop = store.subscribe(({ type, resource, object }) => {
        if (resource !== 'secrets' || object.metadata.name !== name || type === 'ADDED') return;
        stop();
        resolve(type === 'DELETED' ? null : object);
      });
    });
  return { store, authentication, make, changed };
}

const tokenSecret = (account: string) => ({
  kind: 'Secret',
  type: TYPE,
  metadata: { annotations: { [NAME]: account } },
});

it('a Secret for a ServiceAccount gets a token that works as long as it is there', async () => {
  const { store, authentication, make, changed } = started();
  const account = make('serviceaccounts', 'robot', {});
  const filled = changed('s');
  make('secrets', 's', tokenSecret('robot'));
  const secret = (await filled) as StoredObject & { data: Record<string, string> };
  expect(secret.metadata.annotations).toMatchObject({
    'kubernetes.io/service-account.uid': account.metadata.uid,
  });
  const text = (key: string) => Buffer.from(secret.data[key] ?? '', 'base64').toString();
  expect([text('ca.crt'), text('namespace')]).toEqual(['PEM', 'x']);
  const bearer = `Bearer ${text('token')}`;
  expect((await authentication.userOf(bearer)).username).toBe('system:serviceaccount:x:robot');
  const gone = changed('s');
  store.delete('serviceaccounts', 'x', 'robot');
  expect(await gone).toBeNull();
  await expect(authentication.userOf(bearer)).rejects.toThrow('Unauthorized');
});

it('a Secret for a ServiceAccount that does not exist is taken away', async () => {
  const { make, changed } = started();
  const gone = changed('s');
  make('secrets', 's', tokenSecret('nobody'));
  expect(await gone).toBeNull();
});
