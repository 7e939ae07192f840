/**
 * The lab world as Kubernetes objects: the same on every provider. Pure: names and options in, objects out.
 * `mesh` holds the client with its sidecar and `catalog`, the neighbour on port 80; `outside` holds three
 * API servers that the mesh's registry does not know and that stand for the internet.
 * Nothing outside these two namespaces is touched: the client finds the servers by its hosts file.
 */
import type { KubeObject } from '../kube/client.ts';
import { apiScript, SCRIPT_FILE } from './api-script.ts';
import { type Certificates, SECRET } from './certificates.ts';
import { clientDeployment, type ServiceIPs } from './client-deployment.ts';
import { MANAGED_BY, SERVERS, type WorldNames } from './names.ts';
import { serverDeployments, serverNamespace } from './servers.ts';

export interface WorldOptions {
  /** Only this namespace is visible to its sidecar: for learners that share a cluster, and for others' clusters. */
  readonly fenced: boolean;
  /** Istio's revision, where the cluster uses revisions: the label istio.io/rev in place of istio-injection. */
  readonly revision?: string | undefined;
  /** A Telemetry object turns the sidecar's access log on, where the mesh does not. */
  readonly telemetry?: boolean;
  /** The namespaces are there, and this user may neither make nor label one: a workshop's learner. */
  readonly prepared?: boolean;
  readonly images?: { readonly curl?: string | undefined; readonly node?: string | undefined };
  /** Of a new world; made anew unless given. */
  readonly certificates?: Certificates | undefined;
}

/** What is known only when the API has answered: addresses of Services, and what `up` made or found. */
export interface Made {
  readonly certificates: Certificates;
  readonly ips: ServiceIPs;
}

/**
 * Every object of the world, in an order in which they can be applied one after the other. The Secrets and
 * the client's Deployment are there only with `made`: they hold certificates and addresses.
 */
export function worldObjects(names: WorldNames, options: WorldOptions, made?: Made): KubeObject[] {
  return [
    ...namespaces(names, options),
    ...services(names),
    ...(options.fenced ? [fence(names)] : []),
    ...(options.telemetry ? [accessLog(names)] : []),
    ...scripts(names),
    ...(made ? secrets(names, made.certificates) : []),
    ...serverDeployments(names, options.images?.node),
    ...(made ? [clientDeployment(names, made.ips, options.images?.curl)] : []),
  ];
}

/** The two namespaces; only `mesh` gets sidecars. */
export function namespaces(names: WorldNames, options: WorldOptions): KubeObject[] {
  const injection: Record<string, string> = options.revision
    ? { 'istio.io/rev': options.revision }
    : { 'istio-injection': 'enabled' };
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: names.mesh, labels: { ...MANAGED_BY, ...injection } },
    },
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: names.outside, labels: { ...MANAGED_BY } },
    },
  ];
}

export function services(names: WorldNames): KubeObject[] {
  return Object.keys(SERVERS).map(name => {
    const inMesh = name === 'catalog';
    const http = { name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' };
    const https = { name: 'https', port: 443, targetPort: 8443, protocol: 'TCP' };
    return {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name,
        namespace: serverNamespace(name, names),
        labels: { ...MANAGED_BY, app: name },
        // '~' is nobody: the mesh's registry must not know what stands for the internet.
        ...(inMesh ? {} : { annotations: { 'networking.istio.io/exportTo': '~' } }),
      },
      spec: { selector: { app: name }, ports: inMesh ? [http] : [http, https] },
    };
  });
}

/**
 * The Sidecar `default`, which keeps learners apart: otherwise a ServiceEntry is visible in every namespace.
 * Istio takes one Sidecar per namespace. `alsoSees` are more namespaces (those of further clients); never
 * istio-system, whose gateway would bring a port 80 of its own.
 */
export function fence(names: WorldNames, alsoSees: readonly string[] = []): KubeObject {
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Sidecar',
    metadata: { name: 'default', namespace: names.mesh, labels: { ...MANAGED_BY } },
    spec: { egress: [{ hosts: ['./*', ...alsoSees.map(namespace => `${namespace}/*`)] }] },
  };
}

export const ACCESS_LOG = {
  apiVersion: 'telemetry.istio.io/v1',
  kind: 'Telemetry',
  name: 'access-log',
} as const;

function accessLog(names: WorldNames): KubeObject {
  const { apiVersion, kind, name } = ACCESS_LOG;
  return {
    apiVersion,
    kind,
    metadata: { name, namespace: names.mesh, labels: { ...MANAGED_BY } },
    spec: { accessLogging: [{ providers: [{ name: 'envoy' }] }] },
  };
}

function scripts(names: WorldNames): KubeObject[] {
  const script = apiScript();
  return [names.mesh, names.outside].map(namespace => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'api-server', namespace, labels: { ...MANAGED_BY } },
    data: { [SCRIPT_FILE]: script },
  }));
}

/** The CA's certificate goes to both sides; each gets only its own key. */
function secrets(names: WorldNames, { ca, server, client }: Certificates): KubeObject[] {
  const secret = (namespace: string, texts: Readonly<Record<string, string>>) =>
    secretWith(namespace, texts, { ...MANAGED_BY });
  return [
    secret(names.mesh, { 'ca.pem': ca, 'client.pem': client.cert, 'client.key': client.key }),
    secret(names.outside, { 'ca.crt': ca, 'tls.crt': server.cert, 'tls.key': server.key }),
  ];
}

/** The Secret with a namespace's certificates and keys, PEM by file name; `name` where there are several. */
export function secretWith(
  namespace: string,
  texts: Readonly<Record<string, string>>,
  labels: Readonly<Record<string, string>> = {},
  name: string = SECRET,
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, labels: { ...labels } },
    type: 'Opaque',
    data: Object.fromEntries(
      Object.entries(texts).map(([file, text]) => [file, Buffer.from(text).toString('base64')]),
    ),
  };
}
