/** Which Sidecar a proxy has. Source: pilot/pkg/model/push_context.go (initSidecarScopes, getSidecarScope). */
import { namespaceOf, sortedByAge } from './age.ts';
import { selects } from './labels.ts';
import type { Sidecar } from './types.ts';

/** A sidecar's pod, as far as that chooses what it gets. */
export interface Client {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * In the client's namespace one whose workloadSelector fits, else one without a selector; else the root namespace's one
 * without a selector; of several, the oldest. Undefined: it has none, and imports everything.
 */
export function sidecarInForce(
  sidecars: readonly Sidecar[],
  { namespace, labels }: Client,
  rootNamespace: string,
): Sidecar | undefined {
  const sorted = sortedByAge(sidecars);
  const own = sorted.filter(each => namespaceOf(each) === namespace);
  return (
    own.find(({ spec }) => spec?.workloadSelector && selects(spec.workloadSelector.labels, labels)) ??
    own.find(({ spec }) => !spec?.workloadSelector) ??
    sorted.find(each => namespaceOf(each) === rootNamespace && !each.spec?.workloadSelector)
  );
}
