/**
 * The Host headers by which a service is called: its full name, also with a dot at the end, short names from the
 * client's namespace, its address.
 * Source: pilot/pkg/networking/core/httproute.go (generateVirtualHostDomains, GenerateAltVirtualHosts, dedupeDomains).
 */
import { isIP } from 'node:net';
import { type MeshService, UNSPECIFIED } from './mesh-service.ts';
import type { MeshConfig } from './snapshot.ts';

interface Domains {
  readonly all: string[];
  /** Short forms of a longer name: another service with exactly this name takes precedence. */
  readonly alternative: string[];
}

export function serviceDomains(service: MeshService, clientNamespace: string, mesh: MeshConfig): Domains {
  const all: string[] = [];
  const alternative: string[] = [];
  for (const host of [service.host, ...service.aliases.map(a => a.host)]) {
    const more = alternatives(host, clientNamespace, mesh);
    all.push(host, ...more);
    alternative.push(...more);
  }
  if (service.resolution === 'Passthrough' && service.registry === 'Kubernetes') {
    all.push(...all.map(domain => `*.${domain}`)); // pods of a headless service have their own names
  }
  if (service.address !== UNSPECIFIED) all.push(bracketed(service.address));
  return { all, alternative };
}

/** Envoy wants IPv6 addresses in brackets. */
export const bracketed = (host: string): string => (host.includes(':') ? `[${host}]` : host);

/**
 * catalog.shop.svc.cluster.local: from namespace shop it is also catalog, catalog.shop.svc and catalog.shop; from
 * others the last two.
 */
export function alternatives(host: string, clientNamespace: string, mesh: MeshConfig): string[] {
  const absolute = isIP(host) === 0 ? [`${host}.`] : [];
  if (!host.endsWith(`.svc.${mesh.domain}`)) return absolute;
  const short = host.slice(0, host.indexOf('.svc.'));
  const dot = short.indexOf('.');
  if (dot < 0) return absolute;
  if (short.slice(dot + 1) === clientNamespace) {
    return [...absolute, short.slice(0, dot), `${short}.svc`, short];
  }
  return [...absolute, short, `${short}.svc`];
}

/**
 * Envoy refuses a domain that appears in two virtual hosts: the first keeps it. `fullNames` are names of services,
 * which another service's short name may not take.
 */
export class TakenDomains {
  readonly #taken = new Set<string>();
  readonly #fullNames: ReadonlySet<string>;

  constructor(fullNames: ReadonlySet<string>) {
    this.#fullNames = fullNames;
  }

  take({ all, alternative }: Domains): string[] {
    return all.filter(domain => {
      const key = domain.toLowerCase();
      if (this.#taken.has(key)) return false;
      if (alternative.includes(domain) && this.#fullNames.has(domain)) return false;
      this.#taken.add(key);
      return true;
    });
  }
}
