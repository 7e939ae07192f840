/**
 * Puts a token into each Secret of the type kubernetes.io/service-account-token, which is how older programs get one, and
 * deletes the Secret with its ServiceAccount. Source: kubernetes/pkg/controller/serviceaccount/tokens_controller.go
 */
import { wentOn } from '../go-on.ts';
import type { Authentication } from './authentication.ts';
import type { Store, StoredObject } from './store.ts';

const TYPE = 'kubernetes.io/service-account-token';
const NAME = 'kubernetes.io/service-account.name';
const UID = 'kubernetes.io/service-account.uid';

interface TokenSecret extends StoredObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

/** `ca`: PEM, of the API. Returns a function that stops it. */
export function fillTokenSecrets(store: Store, { tokens }: Authentication, ca: string): () => void {
  const fill = async ({ metadata: { name, namespace = '' } }: TokenSecret) => {
    const issuer = await tokens();
    const secret = store.get('secrets', namespace, name) as TokenSecret | undefined;
    if (secret === undefined || secret.data?.token !== undefined) return;
    const account = store.get('serviceaccounts', namespace, secret.metadata.annotations?.[NAME] ?? '');
    if (account === undefined) {
      store.delete('secrets', namespace, name);
      return;
    }
    const { uid } = account.metadata;
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const token = issuer.forSecret(account, { name, uid: secret.metadata.uid });
    const data = { 'ca.crt': base64(ca), namespace: base64(namespace), token: base64(token) };
    const annotations = { ...secret.metadata.annotations, [UID]: uid };
    store.update('secrets', {
      ...secret,
      data: { ...data, ...secret.data },
      metadata: { ...secret.metadata, annotations },
    } as StoredObject);
  };
  return store.subscribe(({ type, resource, object }) => {
    if (resource === 'serviceaccounts' && type === 'DELETED') deleteSecretsOf(store, object);
    if (resource !== 'secrets' || type === 'DELETED') return;
    const secret = object as TokenSecret;
    if (secret.type === TYPE && secret.data?.token === undefined) {
      fill(secret).catch(error => wentOn(`a token for Secret ${object.metadata.name}`, error));
    }
  });
}

function deleteSecretsOf(store: Store, { metadata: { namespace = '', name } }: StoredObject): void {
  for (const secret of store.list('secrets', namespace) as TokenSecret[]) {
    if (secret.type === TYPE && secret.metadata.annotations?.[NAME] === name)
      store.delete('secrets', namespace, secret.metadata.name);
  }
}
