/** From a running cluster to the mesh that lessons are played on. Loads the Kubernetes client. */
import type { Cluster } from '../cluster/cluster.ts';
import { connect } from '../kube/client.ts';
import { systemClock } from '../shared/clock.ts';
import type { WorldNames } from '../world/names.ts';
import { connectMesh, type MeshOptions } from './connect-mesh.ts';
import type { Mesh } from './mesh.ts';

/** The mesh behind a cluster's kubeconfig, as lessons need it. Throws a ToolError when it is out of reach. */
export async function openMesh(
  cluster: Cluster,
  names: WorldNames,
  signal?: AbortSignal,
  { ways }: Pick<MeshOptions, 'ways'> = {},
): Promise<Mesh> {
  const kube = await connect(cluster.kubeconfig);
  const { name: provider, can } = cluster;
  return connectMesh(kube, { names, provider, ours: can.recreate, clock: systemClock, ways }, signal);
}
