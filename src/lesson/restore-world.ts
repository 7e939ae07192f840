/**
 * Brings the world's own objects into the state that a step wants, whatever kubectl has made of them: what this program
 * made is put back, what takes its place or gets in its way is removed. Only what differs is written, so pods that are
 * as they should be keep running.
 */
import { remove } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/client.ts';
import { shortName } from '../kube/kinds.ts';
import { sidecarThere } from '../world/bring-up.ts';
import { clientDeployment, type ServiceIPs } from '../world/client-deployment.ts';
import type { MadeOf } from '../world/made-of.ts';
import type { MendOptions } from '../world/mend.ts';
import { type Mended, mendNamespaces, mendOne, mendSurroundings } from '../world/mend-world.ts';
import { CLIENT, RESTARTED, type WorldNames } from '../world/names.ts';
import { serverDeployments } from '../world/servers.ts';
import { NOT_LOOKED, type StandingObjects, standingOn } from '../world/standing.ts';
import { straysAmong } from '../world/strays.ts';
import type { WantedWorkloads } from '../world/workloads.ts';
import { type EnvVar, reached, setServices, untilPodsAre, withOverrides } from '../world/workloads.ts';
import { refOf } from './fence.ts';
import type { RestoredWorld } from './mesh.ts';

export interface RestoreWorld extends MendOptions {
  readonly names: WorldNames;
  readonly made: MadeOf;
  /** The namespaces that belong to this world alone. */
  readonly own: readonly string[];
  /** Of the world's Services, by their names: the client's hosts file holds them. */
  readonly ips: Readonly<Record<string, string>>;
}

/** Returns when the pods are there or gone. Throws a ToolError when the cluster refuses something. */
export async function restoreWorld(
  kube: Kube,
  wanted: WantedWorkloads,
  world: RestoreWorld,
): Promise<RestoredWorld> {
  const spaces = await mendNamespaces(kube, world.made, world);
  const on = { ...world, standing: world.whole ? await standingOn(kube) : NOT_LOOKED };
  const { names, made, ips, signal } = on;
  const [gone, around, services] = await Promise.all([
    removeStrays(kube, on),
    mendSurroundings(kube, names, made, on),
    setServices(kube, names, wanted, ips, signal),
  ]);
  const deployments = wantedDeployments(names, made, ips, wanted);
  const renewed = deployments.map(each => restarted(each, around));
  const mended = await Promise.all(renewed.map(each => mendDeployment(kube, each, around, on)));
  const started = await withSidecar(kube, renewed, on);
  const pods = [...new Set([...mended.flat(), ...started])];
  await reached(kube, names, wanted, pods, signal);
  return {
    changed: [
      ...gone.map(each => `${shortName(refOf(each))} removed`),
      ...[...spaces, ...around].map(({ object }) => `${shortName(refOf(object))} put back`),
      ...[...services, ...pods].map(name => `${name} put back`),
    ],
    noticed: services.length > 0 || gone.length > 0,
  };
}

type Restoring = RestoreWorld & { readonly standing: StandingObjects };

/** On a cluster that is not ours, what somebody has put beside the world's objects may be needed. */
async function removeStrays(
  kube: Kube,
  { names, own, standing, signal }: Restoring,
): Promise<readonly KubeObject[]> {
  const meshes = own.filter(each => each !== names.outside);
  const clients = meshes.map(namespace => `${namespace}/${CLIENT.deployment}`);
  const servers = serverDeployments(names).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  const strays = straysAmong(standing.objects, own, [...clients, ...servers]);
  await Promise.all(strays.map(each => remove(kube, refOf(each), signal)));
  return strays;
}

interface DeploymentSpec {
  readonly replicas: number;
  readonly template: {
    readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
    readonly spec: { readonly containers: readonly [{ readonly env: readonly EnvVar[] }] };
  };
}

function wantedDeployments(
  names: WorldNames,
  { options: { images } }: MadeOf,
  ips: Readonly<Record<string, string>>,
  wanted: WantedWorkloads,
): readonly KubeObject[] {
  const client = clientDeployment(names, addressesOf(ips), images?.curl);
  return [...serverDeployments(names, images?.node), client].map(each => {
    const { name } = each.metadata;
    const { template, ...spec } = each.spec as DeploymentSpec;
    const [container] = template.spec.containers;
    const containers = [{ ...container, env: withOverrides(container.env, wanted.env[name] ?? {}) }];
    return {
      ...each,
      spec: {
        ...spec,
        replicas: wanted.replicas[name] ?? 1,
        template: { ...template, spec: { ...template.spec, containers } },
      },
    };
  });
}

export function addressesOf(ips: Readonly<Record<string, string>>): ServiceIPs {
  const ip = (name: string) => ips[name] ?? '';
  return {
    stableIP: ip('safedata-stable'),
    canaryIP: ip('safedata-canary'),
    payIP: ip('example-pay'),
    catalogIP: ip('catalog'),
  };
}

/**
 * Processes read the script and the certificates when they start: those that may have read changed ones start again.
 */
function restarted(deployment: KubeObject, around: readonly Mended[]): KubeObject {
  const script = deployment.metadata.name === CLIENT.deployment ? [] : ['ConfigMap'];
  const read = around.some(
    ({ object, outcome }) =>
      outcome === 'configured' &&
      ['Secret', ...script].includes(object.kind) &&
      object.metadata.namespace === deployment.metadata.namespace,
  );
  return read ? anew(deployment) : deployment;
}

function anew(deployment: KubeObject): KubeObject {
  const spec = deployment.spec as DeploymentSpec;
  const { metadata } = spec.template;
  const annotations = { ...metadata.annotations, [RESTARTED]: new Date().toISOString() };
  const template = { ...spec.template, metadata: { ...metadata, annotations } };
  return { ...deployment, spec: { ...spec, template } };
}

/** Waits for pods where they, or what they need, were put back. */
async function mendDeployment(
  kube: Kube,
  wanted: KubeObject,
  around: readonly Mended[],
  on: Restoring,
): Promise<readonly string[]> {
  const { name, namespace = '' } = wanted.metadata;
  const changed = await mendOne(kube, wanted, on);
  const needed = around.some(
    ({ object, outcome }) => outcome === 'created' && object.metadata.namespace === namespace,
  );
  if (changed.length === 0 && !needed) return [];
  const { replicas } = wanted.spec as DeploymentSpec;
  await untilPodsAre(kube, { namespace, name, replicas }, on.signal);
  return changed.map(() => `Deployment/${name}`);
}

/** A client that was started while its namespace did not ask for a sidecar has none. */
async function withSidecar(
  kube: Kube,
  deployments: readonly KubeObject[],
  on: Restoring,
): Promise<readonly string[]> {
  const client = deployments.find(({ metadata }) => metadata.name === CLIENT.deployment);
  if (client === undefined || (await sidecarThere(kube, on.names))) return [];
  return mendDeployment(kube, anew(client), [], { ...on, standing: NOT_LOOKED });
}
