/**
 * The lab world's life on a cluster that has Istio: make or repair it, look at it, remove it. Idempotent:
 * what is as it should be is left alone, so that a second run restarts no pod. Applying the objects is the
 * repair: whatever a lesson changed on them goes back, and a lesson's own Istio objects are not touched.
 */
import { type ApplyResult, apply, readObject, refOf, remove } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/client.ts';
import { until } from '../kube/wait.ts';
import { ToolError, UserError } from '../shared/errors.ts';
import type { Progress } from '../shared/progress.ts';
import { clusterIPs } from './addresses.ts';
import { certificatesMark, makeCertificates } from './certificates.ts';
import { hostAliases, NO_IPS } from './client-deployment.ts';
import { removeExamWorlds } from './exam-world.ts';
import { removeClients } from './further-clients.ts';
import type { Health } from './health.ts';
import { worldCertificates } from './kept-certificates.ts';
import { mend } from './mend.ts';
import { isChanged, mendService } from './mend-service.ts';
import { CLIENT, isOurs, MANAGED_BY, RESTARTED, SERVERS, type WorldNames } from './names.ts';
import { namespaces, services, type WorldOptions, worldObjects } from './objects.ts';
import { untilReachable } from './reachable.ts';
import { deploymentPlaces, hasSidecar, listDeployments, rolledOut, waitForRollout } from './rollout.ts';
import { serverNamespace } from './servers.ts';

/**
 * Makes the world or puts it right, and returns when all its pods run, the client's with its sidecar.
 * Throws UserError when a namespace of that name is somebody else's, ToolError with the cluster's own words
 * when something cannot be made or does not start.
 */
export async function bringUpWorld(
  kube: Kube,
  names: WorldNames,
  options: WorldOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  progress.stage('Laying out the lab world');
  if (options.prepared !== true) await ensureNamespaces(kube, names, options, progress, signal);
  const kept = await worldCertificates(kube, names);
  const certificates = kept ?? options.certificates ?? (await makeCertificates());
  // This way pods find their Secrets and ConfigMaps at once, and the client knows the Services' addresses.
  const first = worldObjects(names, options, { certificates, ips: NO_IPS }).filter(
    each => each.kind !== 'Deployment',
  );
  await mendServices(kube, names, signal);
  await applyAll(
    kube,
    first.filter(each => each.kind !== 'Namespace'),
    progress,
    signal,
  );
  const ips = await clusterIPs(kube, names);
  const all = worldObjects(names, options, { certificates, ips });
  const running = await listDeployments(kube, names);
  await applyAll(
    kube,
    all.filter(each => each.kind === 'Deployment'),
    progress,
    signal,
  );
  // Processes read certificates when they start: those that ran with older ones must start again.
  if (!kept) await Promise.all(running.map(each => restart(kube, each, certificatesMark(certificates))));

  progress.stage('Starting the API servers and the client');
  await waitForRollout(kube, names, progress, signal);
  await ensureSidecar(kube, names, progress, signal);
  await untilReachable(kube, names, undefined, signal);
}

/** Applying alone would not do: see mend-service.ts. */
async function mendServices(kube: Kube, names: WorldNames, signal: AbortSignal): Promise<void> {
  await Promise.all(
    services(names).map(async service => {
      const live = await readObject(kube, refOf(service));
      if (live && isChanged(live, service)) await mendService(kube, service, live, undefined, signal);
    }),
  );
}

async function ensureNamespaces(
  kube: Kube,
  names: WorldNames,
  options: WorldOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  const wanted = namespaces(names, options);
  await Promise.all(
    wanted.map(async ({ metadata: { name } }) => {
      const found = await readObject(kube, { apiVersion: 'v1', kind: 'Namespace', name });
      if (found && !isOurs(found)) throw notOurs(name);
      if (!found?.metadata.deletionTimestamp) return;
      progress.line(`namespace ${name} is still being deleted`);
      await until(
        `namespace ${name} to be gone`,
        async () => (await readObject(kube, { apiVersion: 'v1', kind: 'Namespace', name })) === null,
        { timeoutMs: 120_000, signal },
      );
    }),
  );
  await applyAll(kube, wanted, progress, signal);
}

function notOurs(name: string): UserError {
  return new UserError({
    what: `Namespace ${name} is already there, and istio-tutor did not make it.`,
    why: `It lacks the label ${Object.entries(MANAGED_BY)[0]?.join('=')}, so nothing is written into it.`,
    next: ['--prefix tutor-   uses other names, here and in every later command'],
  });
}

async function applyAll(
  kube: Kube,
  objects: readonly KubeObject[],
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  await Promise.all(
    objects.map(async object => {
      const result = await put(kube, object, signal);
      const { kind, metadata } = object;
      const what = `${kind} ${metadata.namespace ? `${metadata.namespace}/` : ''}${metadata.name}`;
      if (result.outcome !== 'refused') return progress.line(`${what} ${result.outcome}`);
      throw new ToolError({
        what: `The cluster refuses ${what} of the lab world.`,
        why: result.message,
        next: /no matches for kind/.test(result.message)
          ? ['istioctl version   tells whether Istio is installed on this cluster']
          : ['istio-tutor doctor   says what this cluster lacks'],
      });
    }),
  );
}

/** What is ours is put right; nothing is removed from anything else that has its name. */
async function put(kube: Kube, object: KubeObject, signal: AbortSignal): Promise<ApplyResult> {
  const live = MENDED.includes(object.kind) ? await readObject(kube, refOf(object)) : null;
  if (live === null || !isOurs(live)) return apply(kube, object, signal);
  return mend(kube, object, { whole: false, signal, standing: { objects: [live], find: () => live } });
}

const MENDED = ['ConfigMap', 'Secret', 'Deployment'];

