/**
 * What the lesson engine needs of a cluster, as one port. connect-mesh.ts implements it over the Kubernetes
 * API; tests give it a mesh in memory. Errors of the cluster are ToolErrors.
 */
import type { StepOf } from '../course/schema.ts';
import type { KubeObject, ObjectRef } from '../kube/client.ts';
import type { Effect } from '../probe/effect.ts';
import type { RunningProbe } from '../probe/evidence.ts';
import type { LoggedLine } from '../probe/log-rows.ts';
import type { CallWhy } from '../probe/why-call.ts';
import type { WantedWorkloads } from '../world/workloads.ts';

export type ApplyAnswer =
  | { readonly outcome: 'created' | 'configured' | 'unchanged'; readonly warnings: readonly string[] }
  | {
      readonly outcome: 'refused';
      readonly warnings: readonly string[];
      readonly code: number;
      readonly message: string;
    };

export interface RestoredWorld {
  /** 'Deployment/safedata-stable put back', 'Pod/x removed'. */
  readonly changed: readonly string[];
  /** Something that a sidecar notices as well. */
  readonly noticed: boolean;
}

/** What `before` remembers of the sidecar's configuration; only `follow` reads it. */
export type Before = unknown;

/** An object that is not this world's. root: Istio's root namespace, for everybody. shared: others may need it. */
export interface Stranger {
  readonly ref: ObjectRef;
  readonly why: 'root' | 'shared';
}

export interface Mesh {
  /** The learner's own, further clients' included: the only ones that anything is written into (bounds.ts). */
  readonly namespaces: readonly string[];
  /** kubectl's client-side apply. A refusal is a value; an object out of bounds and a silent cluster are errors. */
  apply(object: KubeObject, signal?: AbortSignal): Promise<ApplyAnswer>;
  /** Returns when it is really gone. */
  remove(ref: ObjectRef, signal?: AbortSignal): Promise<'removed' | 'absent'>;
  /** Null for what is not there, or is in somebody else's namespace. */
  read(ref: ObjectRef): Promise<KubeObject | null>;
  /**
   * Every object that a reset may remove: the Istio objects of the world's namespaces, or of the whole cluster where
   * it is ours and nobody else uses it, and what `apply` has created elsewhere.
   */
  list(signal?: AbortSignal): Promise<KubeObject[]>;
  /** Differs after anybody has changed an object that routes traffic; cheap enough for once a second. */
  fingerprint(signal?: AbortSignal): Promise<string>;
  /** Objects that belong to a fresh world and are among those of `list`: the fence, our Telemetry. */
  ownObjects(): readonly KubeObject[];
  /**
   * Brings replicas, environments and Services into this state and waits until the pods are there or gone.
   * Returns what it had to change: 'Deployment/safedata-stable'.
   */
  setWorkloads(wanted: WantedWorkloads, signal?: AbortSignal): Promise<readonly string[]>;
  /**
   * The same, and puts back all else that this program made, whatever kubectl has changed: Deployments, ConfigMaps,
   * Secrets, the namespaces' labels. What was added and takes their place is removed, where the cluster is ours.
   */
  restoreWorld(wanted: WantedWorkloads, signal?: AbortSignal): Promise<RestoredWorld>;
  /**
   * Makes further clients, as a drill wants them, and returns when they run: 'b' calls from the namespace
   * mesh-network-b. From then on `list`, `before` and `follow` are about their namespaces and sidecars as well.
   */
  setClients(clients: readonly string[], signal?: AbortSignal): Promise<void>;
  /** What the sidecars' configuration is now; to be taken before a change. */
  before(signal?: AbortSignal): Promise<Before>;
  /** What became of the change at the sidecars. */
  follow(before: Before, signal?: AbortSignal): Promise<Effect>;
  /** Sends a call from the client pod, or from a further client's. */
  start(argv: readonly string[], signal?: AbortSignal, from?: string): RunningProbe;
  /** The sidecar's last access-log lines, newest last. */
  sidecarLog(lines: number): readonly LoggedLine[];
  /**
   * Why such a call goes where it goes, read from the sidecar and the API now; nothing is sent. Throws UserError for a
   * call without a URL.
   */
  why(argv: readonly string[], signal?: AbortSignal, from?: string): Promise<CallWhy>;
  /** What an inspect step shows, as readable lines. */
  inspect(
    look: Exclude<StepOf<'inspect'>['look'], 'access-log' | 'object'>,
    match: string | undefined,
    signal?: AbortSignal,
  ): Promise<readonly string[]>;
  /** What the lessons write as {{stableIP}}, {{mesh}} and so on. */
  readonly placeholders: Readonly<Record<string, string>>;
  /** The namespaces that `*` in a Sidecar stands for where others use the cluster; null where nobody does. */
  fence(signal?: AbortSignal): Promise<readonly string[] | null>;
  /**
   * Objects that no reset removes but that have an effect here; with `left`, also those that were left behind because
   * others might need them.
   */
  strangers(left: boolean, signal?: AbortSignal): Promise<readonly Stranger[]>;
  close(): void;
}
