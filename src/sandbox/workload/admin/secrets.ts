/** The sidecar's own certificate and the mesh's root: in a config_dump, and on the page /certs. */
import { X509Certificate } from 'node:crypto';
import type { WorkloadCertificates } from '../surroundings.ts';

const SECRET = 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret';
const DAY = 86_400_000;

export function secretsDump({ chain, root }: WorkloadCertificates, last_updated: string): object[] {
  const bytes = (pem: string) => ({ inline_bytes: Buffer.from(pem).toString('base64') });
  const secret = (name: string, content: object) => ({
    ...{ name, version_info: last_updated, last_updated },
    secret: { '@type': SECRET, name, ...content },
  });
  return [
    secret('default', {
      tls_certificate: {
        certificate_chain: bytes(chain),
        // As Envoy shows it: '[redacted]'.
        private_key: { inline_bytes: 'W3JlZGFjdGVkXQ==' },
      },
    }),
    secret('ROOTCA', { validation_context: { trusted_ca: bytes(root) } }),
  ];
}

export function certsPage({ chain, root }: WorkloadCertificates, now: number): object {
  return { certificates: [{ ca_cert: [about(root, now)], cert_chain: [about(chain, now)] }] };
}

function about(pem: string, now: number): object {
  const { serialNumber, subjectAltName = '', validFrom, validTo } = new X509Certificate(pem);
  const time = (text: string) => `${new Date(text).toISOString().slice(0, 19)}Z`;
  return {
    path: '<inline>',
    serial_number: serialNumber.toLowerCase(),
    subject_alt_names: subjectAltName
      .split(', ')
      .filter(each => each.startsWith('URI:'))
      .map(each => ({ uri: each.slice('URI:'.length) })),
    days_until_expiration: String(Math.max(0, Math.floor((Date.parse(validTo) - now) / DAY))),
    valid_from: time(validFrom),
    expiration_time: time(validTo),
  };
}
