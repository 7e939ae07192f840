/**
 * THE SEAM. A provider gives a Kubernetes API behind a kubeconfig file, and nothing else: apply, exec,
 * logs and wait are one code path over it (client.ts, apply.ts, exec.ts, logs.ts, wait.ts).
 * At most six members, so that a new provider stays a small thing.
 */

/** What stages report while something takes longer than a second. */
export interface Progress {
  /** A new stage has begun; the one before it is done. */
  stage(title: string): void;
  /** The tool's last line, for the stage that runs. */
  line(text: string): void;
  /** Something that must stay on the screen: a warning about the cluster, a decision that was taken. */
  note?(text: string): void;
}

export type ClusterKind = 'kind' | 'context' | 'sandbox';

export interface Capabilities {
  readonly kind: ClusterKind;
  /** The program made this cluster, so it may recreate it when it is broken. */
  readonly recreate: boolean;
  /** Istio's version as istiod tells it, once known: '1.31-dev'. */
  readonly istio?: string;
  /** A workshop's learner: nothing outside their two namespaces may be asked for, and progress is shared. */
  readonly workshop?: boolean;
}

/** A port of 127.0.0.1 on which a sandbox listens. */
export interface Listener {
  readonly port: number;
  readonly what: string;
}

export type Health = (
  | { readonly state: 'ready' }
  /** Nothing is there yet; `up` makes it. */
  | { readonly state: 'absent' }
  /** Something is there and does not work. `why` in one sentence. */
  | { readonly state: 'broken'; readonly why: string; readonly detail?: string }
) & {
  /** All that a sandbox has open on this machine; missing for other clusters. */
  readonly listens?: readonly Listener[];
};

export interface Kubeconfig {
  /** A file of ours, or, for the context provider, the user's own, which is only ever read. */
  readonly path: string;
  readonly context: string;
}

export interface Cluster {
  /** As screens and reports say it: 'kind', 'context dev-cluster'. */
  readonly name: string;
  readonly kubeconfig: Kubeconfig;
  readonly can: Capabilities;
  /** Makes or repairs it, the lab world included. Idempotent. Throws ToolError with the tool's own words. */
  up(progress: Progress, signal: AbortSignal): Promise<void>;
  health(signal: AbortSignal): Promise<Health>;
  /** Removes what `up` made and nothing else. */
  down(progress: Progress, signal: AbortSignal): Promise<void>;
}
