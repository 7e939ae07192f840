/**
 * What a provider (kind, context, sandbox) must be: a Kubernetes API behind a kubeconfig file, and nothing else.
 * Apply, exec, logs and wait are one code path on top of it (../kube). At most six members, so that a new provider
 * stays a small thing.
 */
import type { Kubeconfig } from '../kube/client.ts';
import type { Progress } from '../shared/progress.ts';
import type { Health } from '../world/health.ts';

export type ClusterKind = 'kind' | 'context' | 'sandbox';

export interface Capabilities {
  readonly kind: ClusterKind;
  /** The program made this cluster, so it may recreate it when it is broken. */
  readonly recreate: boolean;
  /** Istio's version as istiod reports it, once known: '1.31-dev'. */
  readonly istio?: string | undefined;
  /** A workshop's learner: nothing outside their two namespaces may be asked for, and progress is shared. */
  readonly workshop?: boolean;
}

export interface Cluster {
  /** As screens and reports show it: 'kind', 'context dev-cluster'. */
  readonly name: string;
  readonly kubeconfig: Kubeconfig;
  readonly can: Capabilities;
  /** Makes or repairs it, the lab world included. Idempotent. Throws ToolError with the tool's own words. */
  up(progress: Progress, signal: AbortSignal): Promise<void>;
  health(signal: AbortSignal): Promise<Health>;
  /** Removes what `up` made and nothing else. */
  down(progress: Progress, signal: AbortSignal): Promise<void>;
}
