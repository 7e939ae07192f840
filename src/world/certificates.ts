/**
 * The lab's certificates: a CA, the API's certificate for every lab name, and a client certificate for
 * tls mode MUTUAL. Made by `up`, kept in Secrets, used again while they are good. The CA's key is thrown
 * away at once: what must be renewed is renewed as a whole.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';
import { HOSTS } from './names.ts';

/** All PEM texts. */
export interface Certificates {
  readonly ca: string;
  readonly server: KeyPair;
  readonly client: KeyPair;
}

export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** The Secret of each namespace that holds its part. */
export const SECRET = 'lab-certs';

const CLIENT_NAME = 'client.mesh-network';

const DAY = 24 * 3600_000;
const LIFE = 365 * DAY;
/** Certificates with less than this left are renewed, so that none expires in the middle of a workshop. */
const MARGIN = 30 * DAY;

const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;
const named = (commonName: string) => [{ name: 'commonName', value: commonName }];

export async function makeCertificates(now: Date = new Date()): Promise<Certificates> {
  const { ca, client, servers } = await certify([Object.values(HOSTS)], now);
  const [server] = servers as [KeyPair];
  return { ca, server, client };
}

/** The same, and a server's certificate of the same CA for another name than the lab's. */
export async function makeWithNamesake(
  name: string,
): Promise<{ readonly certificates: Certificates; readonly namesake: KeyPair }> {
  const { ca, client, servers } = await certify([Object.values(HOSTS), [name]]);
  const [server, namesake] = servers as [KeyPair, KeyPair];
  return { certificates: { ca, server, client }, namesake };
}

/** A CA's certificate, the client's, and one for each of these lists of names, in their order. */
export async function certify(
  names: readonly (readonly string[])[],
  now: Date = new Date(),
): Promise<{ readonly ca: string; readonly client: KeyPair; readonly servers: readonly KeyPair[] }> {
  // A node's clock may be a little behind ours.
  const dates = {
    notBeforeDate: new Date(now.getTime() - DAY),
    notAfterDate: new Date(now.getTime() + LIFE),
  };
  const ca = await generate(named('istio-tutor lab CA'), {
    ...common,
    ...dates,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const issue = async (
    commonName: string,
    hosts: readonly string[],
    use: { serverAuth: true } | { clientAuth: true },
  ): Promise<KeyPair> => {
    const { cert, private: key } = await generate(named(commonName), {
      ...common,
      ...dates,
      ca: { key: ca.private, cert: ca.cert },
      extensions: [
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'keyUsage', digitalSignature: true, critical: true },
        { name: 'extKeyUsage', ...use },
        { name: 'subjectAltName', altNames: hosts.map(value => ({ type: 2 as const, value })) },
      ],
    });
    return { cert, key };
  };
  const [client, ...servers] = await Promise.all([
    issue(CLIENT_NAME, [CLIENT_NAME], { clientAuth: true }),
    ...names.map(hosts => issue(hosts[0] ?? '', hosts, { serverAuth: true })),
  ]);
  return { ca: ca.cert, client, servers };
}

/** Whether these can stay: one CA signed both, keys fit, all lab names are covered, and time is left. */
export function stillGood(certificates: Certificates, now: Date = new Date()): boolean {
  try {
    const ca = new X509Certificate(certificates.ca);
    const leaves = [certificates.server, certificates.client].map(({ cert, key }) => ({
      certificate: new X509Certificate(cert),
      key: createPrivateKey(key),
    }));
    const [server, client] = leaves.map(leaf => leaf.certificate);
    const lasts = (each: X509Certificate) => Date.parse(each.validTo) - now.getTime() > MARGIN;
    return (
      lasts(ca) &&
      leaves.every(({ certificate, key }) => {
        return lasts(certificate) && certificate.verify(ca.publicKey) && certificate.checkPrivateKey(key);
      }) &&
      Object.values(HOSTS).every(host => server?.checkHost(host) !== undefined) &&
      client?.subject === `CN=${CLIENT_NAME}`
    );
  } catch {
    return false; // Not readable as certificates: make new ones.
  }
}

/** Short, and the same for the same certificates: shows which pods started with others. */
export function certificatesMark(certificates: Certificates): string {
  return new X509Certificate(certificates.ca).fingerprint256.replaceAll(':', '').slice(0, 16).toLowerCase();
}
