/** Proves lessons and drills on a cluster, in worlds that are made for it and removed afterwards. */
import type { Lesson } from '../course/course.ts';
import { openMesh } from '../lesson/open-mesh.ts';
import { type OpenWorld, removeWorlds, type WorldSite } from '../lesson/worlds.ts';
import type { Progress } from '../shared/progress.ts';
import { type Proof, type ProveOptions, prove } from './prove.ts';

interface ProveInOptions extends ProveOptions {
  readonly signal: AbortSignal;
  /** Runs the work that makes the worlds, and shows its progress. */
  readonly shown: (work: (progress: Progress) => Promise<void>) => Promise<unknown>;
}

/** The proofs, in the order of `lessons`, in as many worlds as there are sites. The worlds are always removed. */
export async function proveIn(
  sites: readonly [WorldSite, ...WorldSite[]],
  lessons: readonly Lesson[],
  options: ProveInOptions,
): Promise<readonly Proof[]> {
  const { signal, shown } = options;
  const worlds: OpenWorld[] = [];
  try {
    await shown(async progress => {
      for (const { cluster } of sites) await cluster.up(progress, signal);
    });
    for (const { cluster, names } of sites) {
      worlds.push({ names, mesh: await openMesh(cluster, names, signal) });
    }
    return await prove(worlds, lessons, options);
  } finally {
    for (const { mesh } of worlds) mesh.close();
    await removeWorlds(
      sites[0].cluster,
      sites.map(({ names }) => names),
    );
  }
}
