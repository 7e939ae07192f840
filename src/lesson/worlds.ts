/**
 * Several worlds of one cluster, in which lessons run side by side: to the cluster each looks like a learner's, and
 * those that are made for a run are removed after it.
 */
import { setMaxListeners } from 'node:events';
import type { Cluster } from '../cluster/cluster.ts';
import { connect } from '../kube/client.ts';
import { SILENT } from '../shared/progress.ts';
import { bringUpWorld, removeWorld } from '../world/bring-up.ts';
import type { WorldNames } from '../world/names.ts';
import type { Mesh } from './mesh.ts';
import { openMesh } from './open-mesh.ts';

/** Where a world is, whether it is up or not. */
export interface WorldSite {
  readonly cluster: Cluster;
  readonly names: WorldNames;
}

/** A world that nobody else uses meanwhile. */
export interface OpenWorld {
  readonly mesh: Mesh;
  readonly names: WorldNames;
}

interface OpenWorlds {
  readonly all: readonly OpenWorld[];
  /** Closes them all, and removes those that were made for this. */
  close(): Promise<void>;
}

/** The world that is there, and `further` ones made beside it. */
export async function openWorlds(
  { cluster, names: own }: WorldSite,
  further: readonly WorldNames[],
  signal: AbortSignal,
): Promise<OpenWorlds> {
  const kube = await connect(cluster.kubeconfig);
  for (const names of further) await bringUpWorld(kube, names, { fenced: true }, SILENT, signal);
  const all = await Promise.all(
    [own, ...further].map(async names => ({ names, mesh: await openMesh(cluster, names, signal) })),
  );
  return {
    all,
    async close() {
      for (const { mesh } of all) mesh.close();
      await removeWorlds(cluster, further);
    },
  };
}

/** After Ctrl-C as well. What cannot be removed stays: the results of the lessons matter more. */
export async function removeWorlds(cluster: Cluster, worlds: readonly WorldNames[]): Promise<void> {
  const kube = await connect(cluster.kubeconfig).catch(() => null);
  if (kube === null) return;
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  await Promise.all(worlds.map(names => removeWorld(kube, names, SILENT, signal).catch(() => {})));
}
