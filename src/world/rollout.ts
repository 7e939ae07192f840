/** Waits until the world's Deployments run as they are written, and says what stands in the way. */
import { listObjects } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/client.ts';
import { until } from '../kube/wait.ts';
import { steadyNow } from '../shared/clock.ts';
import { ToolError } from '../shared/errors.ts';
import type { Progress } from '../shared/progress.ts';
import { CLIENT, SERVERS, type WorldNames } from './names.ts';
import { serverNamespace } from './servers.ts';

/** Milliseconds: long enough to pull two images over a slow line. */
const PATIENCE = 240_000;
/** Milliseconds for which trouble may last before it is believed: a webhook that starts, a first failed pull. */
const DOUBT = 30_000;

interface DeploymentView {
  readonly metadata: { name: string; generation?: number };
  readonly spec: { replicas?: number };
  readonly status?: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    availableReplicas?: number;
    conditions?: { type: string; status: string; message?: string }[];
  };
}

interface PodView {
  readonly metadata: { name: string; deletionTimestamp?: string; labels?: Record<string, string> };
  readonly spec: { containers: { name: string }[]; initContainers?: { name: string }[] };
  readonly status?: {
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
    containerStatuses?: ContainerView[];
    initContainerStatuses?: ContainerView[];
  };
}

interface ContainerView {
  readonly name: string;
  readonly ready?: boolean;
  readonly state?: {
    running?: object;
    waiting?: { reason?: string; message?: string };
    terminated?: { reason?: string; exitCode: number };
  };
}

/** The world's Deployments by name, with the namespace that each belongs to. */
export function deploymentPlaces(names: WorldNames): { name: string; namespace: string }[] {
  const servers = Object.keys(SERVERS).map(name => ({ name, namespace: serverNamespace(name, names) }));
  return [...servers, { name: CLIENT.deployment, namespace: names.mesh }];
}

/** Whether all pods are of the newest template, available, and none of an older one is left. */
export function rolledOut(deployment: DeploymentView): boolean {
  const { metadata, spec, status = {} } = deployment;
  const wanted = spec.replicas ?? 1;
  return (
    (status.observedGeneration ?? 0) >= (metadata.generation ?? 1) &&
    (status.updatedReplicas ?? 0) === wanted &&
    (status.replicas ?? 0) === wanted &&
    (status.availableReplicas ?? 0) === wanted
  );
}

async function listBoth<T>(kube: Kube, names: WorldNames, apiVersion: string, kind: string): Promise<T[]> {
  const spaces = [names.mesh, names.outside];
  const lists = await Promise.all(spaces.map(namespace => listObjects(kube, apiVersion, kind, namespace)));
  return lists.flat() as unknown as T[];
}

export function listDeployments(kube: Kube, names: WorldNames): Promise<(DeploymentView & KubeObject)[]> {
  return listBoth(kube, names, 'apps/v1', 'Deployment');
}

/**
 * Returns when every Deployment of the world, or those of `places`, is rolled out. Throws ToolError, with the cluster's
 * own words, when something has stood in the way for half a minute or four minutes have passed.
 */
export async function waitForRollout(
  kube: Kube,
  names: WorldNames,
  progress: Progress,
  signal: AbortSignal,
  places = deploymentPlaces(names),
): Promise<void> {
  const start = steadyNow();
  let troubleSince: number | null = null;
  let lastLine = '';
  const allOut = async () => {
    const deployments = await listDeployments(kube, names);
    const byName = new Map(deployments.map(each => [each.metadata.name, each]));
    const missing = places.filter(({ name }) => {
      const found = byName.get(name);
      return found === undefined || !rolledOut(found);
    });
    if (missing.length === 0) return true;
    const line = `${places.length - missing.length} of ${places.length} run; waiting for ${missing.map(each => each.name).join(', ')}`;
    if (line !== lastLine) progress.line(line);
    lastLine = line;
    if (steadyNow() - start < 2000) return false; // Nothing is trouble yet.
    const pods = await listBoth<PodView>(kube, names, 'v1', 'Pod');
    const late = steadyNow() - start > PATIENCE;
    const trouble =
      troubleOf(deployments, pods) ?? (late ? unreadyOf(pods, await warnings(kube, names)) : null);
    troubleSince = trouble === null ? null : (troubleSince ?? steadyNow());
    if (trouble === null) return false;
    progress.line(trouble.split('\n')[0] ?? '');
    if (late || (troubleSince !== null && steadyNow() - troubleSince > DOUBT)) throw stuck(names, trouble);
    return false;
  };
  const patience = { timeoutMs: PATIENCE + DOUBT, everyMs: 150, signal };
  await until(`the lab world in ${names.mesh} and ${names.outside}`, allOut, patience);
}

