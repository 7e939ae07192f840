/**
 * The world of one exam question: client, catalog and fence in a namespace of its own, beside the world that `up`
 * made, whose servers outside it shares. A question that breaks servers gets some of its own. Certificates are copies
 * of the first world's, so that all servers are trusted everywhere. Names: question 4 is in exam-4.
 */
import { apply, applyOurs, readObject, remove } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/client.ts';
import { until } from '../kube/wait.ts';
import { ToolError, UserError } from '../shared/errors.ts';
import { log } from '../shared/log.ts';
import { SILENT } from '../shared/progress.ts';
import { clusterIPs } from './addresses.ts';
import { NO_IPS } from './client-deployment.ts';
import { removeClients } from './further-clients.ts';
import { worldCertificates } from './kept-certificates.ts';
import { madeOf } from './made-of.ts';
import type { WorldNames } from './names.ts';
import { type WorldOptions, worldObjects } from './objects.ts';
import { untilReachable } from './reachable.ts';
import { deploymentPlaces, waitForRollout } from './rollout.ts';

/** On a question's namespaces: the namespace of the world that the exam belongs to, and which exam it is. */
const EXAM_OF = 'istio-tutor/exam-of';
const EXAM = 'istio-tutor/exam';
/** On the question's namespace once all that it starts with is there. */
const READY = 'istio-tutor/exam-ready';

/** Names of a question's world; `ownServers`: its servers outside are its own. */
export function examNames(base: WorldNames, number: number, ownServers: boolean): WorldNames {
  const prefix = base.mesh.slice(0, base.mesh.indexOf('mesh-network'));
  const learner = base.learner === null ? '' : `${base.learner}-`;
  const mesh = `${prefix}exam-${learner}${number}`;
  return {
    mesh,
    outside: ownServers ? `${prefix}outside-exam-${learner}${number}` : base.outside,
    learner: base.learner,
  };
}

/** Whether a namespace is that of some question, its further clients' and its own servers' included. */
export function isQuestionNamespace(base: WorldNames, namespace: string): boolean {
  const { mesh, outside } = examNames(base, 0, true);
  return [mesh, outside].some(name => {
    const stem = name.slice(0, -1);
    return namespace.startsWith(stem) && /^\d+(-|$)/.test(namespace.slice(stem.length));
  });
}

/** 'exam-4/catalog' -> the address that the Service had: a manifest that already names it stays right. */
export type Addresses = ReadonlyMap<string, string>;

/**
 * Makes the world of a question and returns when its pods run. Throws UserError when a namespace of that name is
 * somebody else's or another exam's, ToolError when something does not start.
 */
export async function bringUpExamWorld(
  kube: Kube,
  base: WorldNames,
  names: WorldNames,
  exam: string,
  signal: AbortSignal,
  addresses: Addresses = new Map(),
): Promise<void> {
  const own = namespacesOf(base, names);
  await Promise.all(own.map(name => free(kube, base, name, exam, signal)));
  const [certificates, options] = await Promise.all([
    worldCertificates(kube, base),
    optionsOf(kube, base, signal),
  ]);
  if (certificates === null) throw notWhole(base);
  const ours = (object: KubeObject) => own.includes(object.metadata.namespace ?? object.metadata.name);
  const first = worldObjects(names, options, { certificates, ips: NO_IPS }).filter(ours);
  const marked = first
    .filter(each => each.kind === 'Namespace')
    .map(each => ({
      ...each,
      metadata: {
        ...each.metadata,
        labels: { ...each.metadata.labels, [EXAM_OF]: base.mesh, [EXAM]: exam },
      },
    }));
  await applyAll(kube, marked, signal);
  const given = await Promise.all(first.map(each => giveAddress(kube, each, addresses, signal)));
  await applyAll(
    kube,
    first.filter((each, i) => !given[i] && each.kind !== 'Namespace' && each.kind !== 'Deployment'),
    signal,
  );
  const ips = await clusterIPs(kube, names);
  const deployments = worldObjects(names, options, { certificates, ips }).filter(
    each => each.kind === 'Deployment' && ours(each),
  );
  await applyAll(kube, deployments, signal);
  const places = deploymentPlaces(names).filter(({ namespace }) => own.includes(namespace));
  await waitForRollout(kube, names, SILENT, signal, places);
  // The shared servers may be as a lesson left them; a question that needs them puts them right.
  const reach = names.outside === base.outside ? { catalog: 'open' as const } : undefined;
  await untilReachable(kube, names, reach, signal);
}

