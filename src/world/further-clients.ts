/**
 * A drill may need a second caller: a client with its own sidecar in a namespace of its own; the fence lets the two see
 * each other. It is made as the world's client was made, so images, revision, certificates and addresses
 * are the same. Names: the namespace of client `b` is mesh-network-b.
 */
import { readObject, remove } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/client.ts';
import { statusMessage } from '../kube/request.ts';
import { ToolError, UserError } from '../shared/errors.ts';
import { SILENT } from '../shared/progress.ts';
import type { ServiceIPs } from './client-deployment.ts';
import type { MadeOf } from './made-of.ts';
import { type Mended, mendOne } from './mend-world.ts';
import { CLIENT, type WorldNames } from './names.ts';
import { fence, worldObjects } from './objects.ts';
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

/** What a further client is made of, the same as the world's own. */
export interface ClientParts {
  readonly made: MadeOf;
  readonly ips: ServiceIPs;
  /** See MendOptions. */
  readonly whole: boolean;
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
  parts: ClientParts,
): Promise<boolean> {
  const own = furtherNames(names, client);
  const ref = { apiVersion: 'v1', kind: 'Namespace', name: own.mesh };
  const found = await readObject(kube, ref);
  if (found !== null && found.metadata.labels?.[BELONGS_TO] !== names.mesh) throw taken(own.mesh);
  const options = { whole: parts.whole, signal };
  const objects = clientObjects(names, own, parts);
  const changed: Mended[] = [];
  for (const kinds of [['Namespace'], ['Secret', 'Telemetry'], ['Deployment']]) {
    const wanted = objects.filter(each => kinds.includes(each.kind));
    const mended = await Promise.all(wanted.map(object => mendOne(kube, object, options)));
    changed.push(...mended.flat());
  }
  const running = (await listDeployments(kube, own)).find(each => each.metadata.name === CLIENT.deployment);
  if (changed.length === 0 && running !== undefined && rolledOut(running)) return false;
  await waitForRollout(kube, own, SILENT, signal, [{ name: CLIENT.deployment, namespace: own.mesh }]);
  return true;
}

/** The namespaces of all further clients of a world; `down` removes them. */
export async function clientNamespaces(kube: Kube, names: WorldNames): Promise<readonly string[]> {
  const selector = encodeURIComponent(`${BELONGS_TO}=${names.mesh}`);
  const { body } = await kube.request('GET', `/api/v1/namespaces?labelSelector=${selector}`);
  return ((body as { items?: KubeObject[] }).items ?? []).map(each => each.metadata.name);
}

/** Removes the further clients that are not wanted. To make one again, its namespace must be gone first. */
export async function dismissClients(
  kube: Kube,
  names: WorldNames,
  wanted: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const kept = new Set(wanted.map(client => furtherNames(names, client).mesh));
  const gone = (await clientNamespaces(kube, names)).filter(name => !kept.has(name));
  await Promise.all(
    gone.map(async name => {
      const answer = await kube.request('DELETE', `/api/v1/namespaces/${name}`, { signal });
      // 409: it is on its way out already.
      if (answer.status < 300 || [404, 409].includes(answer.status)) return;
      throw new ToolError({
        what: `Namespace ${name} of another drill could not be removed.`,
        why: statusMessage(answer),
        next: ['r   tries again', `kubectl delete namespace ${name}`],
      });
    }),
  );
}

/** Removes them, and returns when they are gone. */
export async function removeClients(kube: Kube, names: WorldNames, signal: AbortSignal): Promise<void> {
  const gone = (await clientNamespaces(kube, names)).map(name =>
    remove(kube, { apiVersion: 'v1', kind: 'Namespace', name }, signal),
  );
  await Promise.all(gone);
}

/** What the world has in the client's namespace, except for `catalog`; the namespace says whose it is. */
function clientObjects(
  names: WorldNames,
  own: WorldNames,
  { made, ips }: ClientParts,
): readonly KubeObject[] {
  const { certificates, options } = made;
  return worldObjects(own, options, { certificates, ips })
    .filter(
      ({ metadata }) => (metadata.namespace ?? metadata.name) === own.mesh && metadata.name !== 'catalog',
    )
    .map(object => {
      if (object.kind !== 'Namespace') return object;
      const labels = { ...object.metadata.labels, [BELONGS_TO]: names.mesh };
      return { ...object, metadata: { ...object.metadata, labels } };
    });
}

function taken(name: string): UserError {
  return new UserError({
    what: `Namespace ${name} is already there, and is not a second client's.`,
    why: `It lacks the label ${BELONGS_TO}, so nothing is written into it.`,
    next: ['--prefix tutor-   uses other names, here and in every later command'],
  });
}
