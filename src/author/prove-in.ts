/** Proves lessons and drills on a cluster, in worlds that are made for it and removed afterwards. */
import { openTwin, type Twin } from '../counterexample/twin.ts';
import type { Lesson } from '../course/course.ts';
import { connect } from '../kube/client.ts';
import { openMesh } from '../lesson/open-mesh.ts';
import { type OpenWorld, removeWorlds, type WorldSite } from '../lesson/worlds.ts';
import type { Progress } from '../shared/progress.ts';
import { mutation } from './mutation.ts';
import { type MutantsIn, type Proof, type ProveOptions, prove } from './prove.ts';

interface ProveInOptions extends Omit<ProveOptions, 'mutants'> {
  readonly signal: AbortSignal;
  /** Whether each drill's mutants are tried as well. */
  readonly mutants: boolean;
  /** Runs the work that makes the worlds, and shows its progress. */
  readonly shown: (work: (progress: Progress) => Promise<void>) => Promise<unknown>;
}

/** The proofs, in the order of `lessons`, in as many worlds as there are sites. The worlds are always removed. */
export async function proveIn(
  sites: readonly [WorldSite, ...WorldSite[]],
  lessons: readonly Lesson[],
  options: ProveInOptions,
): Promise<readonly Proof[]> {
  const { signal, shown, mutants, clock } = options;
  const worlds: OpenWorld[] = [];
  const twins = new Map<OpenWorld['mesh'], Promise<Twin>>();
  const kube = () => connect(sites[0].cluster.kubeconfig);
  const mutantsIn: MutantsIn = async ({ mesh, names }, plain) => {
    const twin = twins.get(mesh) ?? openTwin(signal);
    twins.set(mesh, twin);
    return mutation(plain, 0, { mesh, names, kube: await kube() }, await twin, { clock, signal });
  };
  try {
    await shown(async progress => {
      for (const { cluster } of sites) await cluster.up(progress, signal);
    });
    for (const { cluster, names } of sites) {
      worlds.push({ names, mesh: await openMesh(cluster, names, signal) });
    }
    return await prove(worlds, lessons, { ...options, mutants: mutants ? mutantsIn : undefined });
  } finally {
    for (const { mesh } of worlds) mesh.close();
    for (const twin of twins.values()) await (await twin.catch(() => null))?.close();
    await removeWorlds(
      sites[0].cluster,
      sites.map(({ names }) => names),
    );
  }
}
