/**
 * How much configuration the sandbox makes for a sidecar: it is made again with each change, on the event loop that
 * also serves the API and the screens. A small manifest can ask for a lot, since every host is combined with every
 * port, and every subset with both. Beyond the bound it is refused in the words of a ResourceQuota, before anything is
 * checked or stored. A real mesh has no such bound.
 */
import type { Resource } from '../../istio/resource.ts';
import type { DestinationRule, ServiceEntry, VirtualService } from '../../istio/types.ts';
import type { Store } from '../api-server/store.ts';
import type { Admission } from '../rooms.ts';

/** A push of this size takes some tenths of a second. */
const MOST = { clusters: 2000, routes: 1000 };

const ENTRIES = 'serviceentries.networking.istio.io';
const RULES = 'destinationrules.networking.istio.io';
const ROUTES = 'virtualservices.networking.istio.io';

/** The first admission: nothing else looks at what is refused here. */
export function meshQuota(store: Store): Admission {
  return ({ operation, resource, object }) => {
    if (operation === 'DELETE' || ![ENTRIES, RULES, ROUTES].includes(resource)) return {};
    const now = (kind: string): Resource[] => store.list(kind);
    const next = (kind: string): Resource[] =>
      kind === resource ? [...now(kind).filter(each => !isSame(each, object)), object] : now(kind);
    const used = amounts(now(ENTRIES), now(RULES), now(ROUTES));
    const then = amounts(next(ENTRIES), next(RULES), next(ROUTES));
    for (const what of ['clusters', 'routes'] as const) {
      // What is already stored was admitted before.
      if (then[what] <= MOST[what] || then[what] <= used[what]) continue;
      const requested = `${what}=${then[what] - used[what]}`;
      const message =
        `${resource} "${object.metadata.name}" is forbidden: exceeded quota: sandbox, requested: ${requested}, ` +
        `used: ${what}=${used[what]}, limited: ${what}=${MOST[what]}`;
      return { denied: { code: 403, reason: 'Forbidden', message } };
    }
    return {};
  };
}

function isSame(a: Resource, b: Resource): boolean {
  return a.metadata.name === b.metadata.name && a.metadata.namespace === b.metadata.namespace;
}

/** Upper bounds: a subset may be for a host that does not exist, a route for a port that its host does not have. */
function amounts(entries: readonly Resource[], rules: readonly Resource[], services: readonly Resource[]) {
  let pairs = 0;
  let ports = 1;
  for (const { spec } of entries as ServiceEntry[]) {
    const own = lengthOf(spec?.ports);
    ports = Math.max(ports, own);
    pairs += lengthOf(spec?.hosts) * own;
  }
  let subsets = 0;
  for (const { spec } of rules as DestinationRule[])
    subsets += lengthOf(spec?.subsets) * (String(spec?.host).includes('*') ? Math.max(1, pairs) : ports);
  let matches = 0;
  for (const { spec } of services as VirtualService[]) {
    for (const rule of listOf(spec?.http)) matches += Math.max(1, lengthOf(rule?.match));
    for (const rule of listOf(spec?.tls)) matches += Math.max(1, lengthOf(rule?.match));
    for (const rule of listOf(spec?.tcp)) matches += Math.max(1, lengthOf(rule?.match));
  }
  return { clusters: pairs + subsets, routes: matches * ports };
}

/** What arrives here has the schema's types, except for what later admissions would refuse. */
const listOf = <T>(value: readonly T[] | undefined | null): readonly T[] =>
  Array.isArray(value) ? value : [];
const lengthOf = (value: unknown): number => (Array.isArray(value) ? value.length : 0);
