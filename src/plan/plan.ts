/**
 * What an apply would change for a workload's calls, before anything is applied: `kubectl diff` for what YAML does. The
 * cluster is only read. Today's objects and tomorrow's are both translated here, and what the sidecar really has is held
 * against today's translation: where the two differ, a plan says so.
 */
import { parseAllDocuments, stringify } from 'yaml';
import { type ManifestObject, parseManifest } from '../course/manifest.ts';
import { brokenIn, parseBounded, plainValue, YamlTrouble } from '../course/plain-yaml.ts';
import { findDifferences } from '../difference/find.ts';
import type { Difference } from '../difference/types.ts';
import type { EnvoyConfig } from '../envoy/config.ts';
import { withRegexes } from '../envoy/regex-work.ts';
import type { Kube } from '../kube/client.ts';
import { shortName } from '../kube/kinds.ts';
import { collectionPath } from '../kube/resources.ts';
import type { PlannedChange } from '../lesson/planning.ts';
import type { Snapshot } from '../sandbox/istiod/snapshot.ts';
import { translate } from '../sandbox/istiod/translate.ts';
import { UserError } from '../shared/errors.ts';
import { type Planned, withApplied, withRemoved } from './applied.ts';
import { readSnapshot } from './snapshot.ts';
import { around } from './surroundings.ts';
import { findWorkload, type Workload } from './workload.ts';

/** Characters of a manifest. A chart's output may be long. */
const LONGEST = 4 * 1024 * 1024;

/** Whose calls are planned. */
export interface PlanPlace {
  /** 'deploy/client' */
  readonly from: string;
  readonly namespace: string;
}

export interface PlanInput extends PlanPlace {
  readonly manifests: readonly { readonly file: string; readonly text: string }[];
}

export interface PlannedObject {
  readonly what: string;
  readonly file: string;
  readonly manifest: ManifestObject;
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

/** Throws a UserError for manifests that cannot be read or hold nothing, and all that planChanges does. */
export async function planOf(kube: Kube, input: PlanInput, now: Date, signal: AbortSignal): Promise<Plan> {
  const { manifests, namespace } = input;
  const parsed = manifests.flatMap(({ file, text }) =>
    parseManifest(withoutLists(text), file, namespace, LONGEST).map(manifest => ({ file, manifest })),
  );
  if (parsed.length === 0) {
    throw new UserError({
      what: `There is no object in ${manifests.map(each => each.file).join(', ')}.`,
      next: ['-f FILE   a manifest with objects in it'],
    });
  }
  return planChanges(kube, input, parsed, now, signal);
}

/** Of changes in their order. Throws a UserError for a workload that is not there, a ToolError of the cluster's. */
export async function planChanges(
  kube: Kube,
  { from, namespace }: PlanPlace,
  changes: readonly PlannedChange[],
  now: Date,
  signal: AbortSignal,
): Promise<Plan> {
  const [workload, { snapshot, mesh }, collections] = await Promise.all([
    findWorkload(kube, from, namespace, signal),
    readSnapshot(kube),
    Promise.all(changes.map(each => ('gone' in each ? null : collectionPath(kube, each.manifest.ref)))),
  ]);
  let after = snapshot;
  const objects = changes.flatMap((change, at): PlannedObject[] => {
    if ('gone' in change) {
      after = withRemoved(after, change.gone);
      return [];
    }
    const { file, manifest } = change;
    const applied = withApplied(after, manifest.object, collections[at] ?? null, now);
    after = applied.snapshot;
    return [{ what: shortName(manifest.ref), file, manifest, planned: applied.planned }];
  });
  const config = (each: Snapshot): EnvoyConfig => {
    const { listeners, clusters, ...rest } = translate(each, workload, mesh);
    const { bootstrap } = workload;
    return {
      ...rest,
      listeners: [...listeners, ...bootstrap.listeners],
      clusters: [...clusters, ...bootstrap.clusters],
    };
  };
  const [today, tomorrow] = [config(snapshot), config(after)];
  const place = around([snapshot, after], workload);
  const compare = (a: EnvoyConfig, b: EnvoyConfig) =>
    withRegexes(() => findDifferences([place.side(a)], place.side(b), place.calls, { whole: true }));
  return {
    ...{ workload, objects },
    differences: await compare(today, tomorrow),
    unexplained: await compare(workload.config, today),
  };
}

/** The items of each List in place of it, as kubectl takes them. What cannot be read stays for parseManifest to tell. */
function withoutLists(text: string): string {
  if (!/^kind: *\w*List *$|"kind": *"\w*List"/m.test(text)) return text;
  try {
    const documents = parseBounded(text, () => parseAllDocuments(text), LONGEST);
    if (!Array.isArray(documents) || documents.some(each => brokenIn(each) !== null)) return text;
    const values = documents.map(plainValue);
    return values
      .flatMap(itemsOf)
      .map(each => stringify(each))
      .join('---\n');
  } catch (error) {
    if (error instanceof YamlTrouble) return text;
    throw error;
  }
}

function itemsOf(value: unknown): readonly unknown[] {
  const { kind, items } = (value ?? {}) as { kind?: unknown; items?: unknown };
  return /List$/.test(String(kind)) && Array.isArray(items) ? items : [value];
}
