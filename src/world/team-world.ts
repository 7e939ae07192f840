/**
 * A world as a team describes it, in a mesh where nobody else is: their namespaces, Services and hosts, each with a server
 * of ours behind it, and the clients that call. Made once, for one scene; nothing of it is repaired.
 */
import { applyOurs, readObject } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/client.ts';
import { readyPod, until } from '../kube/wait.ts';
import type { Progress } from '../shared/progress.ts';
import { apiScript, SCRIPT_FILE } from './api-script.ts';
import { certify, SECRET } from './certificates.ts';
import { clientFor, type HostAlias } from './client-deployment.ts';
import { CLIENT, type WorldNames } from './names.ts';
import { secretWith } from './objects.ts';
import { rolledOut } from './rollout.ts';
import { namedServer } from './servers.ts';

/** A pod with a sidecar that calls. */
export interface TeamClient {
  readonly name: string;
  readonly namespace: string;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

/** One Deployment of our server. */
export interface TeamServer {
  /** What it answers as, and is called in expectations. */
  readonly as: string;
  readonly deployment: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly replicas: number;
}

export interface TeamPort {
  readonly number: number;
  readonly name: string;
  /** Our server speaks TLS on it. */
  readonly tls: boolean;
  readonly appProtocol?: string | undefined;
}

export interface TeamService {
  readonly name: string;
  readonly namespace: string;
  readonly selector: Readonly<Record<string, string>>;
  readonly ports: readonly TeamPort[];
  /** The names that lead to it outside of the mesh's registry; none for a Service of the cluster. */
  readonly hosts: readonly string[];
}

export interface TeamWorld {
  readonly clients: readonly TeamClient[];
  /** 'NAMESPACE/NAME' of those whose routes are tested at the clients' sidecars. */
  readonly gateways: readonly string[];
  readonly services: readonly TeamService[];
  readonly servers: readonly TeamServer[];
}

/** Where the servers of hosts outside of the mesh run: no manifest names it, and the registry is not told of it. */
export const OUTSIDE = 'istio-tutor-outside';

/** Where our servers listen. */
export const OUR_PORTS = { http: 8080, https: 8443 } as const;

/** Whether a port's name, or its appProtocol, says so. */
export const speaksTls = (name: string): boolean => /^(https|tls)(-|$)/.test(name);

/** The names under which the rest of the program finds a client of the world. */
export function clientNames(client: TeamClient): WorldNames {
  return { mesh: client.namespace, outside: OUTSIDE, learner: null };
}

/** Every namespace of the world. */
export function namespacesOf({ clients, services }: TeamWorld): readonly string[] {
  return [...new Set([...clients, ...services].map(each => each.namespace)), OUTSIDE].filter(
    (each, i, all) => all.indexOf(each) === i,
  );
}

/** Makes the world, and returns when all its pods run. Throws a ToolError in the cluster's own words. */
export async function makeTeamWorld(
  kube: Kube,
  world: TeamWorld,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  progress.stage('Laying out the world of the scene');
  const secrets = await secretsOf(world);
  const put = (objects: readonly KubeObject[]) =>
    Promise.all(objects.map(object => applyOurs(kube, object, toldOf(object), signal)));
  await put(namespacesOf(world).map(name => namespaceOf(name, world)));
  await put([...scripts(world), ...secrets, ...world.services.map(serviceOf)]);
  const aliases = await hostAliases(kube, world);
  const deployments = [
    ...world.servers.map(each => namedServer({ ...each, secret: secretOf(each) })),
    ...world.clients.map(({ namespace, labels }) => clientFor({ namespace, labels, aliases })),
  ];
  await put(deployments);
  progress.stage('Starting its servers and clients');
  await Promise.all(deployments.map(each => untilRuns(kube, each, signal)));
  await Promise.all(world.clients.map(each => readyPod(kube, each.namespace, CLIENT.selector, { signal })));
}

const toldOf =
  ({ kind, metadata }: KubeObject) =>
  (message: string) => ({
    what: `The cluster refuses ${kind} ${metadata.name} of the scene's world.`,
    why: message,
    next: ['docs/scenes.md   tells what a world may say'],
  });

function namespaceOf(name: string, { clients }: TeamWorld): KubeObject {
  const calls = clients.some(each => each.namespace === name);
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: calls ? { 'istio-injection': 'enabled' } : {} },
  };
}

