/** The mesh that a scene is run in: in the lab's world, in the sandbox or on a cluster, or in a world of its own. */
import type { Cluster } from '../cluster/cluster.ts';
import { parseManifest } from '../course/manifest.ts';
import type { Scene } from '../course/scene.ts';
import { apply, readObject, remove } from '../kube/apply.ts';
import { connect } from '../kube/client.ts';
import type { Changing } from '../lesson/apply-changes.ts';
import type { Mesh } from '../lesson/mesh.ts';
import { openMesh } from '../lesson/open-mesh.ts';
import { rebuild } from '../lesson/rebuild.ts';
import { systemClock } from '../shared/clock.ts';
import type { Progress } from '../shared/progress.ts';
import type { WorldNames } from '../world/names.ts';
import { makeTeamWorld } from '../world/team-world.ts';
import { teamMesh } from './team-mesh.ts';

export interface SceneMesh extends Changing, Pick<Mesh, 'start' | 'placeholders' | 'close'> {
  /** The namespace of objects that name none. */
  readonly namespace: string;
  /** It was made for this scene alone, so that any object may be written anywhere in it. */
  readonly anywhere: boolean;
}

/**
 * The world of a scene as it is at its beginning. The cluster must be up. Throws a ToolError when it is out of reach.
 */
export async function openScene(
  cluster: Cluster,
  names: WorldNames,
  scene: Scene,
  progress: Progress,
  signal: AbortSignal,
): Promise<SceneMesh> {
  const { world, clients } = scene;
  if (cluster.can.kind === 'sandbox') await makeNamespaces(cluster, scene, signal);
  if (world !== null) {
    const kube = await connect(cluster.kubeconfig);
    await makeTeamWorld(kube, world, progress, signal);
    return teamMesh(kube, world, cluster.name, signal);
  }
  const mesh = await openMesh(cluster, names, signal);
  try {
    await rebuild(mesh, { ...UNTOUCHED, clients }, { afresh: true, clock: systemClock, signal });
    return { ...(await labMesh(mesh, cluster)), namespace: names.mesh };
  } catch (error) {
    mesh.close();
    throw error;
  }
}

const UNTOUCHED = { objects: [], aged: [], workloads: { replicas: {}, env: {}, services: {} } };

/** Every namespace that a manifest names: on the team's cluster it is there, with whatever else it holds. */
async function makeNamespaces(cluster: Cluster, { steps }: Scene, signal: AbortSignal): Promise<void> {
  const kube = await connect(cluster.kubeconfig);
  const actions = steps.flatMap(step => ('actions' in step ? step.actions : []));
  const manifests = actions.flatMap(each => (each.do === 'apply' ? each.manifests : []));
  const refs = manifests.flatMap(({ file, text }) => parseManifest(text, file, ''));
  const named = new Set(refs.map(({ ref }) => ref.namespace ?? ''));
  for (const name of named) {
    if (name === '' || (await readObject(kube, { apiVersion: 'v1', kind: 'Namespace', name })) !== null)
      continue;
    await apply(kube, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, signal);
  }
}

/** In a sandbox of the scene's own nothing is fenced off, since there is nobody else. */
async function labMesh(mesh: Mesh, cluster: Cluster): Promise<Omit<SceneMesh, 'namespace'>> {
  const own = cluster.can.kind === 'sandbox';
  const kube = own ? await connect(cluster.kubeconfig) : null;
  return {
    namespaces: mesh.namespaces,
    placeholders: mesh.placeholders,
    anywhere: own,
    apply: (object, signal) => (kube === null ? mesh.apply(object, signal) : apply(kube, object, signal)),
    remove: (ref, signal) => (kube === null ? mesh.remove(ref, signal) : remove(kube, ref, signal)),
    before: signal => mesh.before(signal),
    follow: (before, signal) => mesh.follow(before, signal),
    fence: signal => (own ? Promise.resolve(null) : mesh.fence(signal)),
    setWorkloads: (wanted, signal) => mesh.setWorkloads(wanted, signal),
    start: (argv, signal, from) => mesh.start(argv, signal, from),
    close: () => mesh.close(),
  };
}
