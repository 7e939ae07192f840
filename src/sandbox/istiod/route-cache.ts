/**
 * What istiod's cache of route configurations does that can be seen. It tells configurations apart by what they are made
 * of, but not by a Sidecar's egressProxy: as long as nothing else changes, unknown http:// calls go where the first
 * configuration of the kind sent them, and a proxy that is set or taken away later has no effect on them.
 * Source: pilot/pkg/networking/core/route/route_cache.go (Key, DependentConfigs, Cacheable).
 */
import type { HttpRoute } from '../../istio/types.ts';
import type { EgressListener } from './egress-listener.ts';
import { type MeshService, portOf } from './mesh-service.ts';

/**
 * Milliseconds for which istiod waits for a further change before it makes anything. It has 100 (PILOT_DEBOUNCE_AFTER);
 * kubectl is done here in half the time, and two calls of it are to be two pushes, as they are on a real cluster.
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
  /** The DestinationRules that a host's routes are made with, each 'namespace/name'. */
  readonly rulesOf: (service: MeshService) => readonly string[];
}

export class RouteCache {
  readonly #entries = new Map<string, Entry>();

  readonly #now: () => number;

  /** `now`: milliseconds. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The cluster for what no service claims: that of the configuration which is kept, else the one that is given. */
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
   * which are made anew, or none, like a Sidecar. What was made just before would not have been made yet.
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

/** Such a configuration is made for its proxy alone. */
function isForSomeSources({ match = [] }: HttpRoute): boolean {
  return match.some(
    ({ sourceLabels, sourceNamespace }) =>
      Object.keys(sourceLabels ?? {}).length > 0 || (sourceNamespace ?? '') !== '',
  );
}
