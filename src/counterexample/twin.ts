/**
 * The twin world: a sandbox of this program's own, in which right answers are in effect one after the other. Nobody else
 * knows of it, and it ends with `close`.
 */
import { setMaxListeners } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sandboxCluster } from '../cluster/providers/sandbox/sandbox.ts';
import type { Lesson } from '../course/course.ts';
import { connect, type Kube } from '../kube/client.ts';
import type { Mesh } from '../lesson/mesh.ts';
import { openMesh } from '../lesson/open-mesh.ts';
import { paths } from '../shared/paths.ts';
import { SILENT } from '../shared/progress.ts';
import { bringUpWorld } from '../world/bring-up.ts';
import { makeWithNamesake } from '../world/certificates.ts';
import { type WorldNames, worldNames } from '../world/names.ts';
import { makeImpostors, OTHER_NAME } from './impostors.ts';
import { type References, referencesOf } from './references.ts';

export interface Twin {
  readonly mesh: Mesh;
  readonly kube: Kube;
  readonly names: WorldNames;
  /** The right answers to fix step `index` of a lesson as it was loaded; the same ones each time. */
  references(lesson: Lesson, index: number): References;
  /** Makes the impostors (impostors.ts), when they are first needed. */
  impostors(signal: AbortSignal): Promise<void>;
  /** Runs work that changes the twin, when nothing else does. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export async function openTwin(signal: AbortSignal): Promise<Twin> {
  // Whatever runs in it at a time listens to the signal.
  setMaxListeners(0, signal);
  const folder = await mkdtemp(join(tmpdir(), 'istio-tutor-twin-'));
  const names = worldNames();
  const { certificates, namesake } = await makeWithNamesake(OTHER_NAME);
  // One worker: which of two a connection comes to is chance, and pools, breakers and turns are counted by worker.
  const cluster = sandboxCluster({ names, paths: paths(folder), bare: true, workers: 1 });
  const end = async () => {
    await cluster.down(SILENT, new AbortController().signal);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await cluster.up(SILENT, signal);
    const kube = await connect(cluster.kubeconfig);
    await bringUpWorld(kube, names, { fenced: true, certificates }, SILENT, signal);
    const mesh = await openMesh(cluster, names, signal);
    const known = new Map<string, References>();
    let impostors: Promise<void> | null = null;
    let busy: Promise<unknown> = Promise.resolve();
    const twin: Twin = {
      ...{ kube, mesh, names },
      references(lesson, index) {
        const key = `${lesson.folder}#${index}`;
        const made = known.get(key) ?? referencesOf(lesson, index, twin);
        known.set(key, made);
        return made;
      },
      impostors(abort) {
        impostors ??= makeImpostors(kube, names, certificates.ca, namesake, abort);
        return impostors;
      },
      alone(work) {
        const mine = busy.then(work);
        busy = mine.catch(() => {});
        return mine;
      },
      async close() {
        mesh.close();
        await end();
      },
    };
    return twin;
  } catch (error) {
    await end();
    throw error;
  }
}
