/**
 * Istio's analysis of a cluster's configuration: `istioctl analyze` for the resources that lessons and learners work
 * with. Pure, and the same on every provider. One analyzer per file, every code and text in message.ts. Left out:
 * injection, ambient, authorization, EnvoyFilter, multicluster, Gateway API.
 */
import type { Resource } from '../resource.ts';
import { caCertificates } from './ca-certificates.ts';
import { type Collection, collect } from './collection.ts';
import { conflictingHosts } from './conflicting-hosts.ts';
import { deprecation } from './deprecation.ts';
import { destinationHosts } from './destination-hosts.ts';
import { destinationSubsets } from './destination-subsets.ts';
import { gateways } from './gateways.ts';
import type { Message, MessageLevel } from './message.ts';
import { schema } from './schema.ts';
import { conflictingProtocols, protocolAddresses } from './service-entries.ts';
import { sidecarSelectors } from './sidecar-selectors.ts';
import { subsets } from './subsets.ts';

const ANALYZERS: readonly ((collection: Collection) => Message[])[] = [
  caCertificates,
  conflictingHosts,
  conflictingProtocols,
  deprecation,
  destinationHosts,
  destinationSubsets,
  gateways,
  protocolAddresses,
  schema,
  sidecarSelectors,
  subsets,
];

const RANK: Readonly<Record<MessageLevel, number>> = { Error: 0, Warning: 1, Info: 2 };

/**
 * `resources`: all objects in the cluster, in all namespaces, since references cross namespaces.
 * `namespace`: only messages about objects in it; if left out, all messages.
 * Returns messages ordered by level, code, object and text as in istioctl, each once.
 */
export function analyze(resources: readonly Resource[], namespace?: string): Message[] {
  const suppressed = suppressions(resources);
  const found = ANALYZERS.flatMap(analyzer => analyzer(collect(resources)))
    .filter(({ origin }) => namespace === undefined || origin.includes(` ${namespace}/`))
    .filter(({ origin, code }) => !suppressed.get(origin)?.some(each => each === '*' || each === code));
  const unique = new Map(found.map(each => [`${each.code} ${each.origin} ${each.message}`, each]));
  return [...unique.values()].sort(
    (a, b) =>
      RANK[a.level] - RANK[b.level] ||
      a.code.localeCompare(b.code) ||
      a.origin.localeCompare(b.origin) ||
      a.message.localeCompare(b.message),
  );
}

/** The codes suppressed by an object's annotation galley.istio.io/analyze-suppress. */
function suppressions(resources: readonly Resource[]): Map<string, string[]> {
  return new Map(
    resources.flatMap(({ kind, metadata }) => {
      const codes = metadata.annotations?.['galley.istio.io/analyze-suppress'];
      if (!codes) return [];
      return [[`${kind} ${metadata.namespace ?? ''}/${metadata.name}`, codes.split(',')] as const];
    }),
  );
}
