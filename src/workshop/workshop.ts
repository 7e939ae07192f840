/**
 * A workshop on one cluster: who is in it, what each may do, how far each is, and how it ends. The worlds themselves
 * are those of every learner (world/); this adds access, facts, and a look over all of them.
 */
import { applyOurs, readObject } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/client.ts';
import { ToolError } from '../shared/errors.ts';
import { worldHealth } from '../world/bring-up.ts';
import { CLIENT, type WorldNames, worldNames } from '../world/names.ts';
import { listDeployments } from '../world/rollout.ts';
import { ACCOUNT, accessObjects, LEARNER, learnerKubeconfig } from './access.ts';
import { type LearnerProgress, readProgress, type WorkshopFacts, writeFacts } from './learner-maps.ts';

const PREFIX = 'istio-tutor/prefix';

export interface Learner {
  readonly names: WorldNames;
  readonly prefix: string;
}

export interface AccessOptions {
  readonly prefix: string;
  readonly facts: WorkshopFacts;
  /** Seconds that the token is asked for; the cluster may give fewer. */
  readonly seconds: number;
  /** As learners reach the API server; the kubeconfig's own address unless given. */
  readonly server?: string | undefined;
}

/** Gives a learner whose world is there their access. Returns the kubeconfig's text and when it ends. */
export async function giveAccess(
  kube: Kube,
  names: WorldNames,
  options: AccessOptions,
): Promise<{ text: string; expires: string }> {
  const { prefix, facts, seconds } = options;
  await mark(kube, names, prefix);
  for (const object of accessObjects(names)) await applied(kube, object);
  await writeFacts(kube, names, facts);
  const { token, expires } = await requestToken(kube, names, seconds);
  const cluster = kube.config.getCurrentCluster();
  const server = options.server ?? cluster?.server ?? '';
  const text = learnerKubeconfig({ names, prefix, server, caData: cluster?.caData ?? null, token, expires });
  return { text, expires };
}

/** Labels both namespaces with their learner: that is how the board and the end of the workshop find them. */
async function mark(kube: Kube, { mesh, outside, learner }: WorldNames, prefix: string): Promise<void> {
  const body = { metadata: { labels: { [LEARNER]: learner }, annotations: { [PREFIX]: prefix } } };
  for (const namespace of [mesh, outside]) {
    await kube.request('PATCH', `/api/v1/namespaces/${namespace}`, {
      body,
      contentType: 'application/merge-patch+json',
    });
  }
}

function applied(kube: Kube, object: KubeObject): Promise<void> {
  return applyOurs(kube, object, why => ({
    what: `The cluster refuses ${object.kind} ${object.metadata.namespace}/${object.metadata.name}.`,
    why,
    next: ['kubectl auth can-i create roles -A   tells whether you may grant rights'],
  }));
}

async function requestToken(
  kube: Kube,
  { mesh }: WorldNames,
  seconds: number,
): Promise<{ token: string; expires: string }> {
  const path = `/api/v1/namespaces/${mesh}/serviceaccounts/${ACCOUNT}/token`;
  const body = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { expirationSeconds: seconds },
  };
  const answer = await kube.request('POST', path, { body });
  const { token, expirationTimestamp } = ((answer.body as { status?: object } | null)?.status ??
    {}) as Record<string, string>;
  if (answer.status < 300 && token !== undefined && expirationTimestamp !== undefined)
    return { token, expires: expirationTimestamp };
  throw new ToolError({
    what: `The cluster did not issue a token for ServiceAccount ${mesh}/${ACCOUNT}.`,
    why: (answer.body as { message?: string } | null)?.message ?? `It answers ${answer.status}.`,
    next: ['--hours 8   asks for a shorter one'],
  });
}

/** The learners of the workshop on this cluster, by name. */
export async function learnersOf(kube: Kube): Promise<readonly Learner[]> {
  const answer = await kube.request('GET', `/api/v1/namespaces?labelSelector=${encodeURIComponent(LEARNER)}`);
  const { items = [], message } = (answer.body ?? {}) as { items?: KubeObject[]; message?: string };
  if (answer.status !== 200) {
    throw new ToolError({
      what: 'The namespaces of this cluster cannot be listed.',
      why: message,
      next: ["A workshop is run with the instructor's kubeconfig, not with a learner's."],
    });
  }
  const learners = items.map(({ metadata }): Learner => {
    const prefix = metadata.annotations?.[PREFIX] ?? '';
    return { prefix, names: worldNames(metadata.labels?.[LEARNER] ?? null, prefix) };
  });
  const byMesh = new Map(learners.map(each => [each.names.mesh, each]));
  return [...byMesh.values()].sort((a, b) => a.names.mesh.localeCompare(b.names.mesh));
}

export interface LearnerStatus {
  readonly learner: string;
  readonly namespaces: { readonly mesh: string; readonly outside: string };
  /** 'ready', or what is wrong with the world in a sentence. */
  readonly world: string;
  readonly progress: LearnerProgress | null;
}

export async function statusOf(kube: Kube, { names }: Learner): Promise<LearnerStatus> {
  const [health, progress] = await Promise.all([worldHealth(kube, names), readProgress(kube, names)]);
  const { mesh, outside, learner } = names;
  const world = health.state === 'broken' ? health.why : health.state;
  return { learner: learner ?? '', namespaces: { mesh, outside }, world, progress };
}

const TELEMETRY = { apiVersion: 'telemetry.istio.io/v1', kind: 'Telemetry', name: 'access-log' };

/** How the world was made, for the learner's program, as far as the objects in it show. */
export async function factsOf(
  kube: Kube,
  names: WorldNames,
  istio: string | undefined,
): Promise<WorkshopFacts> {
  const [namespace, telemetry, deployments] = await Promise.all([
    readObject(kube, { apiVersion: 'v1', kind: 'Namespace', name: names.mesh }),
    readObject(kube, { ...TELEMETRY, namespace: names.mesh }),
    listDeployments(kube, names),
  ]);
  const image = (deployment: string, container: string) => {
    const found = deployments.find(each => each.metadata.name === deployment)?.spec as
      | PodTemplate
      | undefined;
    return found?.template.spec.containers.find(each => each.name === container)?.image ?? '';
  };
  const revision = namespace?.metadata.labels?.['istio.io/rev'] ?? '';
  const images = { curl: image(CLIENT.deployment, CLIENT.container), server: image('catalog', 'api') };
  return { istio: istio ?? '', revision, telemetry: String(telemetry !== null), ...images };
}

interface PodTemplate {
  readonly template: { readonly spec: { readonly containers: readonly { name: string; image: string }[] } };
}
