/** The certificates of the sandbox's own API server: a CA made at every start, and a server's for 127.0.0.1. */
import { generate } from 'selfsigned';

export interface ServingCertificate {
  /** PEM texts. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const curve = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;
const named = (commonName: string) => [{ name: 'commonName', value: commonName }];

/** The CA's key is thrown away at once: nobody can sign a second certificate that kubectl would trust. */
export async function servingCertificate(): Promise<ServingCertificate> {
  const ca = await generate(named('istio-tutor sandbox CA'), {
    ...curve,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, critical: true },
    ],
  });
  const server = await generate(named('istio-tutor sandbox'), {
    ...curve,
    ca: { key: ca.private, cert: ca.cert },
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  });
  return { ca: ca.cert, cert: server.cert, key: server.private };
}
