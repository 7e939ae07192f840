/** The Mesh port over a real Kubernetes API: what the engine needs, from cluster/, world/ and probe/. */
import { apply, listObjects, readObject, refOf, remove } from '../kube/apply.ts';
import type { Kube } from '../kube/client.ts';
import { keyOf } from '../kube/kinds.ts';
import { inspectSidecar } from '../probe/config-dump.ts';
import type { Effect } from '../probe/effect.ts';
import { beforeChange, followEffect, type SidecarState } from '../probe/in-effect.ts';
import { openProbes, type ProbeSession } from '../probe/session.ts';
import { explainRefusal } from '../probe/standing-refusals.ts';
import { whyOf } from '../probe/why-call.ts';
import type { Clock } from '../shared/clock.ts';
import { BugError } from '../shared/errors.ts';
import { bringUpClient, dismissClients, fences, furtherNames } from '../world/further-clients.ts';
import { madeOf } from '../world/made-of.ts';
import type { WorldNames } from '../world/names.ts';
import { giveMissingServices, setWorkloads } from '../world/workloads.ts';
import { refuseBeyond } from './bounds.ts';
import type { Mesh } from './mesh.ts';
import { addressesOf, restoreWorld } from './restore-world.ts';
import { Scope } from './scope.ts';

export interface MeshOptions {
  readonly names: WorldNames;
  /** As screens show it: all evidence carries it. */
  readonly provider: string;
  /** The program made this cluster: a reset clears all of it unless somebody else has a world on it. */
  readonly ours?: boolean;
  /** Other worlds use the same servers outside. */
  readonly sharesOutside?: boolean;
  /** The world is as somebody left it, its own Services included, and stays so until it is rebuilt. */
  readonly kept?: boolean;
  /** Evidence says who decided each call's way: for screens, at the price of a look at the sidecar a call. */
  readonly ways?: boolean | undefined;
  /** Namespaces of other worlds on the same cluster, which analysis leaves out; left out: there are none. */
  readonly isOthers?: (namespace: string) => boolean;
  readonly clock: Clock;
}

const IP_NAMES = {
  'safedata-stable': 'stableIP',
  'safedata-canary': 'canaryIP',
  'example-pay': 'payIP',
  catalog: 'catalogIP',
} as const;

/**
 * Opens the mesh: all the world's Services are there, its logs followed. Throws a ToolError when it is out of reach.
 */
