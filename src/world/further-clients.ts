/**
 * A drill may need a second caller: a client with its own sidecar in a namespace of its own, which the fence lets see
 * the first, and the first it. It is a copy of the world's client as that runs now, so images, revision, certificates
 * and addresses are the same. Names: the namespace of client `b` is mesh-network-b.
 */
import { apply, listObjects, readObject, remove } from '../cluster/apply.ts';
import type { Kube, KubeObject } from '../cluster/client.ts';
import { until } from '../cluster/wait.ts';
import { ToolError, UserError } from '../shared/errors.ts';
import { SECRET } from './certificates.ts';
import { CLIENT, isOurs, MANAGED_BY, type WorldNames } from './names.ts';
import { fence } from './objects.ts';
import { listDeployments, rolledOut, waitForRollout } from './rollout.ts';

/** On the namespace of a further client: the namespace of the world that it belongs to. */
export const BELONGS_TO = 'istio-tutor/client-of';

/** The names of a further client's world: its own namespace, the same servers outside. */
export function furtherNames(names: WorldNames, client: string): WorldNames {
  return { ...names, mesh: `${names.mesh}-${client}` };
}

/** The fences of a world with further clients: each namespace sees itself and all the others. */
export function fences(names: WorldNames, clients: readonly string[]): readonly KubeObject[] {
  const all = [names, ...clients.map(client => furtherNames(names, client))];
  return all.map(each =>
    fence(
      each,
      all.map(one => one.mesh).filter(mesh => mesh !== each.mesh),
    ),
  );
}

/**
 * Makes the further client or puts it right, and returns when its pod runs. Returns false when all was there.
 * Throws UserError when the namespace is somebody else's, ToolError when something does not start.
 */
export async function bringUpClient(
  kube: Kube,
  names: WorldNames,
  client: string,
  signal: AbortSignal,
): Promise<boolean> {
  const own = furtherNames(names, client);
  const ref = { apiVersion: 'v1', kind: 'Namespace', name: own.mesh };
  const found = await readObject(kube, ref);
  if (found !== null && found.metadata.labels?.[BELONGS_TO] !== names.mesh) throw taken(own.mesh);
  if (found?.metadata.deletionTimestamp !== undefined) {
    await until(`namespace ${own.mesh} to be gone`, async () => (await readObject(kube, ref)) === null, {
      timeoutMs: 120_000,
      signal,
    });
  }
  const running = (await listDeployments(kube, own)).find(each => each.metadata.name === CLIENT.deployment);
  const asked = running?.spec.replicas !== 0;
  if (found !== null && running !== undefined && asked && rolledOut(running)) return false;

  const [namespace, secret, deployment, telemetry] = await Promise.all([
    readObject(kube, { ...ref, name: names.mesh }),
    readObject(kube, { apiVersion: 'v1', kind: 'Secret', name: SECRET, namespace: names.mesh }),
    readObject(kube, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: CLIENT.deployment,
      namespace: names.mesh,
    }),
    listObjects(kube, 'telemetry.istio.io/v1', 'Telemetry', names.mesh),
  ]);
  if (namespace === null || secret === null || deployment === null) {
    throw new ToolError({
      what: `The world in ${names.mesh} is not whole, so no second client can be made.`,
      next: ['istio-tutor up   repairs the lab world'],
    });
  }
  const labels = {
    ...MANAGED_BY,
    ...injectionOf(namespace),
    [BELONGS_TO]: names.mesh,
  };
  await applied(kube, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: own.mesh, labels } }, signal);
  const copies = [secret, ...telemetry.filter(isOurs)].map(object => copyInto(object, own.mesh));
  await Promise.all(copies.map(object => applied(kube, object, signal)));
  await applied(kube, copyInto(deployment, own.mesh), signal);
  const progress = { stage: () => {}, line: () => {} };
  const places = [{ name: CLIENT.deployment, namespace: own.mesh }];
  await waitForRollout(kube, own, progress, signal, places);
  return true;
}

/** The namespaces of all further clients of a world; `down` removes them. */
export async function clientNamespaces(kube: Kube, names: WorldNames): Promise<readonly string[]> {
  const selector = encodeURIComponent(`${BELONGS_TO}=${names.mesh}`);
  const { body } = await kube.request('GET', `/api/v1/namespaces?labelSelector=${selector}`);
  return ((body as { items?: KubeObject[] }).items ?? []).map(each => each.metadata.name);
}

/** Sends the further clients away that are not wanted. Who wants one again waits until its namespace is gone. */
export async function dismissClients(
  kube: Kube,
  names: WorldNames,
  wanted: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const kept = new Set(wanted.map(client => furtherNames(names, client).mesh));
  const gone = (await clientNamespaces(kube, names)).filter(name => !kept.has(name));
  await Promise.all(gone.map(name => kube.request('DELETE', `/api/v1/namespaces/${name}`, { signal })));
}

/** Removes them, and returns when they are gone. */
export async function removeClients(kube: Kube, names: WorldNames, signal: AbortSignal): Promise<void> {
  const gone = (await clientNamespaces(kube, names)).map(name =>
    remove(kube, { apiVersion: 'v1', kind: 'Namespace', name }, signal),
  );
  await Promise.all(gone);
}

function injectionOf(namespace: KubeObject): Record<string, string> {
  const wanted = ['istio-injection', 'istio.io/rev'];
  const labels = Object.entries(namespace.metadata.labels ?? {});
  return Object.fromEntries(labels.filter(([name]) => wanted.includes(name)));
}

/** What was asked for, without what the cluster has added to it. */
function copyInto(object: KubeObject, namespace: string): KubeObject {
  const { status, metadata, ...rest } = object;
  const { name, labels = {} } = metadata;
  return { ...rest, apiVersion: object.apiVersion, kind: object.kind, metadata: { name, namespace, labels } };
}

async function applied(kube: Kube, object: KubeObject, signal: AbortSignal): Promise<void> {
  const result = await apply(kube, object, signal);
  if (result.outcome !== 'refused') return;
  throw new ToolError({
    what: `The cluster refuses ${object.kind} ${object.metadata.name} of a second client.`,
    why: result.message,
    next: ['istio-tutor doctor   says what this cluster lacks'],
  });
}

function taken(name: string): UserError {
  return new UserError({
    what: `Namespace ${name} is already there, and is not a second client's.`,
    why: `It lacks the label ${BELONGS_TO}, so nothing is written into it.`,
    next: ['--prefix tutor-   uses other names, here and in every later command'],
  });
}
