/** Certificates of the sandbox: its own API server's, made at every start, and those that istiod gives to sidecars. */
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

const DAY = 86_400_000;
const CLOCK_SKEW = 120_000;

/**
 * What istiod's CA gives to workloads, made when it is first asked for; for a dump to show, since the sandbox's sidecars
 * take no inbound calls. Source: security/pkg/pki/ca/ca.go of Istio (a day, and two minutes for clocks that differ).
 */
export class MeshCertificates {
  #root: ReturnType<typeof generate> | null = null;
  readonly #made = new Map<string, Promise<{ readonly chain: string; readonly root: string }>>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  of(namespace: string, account: string): Promise<{ readonly chain: string; readonly root: string }> {
    const uri = `spiffe://cluster.local/ns/${namespace}/sa/${account}`;
    const known = this.#made.get(uri);
    if (known !== undefined) return known;
    const made = this.#make(uri);
    this.#made.set(uri, made);
    return made;
  }

  async #make(uri: string): Promise<{ chain: string; root: string }> {
    const now = this.#now();
    const common = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;
    this.#root ??= generate([{ name: 'organizationName', value: 'cluster.local' }], {
      ...common,
      notBeforeDate: new Date(now),
      notAfterDate: new Date(now + 3650 * DAY),
      extensions: [
        { name: 'basicConstraints', cA: true, critical: true },
        { name: 'keyUsage', keyCertSign: true, critical: true },
      ],
    });
    const { cert: root, private: key } = await this.#root;
    const { cert: chain } = await generate([], {
      ...common,
      ca: { key, cert: root },
      notBeforeDate: new Date(now - CLOCK_SKEW),
      notAfterDate: new Date(now + DAY),
      extensions: [
        { name: 'basicConstraints', cA: false, critical: true },
        { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
        { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
        { name: 'subjectAltName', altNames: [{ type: 6, value: uri }] },
      ],
    });
    return { chain, root };
  }
}
