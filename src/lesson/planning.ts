/**
 * What an apply would change for calls, before anything is applied: the port to plan/, which stands above this room, and
 * what it is asked for the step that is open.
 */
import { type ManifestObject, parseManifest } from '../course/manifest.ts';
import type { Step } from '../course/schema.ts';
import type { ObjectRef } from '../kube/client.ts';
import { kindNamed } from '../kube/kinds.ts';
import { asTutorError } from '../shared/errors.ts';
import { log } from '../shared/log.ts';
import { furtherNames } from '../world/further-clients.ts';
import { CLIENT } from '../world/names.ts';
import { refuseInFile } from './bounds.ts';
import type { Core } from './engine-core.ts';
import { withinFence } from './fence.ts';
import type { Mesh } from './mesh.ts';
import { shownFiles } from './shown-files.ts';
import { baseName } from './state-of.ts';

/** A call that would go another way. */
export interface PlannedCall {
  /** 'GET http://api.safedata-zone.io/' */
  readonly call: string;
  /** What its caller or the far side would notice, in words. */
  readonly changes: readonly { readonly today: string; readonly after: string }[];
  /** 'VirtualService mesh-network/routes': what decides. */
  readonly by: readonly string[];
}

export interface PlannedCalls {
  /** 'deploy/client in mesh-network' */
  readonly caller: string;
  /** 'ServiceEntry/api would be refused: ...'; what is refused changes nothing. */
  readonly refused: readonly string[];
  readonly calls: readonly PlannedCall[];
  /** Calls that already go another way than today's objects say: for them the plan may be wrong. */
  readonly unexplained: readonly PlannedCall[];
}

export type PlannedChange =
  | { readonly file: string; readonly manifest: ManifestObject }
  | { readonly gone: ObjectRef };

export interface Planner {
  /** For the workload `from` ('deploy/client'). The cluster is only read. Throws what stood in the way. */
  calls(
    place: { readonly from: string; readonly namespace: string },
    changes: readonly PlannedChange[],
    now: Date,
    signal: AbortSignal,
  ): Promise<PlannedCalls>;
}

export type StepPlan =
  | {
      readonly state: 'known';
      /** For each client of the lesson. */
      readonly clients: readonly PlannedCalls[];
      /** The step changes more than objects: replicas, an environment, a Service. */
      readonly partial: boolean;
    }
  /** In one line. */
  | { readonly state: 'unknown'; readonly why: string };

/** After this the plan is given up. */
const PATIENCE_MS = 30_000;

/** Of the step that is open; null where it applies nothing, and without a cluster. Never throws. */
export async function planStep(core: Core): Promise<StepPlan | null> {
  const { planner, clock, names } = core.deps;
  const { lesson, at } = core.snapshot;
  const step = lesson?.steps[at];
  const mesh = core.connectedMesh;
  if (planner === undefined || mesh === null || (step?.kind !== 'apply' && step?.kind !== 'fix')) return null;
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    const changes = await changesOf(core, step, mesh, signal);
    const callers = [names, ...(lesson?.clients ?? []).map(each => furtherNames(names, each))];
    const from = `deploy/${CLIENT.deployment}`;
    const clients = await Promise.all(
      callers.map(each =>
        planner.calls({ from, namespace: each.mesh }, changes, new Date(clock.now()), signal),
      ),
    );
    const partial =
      step.kind === 'apply' && step.changes.some(each => !('apply' in each || 'remove' in each));
    return { state: 'known', clients, partial };
  } catch (error) {
    const known = asTutorError(error);
    log('plan', known.stack ?? known.message);
    const { what, why = '' } = known.problem;
    return { state: 'unknown', why: `${what} ${why}`.replace(/\s+/g, ' ').trim() };
  }
}

/** In their order, as apply-changes.ts would make them. */
async function changesOf(core: Core, step: Step, mesh: Mesh, signal: AbortSignal): Promise<PlannedChange[]> {
  const { mesh: namespace } = core.deps.names;
  const files = shownFiles(core.snapshot, step);
  const manifests = (name: string): PlannedChange[] =>
    parseManifest(files.find(each => each.name === name)?.text ?? '', name, namespace).map(manifest => {
      if (core.snapshot.lesson?.playground?.ownWorld !== true) refuseInFile(manifest, name, mesh.namespaces);
      return { file: name, manifest };
    });
  const wanted =
    step.kind === 'apply'
      ? step.changes.flatMap((change): PlannedChange[] => {
          if ('apply' in change) return manifests(baseName(change.apply));
          return 'remove' in change ? goneOf(change.remove, namespace) : [];
        })
      : files.flatMap(each => manifests(each.name));
  const fence = await mesh.fence(signal);
  return wanted.map(each =>
    'gone' in each
      ? each
      : { ...each, manifest: { ...each.manifest, object: withinFence(each.manifest.object, fence).object } },
  );
}

function goneOf(
  { kind, name, namespace }: { kind: string; name: string; namespace?: string | undefined },
  own: string,
): PlannedChange[] {
  const known = kindNamed(kind);
  return known === null
    ? []
    : [{ gone: { apiVersion: known.apiVersion, kind: known.kind, name, namespace: namespace ?? own } }];
}
