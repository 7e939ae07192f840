/**
 * The visible effects of istiod's cache of route configurations. It tells configurations apart by what they are made
 * from, but not by a Sidecar's egressProxy: as long as nothing else changes, unknown http:// calls go where the first
 * such configuration sent them, and an egressProxy that is set or removed later has no effect on them.
 * Source: pilot/pkg/networking/core/route/route_cache.go (Key, DependentConfigs, Cacheable).
 */
import type { HttpRoute } from '../../istio/types.ts';
import type { EgressListener } from './egress-listener.ts';
import { type MeshService, portOf } from './mesh-service.ts';

/**
 * How many milliseconds istiod waits for further changes before a push. The real value is 100 (PILOT_DEBOUNCE_AFTER);
 * here kubectl takes half the time, and two calls of it must still be two pushes, as they are on a real cluster.
 */
const DEBOUNCE = 50;

interface Entry {
  readonly cluster: string;
  readonly madeOf: ReadonlySet<string>;
  readonly at: number;
}

interface RouteParts {
  readonly name: string;
  readonly port: number;
  readonly namespace: string;
  readonly allowAny: boolean;
  readonly listener: EgressListener | undefined;
  /** The DestinationRules used for a host's routes, each 'namespace/name'. */
  readonly rulesOf: (service: MeshService) => readonly string[];
}

export class RouteCache {
  readonly #entries = new Map<string, Entry>();

  readonly #now: () => number;

  /** `now`: milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The cluster for what no service claims: the one in the cached configuration, else the one given. */
  catchAllCluster(parts: RouteParts, cluster: string): string {
    if (parts.listener?.virtualServices.some(({ spec }) => spec.http?.some(isForSomeSources))) return cluster;
    const madeOf = dependencies(parts);
    const key = [parts.name, parts.namespace, parts.allowAny, ...madeOf].join(' ');
    const kept = this.#entries.get(key);
    if (kept !== undefined) return kept.cluster;
    this.#entries.set(key, { cluster, madeOf: new Set(madeOf), at: this.#now() });
    return cluster;
  }

  /**
   * Something has changed: `parts` of configurations ('service NAMESPACE/HOST', 'virtualservice NAMESPACE/NAME', ...),
   * and those made from them are made again; a Sidecar is not among them. What was cached within the debounce time is
   * forgotten too: istiod would not have made it yet.
   */
  changed(parts: readonly string[]): void {
    const settled = this.#now() - DEBOUNCE;
    for (const [key, { madeOf, at }] of this.#entries) {
      if (at > settled || parts.some(part => madeOf.has(part))) this.#entries.delete(key);
    }
  }
}

function dependencies({ listener, port, rulesOf }: RouteParts): string[] {
  if (listener === undefined) return [];
  const services = listener.services
    .filter(service => portOf(service, port) !== undefined)
    .sort((a, b) => (a.host < b.host ? -1 : 1));
  const rules = services.flatMap(service => rulesOf(service).map(rule => `destinationrule ${rule}`));
  return [
    ...services.map(({ host, namespace }) => `service ${namespace}/${host}`),
    ...listener.virtualServices.map(({ namespace, name }) => `virtualservice ${namespace}/${name}`),
    ...new Set(rules),
  ];
}

/** Such a configuration is made for one proxy alone, and not cached. */
function isForSomeSources({ match = [] }: HttpRoute): boolean {
  return match.some(
    ({ sourceLabels, sourceNamespace }) =>
      Object.keys(sourceLabels ?? {}).length > 0 || (sourceNamespace ?? '') !== '',
  );
}