function stuck({ mesh, outside }: WorldNames, trouble: string): ToolError {
  return new ToolError({
    what: 'The lab world does not start.',
    why: trouble,
    next: [
      `kubectl -n ${mesh} describe pods`,
      `kubectl -n ${outside} describe pods`,
      'istio-tutor up   tries again from here',
    ],
  });
}

/** The first thing that keeps a pod from running, in the cluster's own words; null while it is merely starting. */
export function troubleOf(deployments: readonly DeploymentView[], pods: readonly PodView[]): string | null {
  for (const pod of pods) {
    if (pod.metadata.deletionTimestamp !== undefined) continue;
    const unscheduled = pod.status?.conditions?.find(
      each => each.type === 'PodScheduled' && each.status === 'False',
    );
    if (unscheduled)
      return `Pod ${pod.metadata.name} finds no node: ${unscheduled.message ?? unscheduled.reason}`;
    const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
    for (const { name, state } of statuses) {
      const { reason, message } = state?.waiting ?? {};
      if (reason === undefined || STARTING.has(reason)) continue;
      return `Container ${name} of pod ${pod.metadata.name}: ${reason}${message ? `, ${message}` : ''}`;
    }
  }
  for (const { metadata, status } of deployments) {
    const failure = status?.conditions?.find(
      each => each.type === 'ReplicaFailure' && each.status === 'True',
    );
    if (failure) return `No pod of ${metadata.name} can be made: ${failure.message}`;
  }
  return null;
}

/** What this file reads of an Event. */
interface EventView {
  readonly type?: string;
  readonly message?: string;
  readonly lastTimestamp?: string | null;
  readonly involvedObject: { readonly name?: string };
}

async function warnings(kube: Kube, names: WorldNames): Promise<EventView[]> {
  const events = await listBoth<EventView>(kube, names, 'v1', 'Event');
  return events.filter(each => each.type === 'Warning');
}

/**
 * The first container that runs and is not ready, as one whose probe fails, with the last Warning about its pod; null
 * where all are.
 */
export function unreadyOf(pods: readonly PodView[], events: readonly EventView[]): string | null {
  for (const { metadata, status } of pods) {
    if (metadata.deletionTimestamp !== undefined) continue;
    const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
    const unready = statuses.find(each => each.state?.running !== undefined && each.ready === false);
    if (unready === undefined) continue;
    const [last] = events
      .filter(each => each.involvedObject.name === metadata.name)
      .sort((a, b) => (b.lastTimestamp ?? '').localeCompare(a.lastTimestamp ?? ''));
    const why = last?.message === undefined ? '' : `: ${last.message}`;
    return `Container ${unready.name} of pod ${metadata.name} runs, and is not ready${why}`;
  }
  return null;
}

const STARTING = new Set(['ContainerCreating', 'PodInitializing']);

/** Whether Istio gave this pod its sidecar, as a container or, with native sidecars, as an init container. */
export function hasSidecar({ spec }: Pick<PodView, 'spec'>): boolean {
  return [...spec.containers, ...(spec.initContainers ?? [])].some(each => each.name === CLIENT.proxy);
}