/** What `kubectl rollout restart` does: a changed annotation makes new pods. */
async function restart(kube: Kube, { metadata }: KubeObject, mark: string): Promise<void> {
  const path = `/apis/apps/v1/namespaces/${metadata.namespace}/deployments/${metadata.name}`;
  const annotations = { [RESTARTED]: mark };
  const body = { spec: { template: { metadata: { annotations } } } };
  await kube.request('PATCH', path, { body, contentType: 'application/strategic-merge-patch+json' });
}

/** A pod that was made before Istio was ready, or by another Istio, has no sidecar: one more try, then the error. */
async function ensureSidecar(
  kube: Kube,
  names: WorldNames,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  if (await sidecarThere(kube, names)) return;
  progress.line('the client has no sidecar; starting it again');
  const place = { name: CLIENT.deployment, namespace: names.mesh };
  await restart(
    kube,
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata: place },
    new Date().toISOString(),
  );
  await waitForRollout(kube, names, progress, signal);
  if (await sidecarThere(kube, names)) return;
  throw new ToolError({
    what: `Istio gives pods in namespace ${names.mesh} no sidecar.`,
    why: 'The client pod runs without the container istio-proxy.',
    next: [
      'kubectl get mutatingwebhookconfigurations   shows whether an injector is installed',
      `kubectl get namespace ${names.mesh} --show-labels   shows the revision that is asked for`,
    ],
  });
}

export async function sidecarThere(kube: Kube, names: WorldNames): Promise<boolean> {
  return (await clientPods(kube, names)).some(hasSidecar);
}

async function clientPods(kube: Kube, names: WorldNames) {
  const path = `/api/v1/namespaces/${names.mesh}/pods?labelSelector=${encodeURIComponent(CLIENT.selector)}`;
  const { body } = await kube.request('GET', path);
  const { items = [] } = body as { items?: Parameters<typeof hasSidecar>[0][] };
  return items;
}

/** Whether the world is whole; says in one sentence what is missing. All its requests go out at once. */
export async function worldHealth(kube: Kube, names: WorldNames): Promise<Health> {
  const [mesh, outside, deployments, pods, ...found] = await Promise.all([
    readObject(kube, { apiVersion: 'v1', kind: 'Namespace', name: names.mesh }),
    readObject(kube, { apiVersion: 'v1', kind: 'Namespace', name: names.outside }),
    listDeployments(kube, names),
    clientPods(kube, names),
    ...Object.keys(SERVERS).map(name =>
      readObject(kube, { apiVersion: 'v1', kind: 'Service', name, namespace: serverNamespace(name, names) }),
    ),
  ]);
  if (!mesh && !outside) return { state: 'absent' };
  const foreign = [mesh, outside].find(each => each && !isOurs(each));
  if (foreign) return { state: 'broken', why: notOurs(foreign.metadata.name).problem.what };
  const gone = [mesh ? '' : names.mesh, outside ? '' : names.outside].find(name => name !== '');
  if (gone) return { state: 'broken', why: `Namespace ${gone} is missing.` };

  const lost = Object.keys(SERVERS).find((_, index) => !found[index]);
  if (lost)
    return {
      state: 'broken',
      why: `Service ${lost} of namespace ${serverNamespace(lost, names)} is missing.`,
    };
  const wanted = services(names);
  const changed = found.find((live, index) => {
    const service = wanted[index];
    return live && service && isChanged(live, service);
  })?.metadata;
  if (changed)
    return { state: 'broken', why: `Service ${changed.name} of namespace ${changed.namespace} was changed.` };
  const byName = new Map(deployments.map(each => [each.metadata.name, each]));
  for (const { name, namespace } of deploymentPlaces(names)) {
    const deployment = byName.get(name);
    if (!deployment)
      return { state: 'broken', why: `Deployment ${name} of namespace ${namespace} is missing.` };
    if (!rolledOut(deployment))
      return { state: 'broken', why: `Deployment ${name} of namespace ${namespace} is not running.` };
  }
  if (!pods.some(hasSidecar))
    return { state: 'broken', why: `The client in namespace ${names.mesh} has no sidecar.` };
  const addresses = addressesOf(found.map(each => each as KubeObject));
  const aliases = JSON.stringify(hostAliases(addresses));
  const client = byName.get(CLIENT.deployment)?.spec as { template?: { spec?: { hostAliases?: unknown } } };
  if (JSON.stringify(client.template?.spec?.hostAliases) !== aliases) {
    return {
      state: 'broken',
      why: "The client's hosts file names addresses that the Services no longer have.",
    };
  }
  return { state: 'ready' };
}

function addressesOf(services: readonly KubeObject[]) {
  const ip = (name: string) => {
    const found = services.find(each => each.metadata.name === name);
    return (found?.spec as { clusterIP?: string } | undefined)?.clusterIP ?? '';
  };
  return {
    stableIP: ip('safedata-stable'),
    canaryIP: ip('safedata-canary'),
    payIP: ip('example-pay'),
    catalogIP: ip('catalog'),
  };
}

/** Deletes the world's namespaces, those of further clients and of exams; returns when they are gone. Only ours go. */
export async function removeWorld(
  kube: Kube,
  names: WorldNames,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  progress.stage('Removing the lab world');
  await removeExamWorlds(kube, names, signal);
  await removeClients(kube, names, signal);
  await Promise.all(
    [names.mesh, names.outside].map(async name => {
      const ref = { apiVersion: 'v1', kind: 'Namespace', name };
      const found = await readObject(kube, ref);
      if (!found) return;
      if (!isOurs(found)) return progress.line(`namespace ${name} is not ours and stays`);
      await remove(kube, ref, signal);
      progress.line(`namespace ${name} removed`);
    }),
  );
}