export async function connectMesh(kube: Kube, options: MeshOptions, signal?: AbortSignal): Promise<Mesh> {
  const { names, provider, clock, ours = false, sharesOutside = false, kept = false, ways } = options;
  const { isOthers = () => false } = options;
  // A lesson may have left one deleted; its address is needed before the first step. One that was changed still has it.
  await giveMissingServices(kube, names, kept ? [names.outside] : null, signal);
  const [ips, made, probes] = await Promise.all([
    serviceIPs(kube, names),
    madeOf(kube, names),
    openProbes(kube, names, provider, signal, { ways }),
  ]);
  const callers: Caller[] = [{ client: undefined, names, probes }];
  const further = () => callers.flatMap(each => each.client ?? []);
  const meshes = () => callers.map(each => each.names.mesh);
  const namespaces = () => [names.outside, ...meshes()];
  const scope = new Scope(kube, { names, ours, sharesOutside, meshes });
  // A reset may clear more than a lesson may write: everything that `list` has returned.
  const clearable = new Set<string>();
  const callerNamed = (client: string | undefined): Caller => {
    const caller = callers.find(each => each.client === client);
    if (caller !== undefined) return caller;
    throw new BugError({ what: `Client ${client} was asked to call before it was made.`, next: [] });
  };

  return {
    placeholders: {
      ...Object.fromEntries(Object.entries(IP_NAMES).map(([service, name]) => [name, ips[service] ?? ''])),
      mesh: names.mesh,
      outside: names.outside,
    },
    get namespaces() {
      return namespaces();
    },
    async apply(object, abort) {
      refuseBeyond(refOf(object), namespaces());
      const result = await apply(kube, object, abort);
      if (result.outcome === 'created') scope.made(result.ref);
      return result;
    },
    async remove(ref, abort) {
      if (!clearable.has(keyOf(ref))) refuseBeyond(ref, namespaces());
      return remove(kube, ref, abort);
    },
    read: async ref => (namespaces().includes(ref.namespace ?? '') ? readObject(kube, ref) : null),
    async list(abort) {
      const found = await scope.list(abort);
      for (const each of found) clearable.add(keyOf(refOf(each)));
      return found;
    },
    fingerprint: abort => scope.fingerprint(abort),
    fence: async abort => ((await scope.alone(abort)) ? null : [...meshes(), names.outside]),
    strangers: (left, abort) => scope.strangers(left, abort),
    ownObjects: () => fences(names, further()),
    setWorkloads: (wanted, abort) => setWorkloads(kube, names, wanted, ips, abort),
    restoreWorld: (wanted, abort) => {
      const own = sharesOutside ? meshes() : namespaces();
      return restoreWorld(kube, wanted, { names, made, ips, own, whole: ours, signal: abort });
    },
    async setClients(clients, abort = new AbortController().signal) {
      for (const each of callers.splice(1)) {
        if (clients.includes(each.client ?? '')) callers.push(each);
        else each.probes.close();
      }
      await dismissClients(kube, names, clients, abort);
      for (const client of clients) {
        // Checked each time: its namespace may have been deleted since.
        await bringUpClient(kube, names, client, abort, { made, ips: addressesOf(ips), whole: ours });
        if (further().includes(client)) continue;
        const own = furtherNames(names, client);
        callers.push({
          client,
          names: own,
          probes: await openProbes(kube, own, provider, abort, { also: [names.mesh], ways }),
        });
      }
    },
    before: abort => Promise.all(callers.map(each => beforeChange(kube, each.names, abort))),
    async follow(before, abort) {
      const options = { clock, signal: abort };
      const states = before as readonly SidecarState[];
      const followed = callers.flatMap((each, i) => {
        const state = states[i];
        return state === undefined ? [] : [followEffect(kube, each.names, state, options)];
      });
      const effect = together(await Promise.all(followed));
      if (effect.kind !== 'refused-by-sidecar') return effect;
      const cause = await explainRefusal(kube, names, effect.why);
      return cause === null ? effect : { ...effect, cause };
    },
    start: (argv, abort, from) =>
      callerNamed(from).probes.start(argv, abort === undefined ? {} : { signal: abort }),
    why: (argv, abort, from) => whyOf(kube, callerNamed(from).names, argv, { isOthers, signal: abort }),
    sidecarLog: lines => probes.sidecarLog(lines),
    inspect: (look, match, abort) => inspectSidecar(kube, names, look, match, abort),
    close() {
      for (const each of callers) each.probes.close();
    },
  };
}

/** A client that calls: the world's own (no short name), or a further one. */
interface Caller {
  readonly client: string | undefined;
  readonly names: WorldNames;
  readonly probes: ProbeSession;
}

/** The effects of a change at several sidecars as one: the worst, else that something changed somewhere. */
export function together(effects: readonly Effect[]): Effect {
  const rank = ['refused-by-sidecar', 'not-yet', 'in-effect', 'unchanged'];
  const [first] = [...effects].sort((a, b) => rank.indexOf(a.kind) - rank.indexOf(b.kind));
  if (first === undefined) throw new BugError({ what: 'A change was followed at no sidecar.', next: [] });
  const seconds = Math.max(...effects.map(each => ('seconds' in each ? each.seconds : 0)));
  return 'seconds' in first ? { ...first, seconds } : first;
}

async function serviceIPs(kube: Kube, names: WorldNames): Promise<Record<string, string>> {
  const lists = await Promise.all(
    [names.mesh, names.outside].map(ns => listObjects(kube, 'v1', 'Service', ns)),
  );
  return Object.fromEntries(
    lists.flat().map(s => [s.metadata.name, (s.spec as { clusterIP?: string } | undefined)?.clusterIP ?? '']),
  );
}
