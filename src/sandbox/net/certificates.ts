/** The certificate of the sandbox's own API server, for 127.0.0.1; made at every start. */
import { generate } from 'selfsigned';

export interface ServingCertificate {
  /** PEM texts. */
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/**
 * It is its own CA and may not sign anything, so this is the only certificate in the world that kubectl trusts through
 * it.
 */
export async function servingCertificate(): Promise<ServingCertificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'istio-tutor sandbox' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
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
  return { ca: cert, cert, key };
}
