/** Does what an apply step, or a saved file, asks for, and follows it to the sidecar. */
import type { ManifestObject } from '../course/manifest.ts';
import { parseManifest } from '../course/manifest.ts';
import type { Change } from '../course/schema.ts';
import type { ObjectRef } from '../kube/client.ts';
import { kindNamed, shortName } from '../kube/kinds.ts';
import type { Clock } from '../shared/clock.ts';
import type { WantedWorkloads } from '../world/workloads.ts';
import { refuseInFile } from './bounds.ts';
import { withinFence } from './fence.ts';
import type { Before, Mesh } from './mesh.ts';
import { A_SECOND } from './rebuild.ts';
import { refusalWords, refusedField } from './refusal.ts';
import type { AppliedObject, ApplyOutcome } from './state.ts';

/** What of a mesh is needed to change it. */
export type Changing = Pick<
  Mesh,
  'namespaces' | 'apply' | 'remove' | 'before' | 'follow' | 'fence' | 'setWorkloads'
>;

export interface Applying {
  readonly mesh: Changing;
  /** The mesh is made for this alone, and any object may be written anywhere in it. */
  readonly anywhere?: boolean;
  readonly clock: Clock;
  /** The namespace of objects that name none. */
  readonly namespace: string;
  readonly signal?: AbortSignal | undefined;
  /** The sidecar's configuration before the change, if it was already taken. */
  readonly before?: Before;
  /** Called with what is known so far. */
  readonly onUpdate?: (outcome: ApplyOutcome) => void;
}

/** A manifest as it is applied; refusals say which file it came from. */
export interface Manifest {
  readonly file: string;
  readonly text: string;
}

/**
 * Applies the changes of a step in their order. `files` are the lesson's manifests, `workloads` the replicas,
 * environments and Services wanted afterwards. A refusal is part of the outcome.
 */
export async function applyChanges(
  on: Applying,
  changes: readonly Change[],
  files: Readonly<Record<string, string>>,
  workloads: WantedWorkloads,
  byAge: boolean,
): Promise<ApplyOutcome> {
  for (const change of changes) {
    if ('apply' in change) checkBounds(on, { file: change.apply, text: files[change.apply] ?? '' });
  }
  const work = new Work(on, on.before ?? (await on.mesh.before(on.signal)));
  for (const change of changes) {
    if ('apply' in change)
      await work.manifest({ file: change.apply, text: files[change.apply] ?? '' }, byAge);
    else if ('remove' in change) await work.remove(change.remove);
  }
  if (changes.some(c => 'scale' in c || 'env' in c || 'service' in c)) await work.workloads(workloads);
  return work.follow();
}

/** Applies manifests, then removes `gone`: what the learner's files no longer hold. */
export async function applyManifests(
  on: Applying,
  manifests: readonly Manifest[],
  gone: readonly ObjectRef[] = [],
): Promise<ApplyOutcome> {
  // A broken file is found before anything is applied, so that a save is applied whole or not at all.
  for (const manifest of manifests) checkBounds(on, manifest);
  const work = new Work(on, on.before ?? (await on.mesh.before(on.signal)));
  for (const ref of gone) await work.removeRef(ref);
  for (const manifest of manifests) await work.manifest(manifest);
  return work.follow();
}

/** Throws a UserError for a manifest that cannot be read, or has an object that a lesson may not write. */
function checkBounds({ mesh, namespace, anywhere }: Applying, { file, text }: Manifest): void {
  const objects = parseManifest(text, file, namespace);
  if (anywhere === true) return;
  for (const each of objects) refuseInFile(each, file, mesh.namespaces);
}

class Work {
  readonly #objects: AppliedObject[] = [];
  /** Something changed that a sidecar may notice. */
  #noticed = false;
  readonly #started: number;
  readonly #on: Applying;
  readonly #before: Before;

  constructor(on: Applying, before: Before) {
    this.#on = on;
    this.#before = before;
    this.#started = on.clock.now();
  }

  #add(...objects: AppliedObject[]): void {
    this.#objects.push(...objects);
    this.#on.onUpdate?.({ objects: [...this.#objects] });
  }

  async manifest({ file, text }: Manifest, byAge = false): Promise<void> {
    for (const each of parseManifest(text, file, this.#on.namespace)) {
      if (byAge) await this.#makeYoungest(each.ref);
      await this.#apply(each, file);
    }
  }

  async #makeYoungest(ref: ObjectRef): Promise<void> {
    await this.#on.mesh.remove(ref, this.#on.signal);
    await this.#on.clock.wait(A_SECOND, this.#on.signal);
  }

  async #apply(each: ManifestObject, file: string): Promise<void> {
    const { mesh, signal } = this.#on;
    const what = shortName(each.ref);
    const fence = each.ref.kind === 'Sidecar' ? await mesh.fence(signal) : null;
    const { object, note } = withinFence(each.object, fence);
    const result = await mesh.apply(object, signal);
    if (result.outcome === 'refused') {
      const refusal = { message: refusalWords(result.message), file, ...refusedField(result.message, each) };
      this.#add({ what, outcome: 'refused', warnings: result.warnings, refusal });
      return;
    }
    if (result.outcome !== 'unchanged') this.#noticed = true;
    const { outcome, warnings } = result;
    this.#add({ what, outcome, warnings, note });
  }

  async remove(object: { kind: string; name: string; namespace?: string | undefined }): Promise<void> {
    const kind = kindNamed(object.kind);
    if (kind === null) return;
    const namespace = object.namespace ?? this.#on.namespace;
    await this.removeRef({ apiVersion: kind.apiVersion, kind: kind.kind, name: object.name, namespace });
  }

  async removeRef(ref: ObjectRef): Promise<void> {
    const result = await this.#on.mesh.remove(ref, this.#on.signal);
    if (result === 'removed') this.#noticed = true;
    this.#add({
      what: shortName(ref),
      outcome: result === 'removed' ? 'removed' : 'unchanged',
      warnings: [],
    });
  }

  async workloads(wanted: WantedWorkloads): Promise<void> {
    const changed = await this.#on.mesh.setWorkloads(wanted, this.#on.signal);
    if (changed.some(name => name.startsWith('Service/'))) this.#noticed = true;
    const gone = (name: string) => wanted.services[name.replace('Service/', '')] === false;
    this.#add(
      ...changed.map(what => ({
        what,
        outcome: gone(what) ? ('removed' as const) : ('configured' as const),
        warnings: [],
      })),
    );
  }

  /** Workloads are in effect when their pods are there; everything else when this sidecar has it. */
  async follow(): Promise<ApplyOutcome> {
    const objects = this.#objects;
    if (objects.every(o => o.outcome === 'refused') && objects.length > 0) return { objects };
    const seconds = (this.#on.clock.now() - this.#started) / 1000;
    if (!this.#noticed) {
      const workloads = objects.some(o => o.what.startsWith('Deployment/') && o.outcome === 'configured');
      return { objects, effect: { kind: workloads ? 'in-effect' : 'unchanged', seconds } };
    }
    return { objects, effect: await this.#on.mesh.follow(this.#before, this.#on.signal) };
  }
}
