/**
 * Puts the world's Deployments and Services into the state that a step wants: replicas, environment, a Service
 * taken away or given back. Over the API, the smallest patches; what is already right is left alone.
 */
import { applyOurs, listObjects, readObject, refOf, remove } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/client.ts';
import { until } from '../kube/wait.ts';
import { ToolError } from '../shared/errors.ts';
import { isChanged, mendService } from './mend-service.ts';
import { CLIENT, SERVERS, type WorldNames } from './names.ts';
import { services as worldServices } from './objects.ts';
import { type Reach, untilReachable } from './reachable.ts';
import { rolledOut } from './rollout.ts';
import { serverDeployments } from './servers.ts';

/** How the workloads of the world should be. What is left out is as in a fresh world. */
export interface WantedWorkloads {
  /** By Deployment. */
  readonly replicas: Readonly<Record<string, number>>;
  /** By Deployment, then by variable. */
  readonly env: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** By Service: false takes it away. */
  readonly services: Readonly<Record<string, boolean>>;
}

export interface EnvVar {
  name: string;
  value?: string;
}

interface DeploymentObject extends KubeObject {
  spec: { replicas?: number; template: { spec: { containers: { name: string; env?: EnvVar[] }[] } } };
}

/** Milliseconds: an image that must be pulled first takes longest. */
const ROLLOUT = 90_000;

/**
 * Returns what had to be changed ('Deployment/safedata-stable', 'Service/catalog') when the pods are there or
 * gone. `ips` are the addresses that a Service gets back, by its name: the client's hosts file holds them.
 */
export async function setWorkloads(
  kube: Kube,
  names: WorldNames,
  wanted: WantedWorkloads,
  ips: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const namespaces = [names.mesh, names.outside];
  const deployments = await Promise.all(namespaces.map(ns => listObjects(kube, 'apps/v1', 'Deployment', ns)));
  const changed = await Promise.all([
    setServices(kube, names, wanted, ips, signal),
    ...deployments.flat().map(d => setDeployment(kube, names, d as DeploymentObject, wanted, signal)),
  ]);
  await reached(kube, names, wanted, changed.flat(), signal);
  return changed.flat();
}

/** Until kube-proxy leads calls to where the changed Deployments are now, or refuses them where no pod is left. */
export async function reached(
  kube: Kube,
  names: WorldNames,
  wanted: WantedWorkloads,
  changed: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const servers = Object.keys(SERVERS).filter(name => changed.includes(`Deployment/${name}`));
  const reach = servers.map((name): [string, Reach] => [
    name,
    wanted.replicas[name] === 0 ? 'refused' : 'open',
  ]);
  if (reach.length > 0) await untilReachable(kube, names, Object.fromEntries(reach), signal);
}

/** Those of these namespaces (null: of both) that are missing; one that was changed stays as it is. */
export async function giveMissingServices(
  kube: Kube,
  names: WorldNames,
  namespaces: readonly string[] | null,
  signal?: AbortSignal,
): Promise<void> {
  const wanted = worldServices(names).filter(
    each => namespaces?.includes(each.metadata.namespace ?? '') ?? true,
  );
  await Promise.all(
    wanted.map(async service => {
      if ((await readObject(kube, refOf(service))) !== null) return;
      await setService(kube, service, [], {}, {}, signal);
    }),
  );
}

/** The Services alone. */
export async function setServices(
  kube: Kube,
  names: WorldNames,
  { services }: Pick<WantedWorkloads, 'services'>,
  ips: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const lists = await Promise.all(
    [names.mesh, names.outside].map(ns => listObjects(kube, 'v1', 'Service', ns)),
  );
  const changed = await Promise.all(
    worldServices(names).map(service => setService(kube, service, lists.flat(), services, ips, signal)),
  );
  return changed.flat();
}

async function setDeployment(
  kube: Kube,
  names: WorldNames,
  live: DeploymentObject,
  wanted: WantedWorkloads,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const { name, namespace = '' } = live.metadata;
  const container = live.spec.template.spec.containers.find(
    c => c.name === CLIENT.container || c.name === 'api',
  );
  if (container === undefined || live.metadata.labels?.['app.kubernetes.io/managed-by'] !== 'istio-tutor')
    return [];
  const replicas = wanted.replicas[name] ?? 1;
  const env = withOverrides(usualEnv(names, name, container.env ?? []), wanted.env[name] ?? {});
  const patch: { op: string; path: string; value: unknown }[] = [];
  if ((live.spec.replicas ?? 1) !== replicas)
    patch.push({ op: 'add', path: '/spec/replicas', value: replicas });
  if (!sameEnv(container.env ?? [], env)) {
    const index = live.spec.template.spec.containers.indexOf(container);
    patch.push({ op: 'add', path: `/spec/template/spec/containers/${index}/env`, value: env });
  }
  if (patch.length === 0) return [];

  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
  const answer = await kube.request('PATCH', path, {
    body: patch,
    contentType: 'application/json-patch+json',
    signal,
  });
  if (answer.status >= 300) {
    throw new ToolError({
      what: `Deployment ${name} could not be changed.`,
      detail: String((answer.body as { message?: string } | null)?.message ?? answer.body),
      next: ['istio-tutor up   repairs the lab'],
    });
  }
  await untilPodsAre(kube, { namespace, name, replicas }, signal);
  return [`Deployment/${name}`];
}

