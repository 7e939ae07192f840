/** A team's world as a mesh: its clients call, its servers are scaled, and any object may be written anywhere in it. */
import { apply, remove } from '../kube/apply.ts';
import type { Kube } from '../kube/client.ts';
import { together } from '../lesson/connect-mesh.ts';
import type { Mesh } from '../lesson/mesh.ts';
import { beforeChange, followEffect, type SidecarState } from '../probe/in-effect.ts';
import { openProbes, type ProbeSession } from '../probe/session.ts';
import { explainRefusal } from '../probe/standing-refusals.ts';
import { BugError } from '../shared/errors.ts';
import { setServer } from '../world/team-servers.ts';
import { clientNames, namespacesOf, type TeamClient, type TeamWorld } from '../world/team-world.ts';
import { asMesh } from './as-mesh.ts';
import { withOurPorts } from './our-ports.ts';
import type { SceneMesh } from './scene-mesh.ts';

interface Caller {
  readonly client: TeamClient;
  readonly probes: ProbeSession;
}

/** The world must have been made. `provider` is what evidence says where it came from. */
export async function teamMesh(
  kube: Kube,
  world: TeamWorld,
  provider: string,
  signal: AbortSignal,
  { ways }: { readonly ways?: boolean } = {},
): Promise<SceneMesh & Pick<Mesh, 'sidecarLog'>> {
  const namespaces = namespacesOf(world);
  const callers: readonly Caller[] = await Promise.all(
    world.clients.map(async client => ({
      client,
      probes: await openProbes(kube, clientNames(client), provider, signal, { also: namespaces, ways }),
    })),
  );
  const [first] = callers;
  if (first === undefined) throw new BugError({ what: 'A world without a client was opened.', next: [] });
  const names = callers.map(({ client }) => clientNames(client));

  return {
    namespaces,
    namespace: first.client.namespace,
    anywhere: true,
    placeholders: {},
    apply: (object, abort) => apply(kube, withOurPorts(asMesh(object, world.gateways)), abort),
    remove: (ref, abort) => remove(kube, ref, abort),
    fence: () => Promise.resolve(null),
    before: abort => Promise.all(names.map(each => beforeChange(kube, each, abort))),
    async follow(before, abort) {
      const states = before as readonly SidecarState[];
      const followed = names.flatMap((each, i) => {
        const state = states[i];
        return state === undefined ? [] : [followEffect(kube, each, state, { signal: abort })];
      });
      const effect = together(await Promise.all(followed));
      if (effect.kind !== 'refused-by-sidecar') return effect;
      const cause = await explainRefusal(kube, clientNames(first.client), effect.why);
      return cause === null ? effect : { ...effect, cause };
    },
    async setWorkloads({ replicas, env }, abort) {
      const changed = await Promise.all(
        world.servers.map(server =>
          setServer(kube, server, { replicas: replicas[server.as], env: env[server.as] ?? {} }, abort),
        ),
      );
      return changed.flat();
    },
    start(argv, abort, from) {
      const caller = from === undefined ? first : callers.find(({ client }) => client.name === from);
      if (caller === undefined)
        throw new BugError({ what: `Client ${from} was asked to call before it was made.`, next: [] });
      return caller.probes.start(argv, { signal: abort });
    },
    sidecarLog: lines => first.probes.sidecarLog(lines),
    close() {
      for (const { probes } of callers) probes.close();
    },
  };
}