/** Makes a Service with the address that it had. False where another has that by now, and for all else. */
async function giveAddress(
  kube: Kube,
  object: KubeObject,
  addresses: Addresses,
  signal: AbortSignal,
): Promise<boolean> {
  const { name, namespace } = object.metadata;
  const clusterIP = addresses.get(`${namespace}/${name}`);
  if (object.kind !== 'Service' || clusterIP === undefined) return false;
  const asked = { ...object, spec: { ...(object.spec as object), clusterIP } };
  const result = await apply(kube, asked, signal);
  if (result.outcome !== 'refused') return true;
  log('exam', `Service ${namespace}/${name}: ${result.message}`);
  return false;
}

function namespacesOf(base: WorldNames, names: WorldNames): readonly string[] {
  return names.outside === base.outside ? [names.mesh] : [names.mesh, names.outside];
}

/** Waits until a namespace that is being deleted is gone. Throws when it is somebody else's. */
async function free(
  kube: Kube,
  base: WorldNames,
  name: string,
  exam: string,
  signal: AbortSignal,
): Promise<void> {
  const ref = { apiVersion: 'v1', kind: 'Namespace', name };
  const found = await readObject(kube, ref);
  if (found === null) return;
  const labels = found.metadata.labels ?? {};
  if (found.metadata.deletionTimestamp !== undefined) {
    const gone = async () => (await readObject(kube, ref)) === null;
    await until(`namespace ${name} to be gone`, gone, { timeoutMs: 120_000, signal });
    return;
  }
  if (labels[EXAM_OF] !== base.mesh) {
    throw new UserError({
      what: `Namespace ${name} is already there, and no exam made it.`,
      why: `It lacks the label ${EXAM_OF}=${base.mesh}, so nothing is written into it.`,
      next: ['--prefix tutor-   uses other names, here and in every later command'],
    });
  }
  if (labels[EXAM] === exam) return;
  throw new UserError({
    what: `Namespace ${name} belongs to another exam on this cluster.`,
    why: 'One that was not ended, or one that somebody takes now with another data folder.',
    next: ['istio-tutor exam --discard   removes it, with all its namespaces'],
  });
}

/** How the first world was made. */
async function optionsOf(kube: Kube, base: WorldNames, signal: AbortSignal): Promise<WorldOptions> {
  const { options } = await madeOf(kube, base);
  signal.throwIfAborted();
  if (options.images?.curl === undefined || options.images.node === undefined) throw notWhole(base);
  return options;
}

/** Marks that everything the question starts with is there: an exam that is resumed leaves it as it is. */
export async function markReady(kube: Kube, names: WorldNames, exam: string): Promise<void> {
  const body = { metadata: { annotations: { [READY]: exam } } };
  const path = `/api/v1/namespaces/${names.mesh}`;
  await kube.request('PATCH', path, { body, contentType: 'application/merge-patch+json' });
}

/** Whether this exam's question is there as it was left. */
export async function isMade(kube: Kube, names: WorldNames, exam: string): Promise<boolean> {
  const found = await readObject(kube, { apiVersion: 'v1', kind: 'Namespace', name: names.mesh });
  return found?.metadata.deletionTimestamp === undefined && found?.metadata.annotations?.[READY] === exam;
}

/** Removes the namespaces of every exam of this world, or of one, those of further clients too. Returns which. */
export async function removeExamWorlds(
  kube: Kube,
  base: WorldNames,
  signal: AbortSignal,
  exam?: string,
): Promise<readonly string[]> {
  const one = exam === undefined ? '' : `,${EXAM}=${exam}`;
  const selector = encodeURIComponent(`${EXAM_OF}=${base.mesh}${one}`);
  const { body } = await kube.request('GET', `/api/v1/namespaces?labelSelector=${selector}`);
  const found = ((body as { items?: KubeObject[] }).items ?? []).map(each => each.metadata.name);
  await Promise.all(
    found.map(async name => {
      await removeClients(kube, { ...base, mesh: name }, signal);
      await remove(kube, { apiVersion: 'v1', kind: 'Namespace', name }, signal);
    }),
  );
  return found;
}

async function applyAll(kube: Kube, objects: readonly KubeObject[], signal: AbortSignal): Promise<void> {
  await Promise.all(
    objects.map(object => {
      const told = (why: string) => ({
        what: `The cluster refuses ${object.kind} ${object.metadata.name} of a question.`,
        why,
        next: ['istio-tutor doctor   says what this cluster lacks'],
      });
      return applyOurs(kube, object, told, signal);
    }),
  );
}

function notWhole({ mesh, outside }: WorldNames): ToolError {
  return new ToolError({
    what: `The world in ${mesh} and ${outside} is not complete, so no question can be made beside it.`,
    next: ['istio-tutor up   repairs the lab world'],
  });
}