/** Until this many pods of a Deployment run as it is written, and calls meet them and no others. */
export async function untilPodsAre(
  kube: Kube,
  {
    namespace,
    name,
    replicas,
  }: { readonly namespace: string; readonly name: string; readonly replicas: number },
  signal?: AbortSignal,
): Promise<void> {
  await settled(kube, { namespace, name }, signal);
  await othersGone(kube, namespace, name, replicas, signal);
  await endpoints(kube, namespace, name, replicas, signal);
}

async function settled(
  kube: Kube,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  signal?: AbortSignal,
): Promise<void> {
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', name, namespace };
  const poll = async () => {
    const found = await readObject(kube, ref);
    return found !== null && rolledOut(found as KubeObject & Parameters<typeof rolledOut>[0]);
  };
  const options = signal === undefined ? {} : { signal };
  await until(`${name}'s pods`, poll, { timeoutMs: ROLLOUT, everyMs: 100, ...options });
}

/**
 * Until the pods that had to go are gone. One that is on its way out refuses connections by itself, and that
 * looks like a Service without endpoints; a moment later calls to it would be lost without an answer.
 */
async function othersGone(
  kube: Kube,
  namespace: string,
  name: string,
  replicas: number,
  signal?: AbortSignal,
): Promise<void> {
  const options = signal === undefined ? {} : { signal };
  const path = `/api/v1/namespaces/${namespace}/pods?labelSelector=${encodeURIComponent(`app=${name}`)}`;
  const poll = async () => {
    const { body } = await kube.request('GET', path, options);
    return ((body as { items?: unknown[] }).items ?? []).length <= replicas;
  };
  await until(`${name}'s last pods to end`, poll, { timeoutMs: ROLLOUT, everyMs: 100, ...options });
}

/** Until the Service leads to this many pods: then a call to its address meets them and no others. */
async function endpoints(
  kube: Kube,
  namespace: string,
  name: string,
  replicas: number,
  signal?: AbortSignal,
) {
  if (name === CLIENT.deployment) return;
  const selector = encodeURIComponent(`kubernetes.io/service-name=${name}`);
  const path = `/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices?labelSelector=${selector}`;
  await until(
    `${name}'s endpoints`,
    async () => {
      const { body } = await kube.request('GET', path, signal === undefined ? {} : { signal });
      const slices =
        (body as { items?: { endpoints?: { conditions?: { ready?: boolean } }[] }[] }).items ?? [];
      if (slices.length === 0) return true; // Its Service is taken away.
      return (
        slices.flatMap(s => s.endpoints ?? []).filter(e => e.conditions?.ready === true).length === replicas
      );
    },
    { timeoutMs: ROLLOUT, everyMs: 100, signal },
  );
}

/** A Deployment's environment in a fresh world. The client's is not among the world's fixed objects. */
function usualEnv(names: WorldNames, deployment: string, live: readonly EnvVar[]): readonly EnvVar[] {
  if (deployment === CLIENT.deployment) return live.filter(v => v.name === 'CURL_CA_BUNDLE');
  const object = serverDeployments(names).find(o => o.metadata.name === deployment) as
    | DeploymentObject
    | undefined;
  return object?.spec.template.spec.containers[0]?.env ?? live;
}

export function withOverrides(
  usual: readonly EnvVar[],
  overrides: Readonly<Record<string, string>>,
): EnvVar[] {
  const kept = usual.map(v =>
    overrides[v.name] === undefined ? v : { name: v.name, value: overrides[v.name] as string },
  );
  const added = Object.entries(overrides).filter(([name]) => !usual.some(v => v.name === name));
  return [...kept, ...added.map(([name, value]) => ({ name, value }))];
}

function sameEnv(a: readonly EnvVar[], b: readonly EnvVar[]): boolean {
  const text = (list: readonly EnvVar[]) =>
    list
      .map(v => `${v.name}=${v.value ?? ''}`)
      .sort()
      .join('\n');
  return text(a) === text(b);
}

async function setService(
  kube: Kube,
  service: KubeObject,
  live: readonly KubeObject[],
  services: WantedWorkloads['services'],
  ips: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const { name, namespace } = service.metadata;
  const found = live.find(s => s.metadata.name === name && s.metadata.namespace === namespace);
  const present = services[name] !== false;
  if (present && found !== undefined) {
    if (!isChanged(found, service)) return [];
    await mendService(kube, service, found, ips[name], signal);
    return [`Service/${name}`];
  }
  if (!present && found === undefined) return [];
  if (!present) {
    const ref = {
      apiVersion: 'v1',
      kind: 'Service',
      name,
      namespace,
    };
    await remove(kube, ref, signal);
    return [`Service/${name}`];
  }
  const clusterIP = ips[name];
  const spec = { ...(service.spec as object), clusterIP };
  const told = (detail: string) => ({
    what: `Service ${name} could not be given back.`,
    detail,
    next: ['istio-tutor up   repairs the lab'],
  });
  await applyOurs(kube, { ...service, spec }, told, signal);
  return [`Service/${name}`];
}
