/** The Mesh port over a real Kubernetes API: what the engine needs, from cluster/, world/ and probe/. */
import { apply, listObjects, readObject, refOf, remove } from '../cluster/apply.ts';
import type { Kube } from '../cluster/client.ts';
import { inspectSidecar } from '../probe/config-dump.ts';
import { beforeChange, followEffect, type SidecarState } from '../probe/in-effect.ts';
import { openProbes, type ProbeSession } from '../probe/session.ts';
import type { Clock } from '../shared/clock.ts';
import { BugError } from '../shared/errors.ts';
import { bringUpClient, fences, furtherNames } from '../world/further-clients.ts';
import { MANAGED_BY, type WorldNames } from '../world/names.ts';
import { refuseBeyond } from './bounds.ts';
import { ISTIO_KINDS } from './kinds.ts';
import type { KubeObject, Mesh } from './mesh.ts';
import type { Effect } from './state.ts';
import { setServices, setWorkloads } from './workloads.ts';

export interface MeshOptions {
  readonly names: WorldNames;
  /** As screens say it: every evidence carries it. */
  readonly provider: string;
  /** True where others share the cluster: see world/objects.ts, fence. */
  readonly fenced: boolean;
  readonly clock: Clock;
}

const IP_NAMES = {
  'safedata-stable': 'stableIP',
  'safedata-canary': 'canaryIP',
  'example-pay': 'payIP',
  catalog: 'catalogIP',
} as const;

/** What a learner may change from a second terminal to repair something. */
const ROUTING = new Set(['serviceentries', 'destinationrules', 'virtualservices', 'sidecars']);

/** Opens the mesh: the world's Services all there, the logs followed. Throws a ToolError when it is out of reach. */
export async function connectMesh(kube: Kube, options: MeshOptions, signal?: AbortSignal): Promise<Mesh> {
  const { names, provider, fenced, clock } = options;
  // A lesson may have left one away; its address is needed before the first step.
  await setServices(kube, names, { services: {} }, {}, signal);
  const [ips, probes] = await Promise.all([
    serviceIPs(kube, names),
    openProbes(kube, names, provider, signal),
  ]);
  const callers: Caller[] = [{ client: undefined, names, probes }];
  const further = () => callers.flatMap(each => each.client ?? []);
  const namespaces = () => [names.outside, ...callers.map(each => each.names.mesh)];

  return {
    fenced,
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
      return apply(kube, object, abort);
    },
    async remove(ref, abort) {
      refuseBeyond(ref, namespaces());
      return remove(kube, ref, abort);
    },
    read: async ref => (namespaces().includes(ref.namespace ?? '') ? readObject(kube, ref) : null),
    async list() {
      const lists = await Promise.all(
        namespaces().flatMap(ns =>
          ISTIO_KINDS.map(({ apiVersion, kind }) => listObjects(kube, apiVersion, kind, ns)),
        ),
      );
      return lists.flat().filter(object => !isOurTelemetry(object));
    },
    async fingerprint() {
      const routing = ISTIO_KINDS.filter(({ plural }) => ROUTING.has(plural));
      const lists = await Promise.all(
        callers.flatMap(({ names: { mesh } }) =>
          routing.map(({ apiVersion, kind }) => listObjects(kube, apiVersion, kind, mesh)),
        ),
      );
      const marks = lists.flat().map(({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`);
      return marks.sort().join('\n');
    },
    ownObjects: () => (fenced ? fences(names, further()) : []),
    setWorkloads: (wanted, abort) => setWorkloads(kube, names, wanted, ips, abort),
    async setClients(clients, abort = new AbortController().signal) {
      for (const each of callers.splice(1)) {
        if (clients.includes(each.client ?? '')) callers.push(each);
        else each.probes.close();
      }
      for (const client of clients) {
        // Looked at each time: its namespace may have been deleted since.
        await bringUpClient(kube, names, client, abort);
        if (further().includes(client)) continue;
        const own = furtherNames(names, client);
        callers.push({ client, names: own, probes: await openProbes(kube, own, provider, abort) });
      }
    },
    before: abort => Promise.all(callers.map(each => beforeChange(kube, each.names, abort))),
    async follow(before, abort) {
      const options = { clock, ...(abort === undefined ? {} : { signal: abort }) };
      const states = before as readonly SidecarState[];
      const followed = callers.flatMap((each, i) => {
        const state = states[i];
        return state === undefined ? [] : [followEffect(kube, each.names, state, options)];
      });
      return together(await Promise.all(followed));
    },
    start(argv, abort, from) {
      const caller = callers.find(each => each.client === from);
      if (caller === undefined)
        throw new BugError({ what: `No client ${from} was made before it was to call.`, next: [] });
      return caller.probes.start(argv, abort === undefined ? {} : { signal: abort });
    },
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

/** What became of a change at several sidecars, as of one: the worst, else that something changed somewhere. */
function together(effects: readonly Effect[]): Effect {
  const rank = ['refused-by-sidecar', 'not-yet', 'in-effect', 'unchanged'];
  const [first] = [...effects].sort((a, b) => rank.indexOf(a.kind) - rank.indexOf(b.kind));
  if (first === undefined) throw new BugError({ what: 'A change was followed at no sidecar.', next: [] });
  const seconds = Math.max(...effects.map(each => ('seconds' in each ? each.seconds : 0)));
  return 'seconds' in first ? { ...first, seconds } : first;
}

/** The access log is part of the world where the mesh has none; no lesson makes such an object. */
function isOurTelemetry(object: KubeObject): boolean {
  const label = 'app.kubernetes.io/managed-by';
  return object.kind === 'Telemetry' && object.metadata.labels?.[label] === MANAGED_BY[label];
}

async function serviceIPs(kube: Kube, names: WorldNames): Promise<Record<string, string>> {
  const lists = await Promise.all(
    [names.mesh, names.outside].map(ns => listObjects(kube, 'v1', 'Service', ns)),
  );
  return Object.fromEntries(
    lists.flat().map(s => [s.metadata.name, (s.spec as { clusterIP?: string } | undefined)?.clusterIP ?? '']),
  );
}
