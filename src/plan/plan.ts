/**
 * What an apply would change for a workload's calls, before anything is applied: `kubectl diff` for what YAML does. The
 * cluster is only read. Today's objects and tomorrow's are both translated here, and what the sidecar really has is held
 * against today's translation: where the two differ, a plan says so.
 */
import { type ManifestObject, parseManifest } from '../course/manifest.ts';
import { findDifferences } from '../difference/find.ts';
import type { Difference } from '../difference/types.ts';
import type { EnvoyConfig } from '../envoy/config.ts';
import { withRegexes } from '../envoy/regex-work.ts';
import type { Kube } from '../kube/client.ts';
import { shortName } from '../kube/kinds.ts';
import type { Snapshot } from '../sandbox/istiod/snapshot.ts';
import { translate } from '../sandbox/istiod/translate.ts';
import { type Planned, readSnapshot, withApplied } from './snapshot.ts';
import { around } from './surroundings.ts';
import { findWorkload, type Workload } from './workload.ts';

export interface PlanInput {
  readonly manifests: readonly { readonly file: string; readonly text: string }[];
  /** 'deploy/client' */
  readonly from: string;
  readonly namespace: string;
}

export interface PlannedObject {
  readonly what: string;
  readonly file: string;
  readonly line: number;
  readonly planned: Planned;
}

export interface Plan {
  readonly workload: Workload;
  readonly objects: readonly PlannedObject[];
  /** Calls that would go another way. */
  readonly differences: readonly Difference[];
  /** Calls that already go another way than today's objects say; mostly something that is not modelled here. */
  readonly unexplained: readonly Difference[];
}

/** Throws a UserError for manifests that cannot be read and workloads that are not there, a ToolError of the cluster's. */
export async function planOf(kube: Kube, input: PlanInput, now: Date, signal: AbortSignal): Promise<Plan> {
  const { manifests, from, namespace } = input;
  const parsed = manifests.flatMap(({ file, text }) =>
    parseManifest(text, file, namespace).map(each => ({ file, ...each, lineOf: each.lineOf })),
  );
  const [workload, { snapshot, mesh }] = await Promise.all([
    findWorkload(kube, from, namespace, signal),
    readSnapshot(kube),
  ]);
  const applied = applyAll(snapshot, parsed, now);
  const config = (each: Snapshot): EnvoyConfig => translate(each, workload, mesh);
  const [today, tomorrow] = [config(snapshot), config(applied.snapshot)];
  const place = around([snapshot, applied.snapshot], workload);
  const compare = (a: EnvoyConfig, b: EnvoyConfig) =>
    withRegexes(() => findDifferences([place.side(a)], place.side(b), place.calls, { whole: true }));
  return {
    workload,
    objects: applied.objects,
    differences: await compare(today, tomorrow),
    unexplained: await compare(workload.config, today),
  };
}

function applyAll(
  snapshot: Snapshot,
  manifests: readonly (ManifestObject & { readonly file: string })[],
  now: Date,
): { readonly snapshot: Snapshot; readonly objects: readonly PlannedObject[] } {
  let after = snapshot;
  const objects = manifests.map(({ object, ref, file, line }): PlannedObject => {
    const { snapshot: next, planned } = withApplied(after, object, now);
    after = next;
    return { what: shortName(ref), file, line, planned };
  });
  return { snapshot: after, objects };
}
