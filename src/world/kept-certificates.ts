/**
 * The certificates that a world already has, read from its Secrets: a second `up` and a further world use them again.
 */
import { asApplied, readObject } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/client.ts';
import { type Certificates, SECRET, stillGood } from './certificates.ts';
import type { WorldNames } from './names.ts';

/** The certificates of an earlier `up`, when both namespaces have them and they are still good. */
export async function worldCertificates(kube: Kube, names: WorldNames): Promise<Certificates | null> {
  const [mesh, outside] = await Promise.all(
    [names.mesh, names.outside].map(async namespace => {
      const secret = await readObject(kube, { apiVersion: 'v1', kind: 'Secret', name: SECRET, namespace });
      // As they were made, where somebody has changed the Secret since.
      const data = { ...texts(secret), ...texts(secret && asApplied(secret)) };
      return (key: string) => Buffer.from(data[key] ?? '', 'base64').toString('utf8');
    }),
  );
  if (!mesh || !outside || mesh('ca.pem') === '' || mesh('ca.pem') !== outside('ca.crt')) return null;
  const kept: Certificates = {
    ca: mesh('ca.pem'),
    server: { cert: outside('tls.crt'), key: outside('tls.key') },
    client: { cert: mesh('client.pem'), key: mesh('client.key') },
  };
  return stillGood(kept) ? kept : null;
}

function texts(secret: KubeObject | null): Record<string, string> {
  return (secret?.data ?? {}) as Record<string, string>;
}
