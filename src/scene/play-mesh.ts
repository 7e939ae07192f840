/** A playground's mesh: the lab's, or a world of its own, which is made for it in the sandbox. */
import { createHash } from 'node:crypto';
import type { Cluster } from '../cluster/cluster.ts';
import { listObjects, readObject } from '../kube/apply.ts';
import { connect, type Kube } from '../kube/client.ts';
import { type ApiKind, ISTIO_API_KINDS, ROUTING_KINDS } from '../kube/kinds.ts';
import type { Mesh } from '../lesson/mesh.ts';
import { openMesh } from '../lesson/open-mesh.ts';
import { inspectSidecar } from '../probe/config-dump.ts';
import { whyOf } from '../probe/why-call.ts';
import { UserError } from '../shared/errors.ts';
import { SILENT } from '../shared/progress.ts';
import type { WorldNames } from '../world/names.ts';
import { clientNames, makeTeamWorld, namespacesOf, type TeamWorld } from '../world/team-world.ts';
import { teamMesh } from './team-mesh.ts';

/** Istio's own, whose objects are in effect everywhere. */
const ROOT = 'istio-system';

/** Throws a UserError where the world cannot be made, and a ToolError when the cluster is out of reach. */
export async function openPlayMesh(
  cluster: Cluster,
  names: WorldNames,
  world: TeamWorld | null,
  signal: AbortSignal,
): Promise<Mesh> {
  if (world === null) return openMesh(cluster, names, signal, { ways: true });
  if (cluster.can.kind !== 'sandbox') {
    throw new UserError({
      what: 'This scene has a world of its own, which is made in the sandbox alone.',
      next: ['--on sandbox', 'x   in the list empties the playground'],
    });
  }
  const kube = await connect(cluster.kubeconfig);
  await makeTeamWorld(kube, world, SILENT, signal);
  const team = await teamMesh(kube, world, cluster.name, signal, { ways: true });
  const namesOf = (from?: string) => {
    const [first] = world.clients;
    const caller = from === undefined ? first : world.clients.find(({ name }) => name === from);
    return caller === undefined ? names : clientNames(caller);
  };
  const ours: ReadonlySet<string> = new Set([...namespacesOf(world), ROOT]);
  const list = (kinds: readonly ApiKind[]) => listed(kube, kinds, namespacesOf(world));
  return {
    ...team,
    read: ref => readObject(kube, ref),
    list: () => list(ISTIO_API_KINDS),
    async fingerprint() {
      const marks = (await list(ROUTING_KINDS)).map(
        ({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`,
      );
      return createHash('sha256').update(marks.sort().join('\n')).digest('hex');
    },
    // All of it was made when it was opened, and nobody else has a part in it.
    ownObjects: () => [],
    strangers: async () => [],
    setClients: async () => {},
    async restoreWorld(wanted, abort) {
      const changed = await team.setWorkloads(wanted, abort);
      return { changed, noticed: changed.length > 0 };
    },
    why: (argv, abort, from) =>
      whyOf(kube, namesOf(from), argv, { isOthers: namespace => !ours.has(namespace), signal: abort }),
    inspect: (look, match, abort) => inspectSidecar(kube, namesOf(), look, match, abort),
  };
}

async function listed(kube: Kube, kinds: readonly ApiKind[], namespaces: readonly string[]) {
  const lists = namespaces.flatMap(namespace =>
    kinds.map(({ apiVersion, kind }) => listObjects(kube, apiVersion, kind, namespace)),
  );
  return (await Promise.all(lists)).flat();
}