/** A server speaks TLS as its Service's hosts, or by each of the Service's names; like any other, as nobody else. */
function certifiedNames({ services }: TeamWorld, { namespace, labels }: TeamServer): readonly string[] {
  const fronts = services.filter(
    each =>
      each.namespace === namespace &&
      Object.entries(each.selector).every(([key, value]) => labels[key] === value),
  );
  return fronts.flatMap(({ name, hosts }) => {
    if (hosts.length > 0) return hosts;
    const full = `${name}.${namespace}`;
    return [name, full, `${full}.svc`, `${full}.svc.cluster.local`];
  });
}

const secretOf = ({ deployment }: TeamServer) => `${SECRET}-${deployment}`;

/** The client's key for those who call, and a certificate of its own for each server. */
async function secretsOf(world: TeamWorld): Promise<KubeObject[]> {
  const { ca, client, servers } = await certify(world.servers.map(each => certifiedNames(world, each)));
  return [
    ...world.clients.map(({ namespace }) =>
      secretWith(namespace, { 'ca.pem': ca, 'client.pem': client.cert, 'client.key': client.key }),
    ),
    ...world.servers.map((server, i) => {
      const { cert = '', key = '' } = servers[i] ?? {};
      return secretWith(
        server.namespace,
        { 'ca.crt': ca, 'tls.crt': cert, 'tls.key': key },
        {},
        secretOf(server),
      );
    }),
  ];
}

function scripts({ servers }: TeamWorld): KubeObject[] {
  const script = apiScript();
  return [...new Set(servers.map(each => each.namespace))].map(namespace => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'api-server', namespace },
    data: { [SCRIPT_FILE]: script },
  }));
}

function serviceOf({ name, namespace, selector, ports, hosts }: TeamService): KubeObject {
  // '~' is nobody: what stands for the internet must not be in the mesh's registry.
  const annotations = hosts.length > 0 ? { 'networking.istio.io/exportTo': '~' } : {};
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: selector, annotations },
    spec: {
      selector,
      ports: ports.map(({ number, name: port, tls, appProtocol }) => ({
        name: port,
        port: number,
        targetPort: tls ? OUR_PORTS.https : OUR_PORTS.http,
        protocol: 'TCP',
        ...(appProtocol === undefined ? {} : { appProtocol }),
      })),
    },
  };
}

/** Which address each host has: that of its Service, which is known when the API has made it. */
async function hostAliases(kube: Kube, { services }: TeamWorld): Promise<HostAlias[]> {
  const outside = services.filter(each => each.hosts.length > 0);
  return Promise.all(
    outside.map(async ({ name, namespace, hosts }) => {
      const found = await readObject(kube, { apiVersion: 'v1', kind: 'Service', name, namespace });
      const { clusterIP = '' } = (found?.spec ?? {}) as { clusterIP?: string };
      return { ip: clusterIP, hostnames: [...hosts] };
    }),
  );
}

/** Milliseconds: nothing is pulled, so it is a matter of moments. */
const PATIENCE = 30_000;

async function untilRuns(
  kube: Kube,
  { metadata: { name, namespace = '' } }: KubeObject,
  signal: AbortSignal,
) {
  const ref = { apiVersion: 'apps/v1', kind: 'Deployment', name, namespace };
  const runs = async () => {
    const found = await readObject(kube, ref);
    return found !== null && rolledOut(found as KubeObject & Parameters<typeof rolledOut>[0]);
  };
  await until(`${name} in ${namespace} to run`, runs, { timeoutMs: PATIENCE, everyMs: 50, signal });
}
