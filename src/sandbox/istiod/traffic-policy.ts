/**
 * Which traffic policy applies to a port of a service or of one of its subsets.
 * Source: pilot/pkg/networking/util/util.go (GetPortLevelTrafficPolicy, MergeSubsetTrafficPolicy),
 * pilot/pkg/model/destination_rule.go (MergeTrafficPolicy).
 */
import type { TrafficPolicy } from '../../istio/types.ts';

/** A policy without its port-level settings. */
export type PlainPolicy = Omit<TrafficPolicy, 'portLevelSettings'>;

interface PortPolicy {
  readonly policy: PlainPolicy | undefined;
  /** Whether it comes from a portLevelSettings entry. */
  readonly fromPort: boolean;
}

/** A port-level entry replaces the rest completely: what it leaves out is at its default, not inherited. */
export function portPolicy(policy: TrafficPolicy | undefined, port: number): PortPolicy {
  const entry = policy?.portLevelSettings?.find(p => p.port?.number === port);
  if (entry === undefined) return { policy, fromPort: false };
  const { port: _, ...settings } = entry;
  return { policy: settings, fromPort: true };
}

/**
 * Merges a subset's policy over the rule's, block by block; a subset's port-level entry again replaces every block that
 * it can contain.
 */
export function subsetPolicy(
  top: TrafficPolicy | undefined,
  subset: TrafficPolicy | undefined,
  port: number,
): PlainPolicy | undefined {
  const base = portPolicy(top, port).policy;
  if (subset === undefined) return base;
  const over = portPolicy(subset, port);
  if (base === undefined || over.policy === undefined) return over.policy;
  const merged: TrafficPolicy = { ...base };
  delete merged.portLevelSettings;
  const source: TrafficPolicy = over.policy;
  for (const block of ['connectionPool', 'outlierDetection', 'loadBalancer', 'tls'] as const) {
    if (source[block] !== undefined) Object.assign(merged, { [block]: source[block] });
    else if (over.fromPort) delete merged[block];
  }
  for (const block of ['tunnel', 'proxyProtocol', 'retryBudget'] as const) {
    if (source[block] !== undefined) Object.assign(merged, { [block]: source[block] });
  }
  return merged;
}
