/** The Mesh port over a real Kubernetes API: what the engine needs, from cluster/, world/ and probe/. */
import { apply, listObjects, readObject, remove } from '../cluster/apply.ts';
import type { Kube } from '../cluster/client.ts';
import { inspectSidecar } from '../probe/config-dump.ts';
import { beforeChange, followEffect, type SidecarState } from '../probe/in-effect.ts';
import { openProbes } from '../probe/session.ts';
import type { Clock } from '../shared/clock.ts';
import { MANAGED_BY, type WorldNames } from '../world/names.ts';
import { fence } from '../world/objects.ts';
import { ISTIO_KINDS } from './kinds.ts';
import type { KubeObject, Mesh } from './mesh.ts';
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
  const own = fenced ? [fence(names)] : [];
  const namespaces = [names.mesh, names.outside];

  return {
    fenced,
    placeholders: {
      ...Object.fromEntries(Object.entries(IP_NAMES).map(([service, name]) => [name, ips[service] ?? ''])),
      mesh: names.mesh,
      outside: names.outside,
    },
    apply: (object, abort) => apply(kube, object, abort),
    remove: (ref, abort) => remove(kube, ref, abort),
    read: ref => readObject(kube, ref),
    async list() {
      const lists = await Promise.all(
        namespaces.flatMap(ns =>
          ISTIO_KINDS.map(({ apiVersion, kind }) => listObjects(kube, apiVersion, kind, ns)),
        ),
      );
      return lists.flat().filter(object => !isOurTelemetry(object));
    },
    async fingerprint() {
      const routing = ISTIO_KINDS.filter(({ plural }) => ROUTING.has(plural));
      const lists = await Promise.all(
        routing.map(({ apiVersion, kind }) => listObjects(kube, apiVersion, kind, names.mesh)),
      );
      const marks = lists.flat().map(({ metadata }) => `${metadata.uid} ${metadata.resourceVersion}`);
      return marks.sort().join('\n');
    },
    ownObjects: () => own,
    setWorkloads: (wanted, abort) => setWorkloads(kube, names, wanted, ips, abort),
    before: abort => beforeChange(kube, names, abort),
    follow: (before, abort) =>
      followEffect(kube, names, before as SidecarState, {
        clock,
        ...(abort === undefined ? {} : { signal: abort }),
      }),
    start: (argv, abort) => probes.start(argv, abort === undefined ? {} : { signal: abort }),
    sidecarLog: lines => probes.sidecarLog(lines),
    inspect: (look, match, abort) => inspectSidecar(kube, names, look, match, abort),
    close: () => probes.close(),
  };
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
