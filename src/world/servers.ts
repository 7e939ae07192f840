/** The servers: `catalog` in the mesh and three APIs outside of it, all the same script, each with a Service. */
import type { KubeObject } from '../kube/client.ts';
import { SCRIPT_FILE, scriptHash } from './api-script.ts';
import { SECRET } from './certificates.ts';
import { IMAGE, MANAGED_BY, SERVERS, type WorldNames } from './names.ts';
import { restricted } from './security.ts';

export const NODE_IMAGE = 'docker.io/library/node:22-alpine';

/** Where a server runs: catalog is the mesh's own, the others are outside. */
export function serverNamespace(server: string, names: WorldNames): string {
  return server === 'catalog' ? names.mesh : names.outside;
}

/** One server each for catalog and the three APIs; lessons change their replicas and FIREWALL. */
export function serverDeployments(names: WorldNames, image: string = NODE_IMAGE): KubeObject[] {
  return Object.entries(SERVERS).map(([name, version]) =>
    serverOf({
      ...{ as: version, name, namespace: serverNamespace(name, names), image },
      ...{ selector: { app: name }, labels: name === 'catalog' ? NO_SIDECAR : {}, tls: name !== 'catalog' },
    }),
  );
}

/** For pods of namespaces whose other pods get one. */
const NO_SIDECAR = { 'sidecar.istio.io/inject': 'false' };

/** On pods: what the server in them answers as, where that is not known by their names. */
export const ANSWERS_AS = 'istio-tutor/answers-as';

/** On the same pods: their Deployment. */
export const SERVER_LABEL = 'istio-tutor/server';

/** A server of a world of a scene's own: it is found by what is written on its pods. */
export function namedServer(server: {
  readonly as: string;
  readonly deployment: string;
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly replicas: number;
  /** Of the Secret with its certificate. */
  readonly secret: string;
}): KubeObject {
  const { as, deployment: name, namespace, labels, replicas, secret } = server;
  return serverOf({
    ...{ as, name, namespace, replicas, tls: true, image: NODE_IMAGE, secret },
    selector: { [SERVER_LABEL]: name },
    labels: { ...labels, ...NO_SIDECAR },
    annotations: { [ANSWERS_AS]: as },
  });
}

interface ServerOf {
  /** What it calls itself in its answers. */
  readonly as: string;
  readonly name: string;
  readonly namespace: string;
  /** The labels that tell its pods apart, and others that they have. */
  readonly selector: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly replicas?: number;
  readonly image: string;
  /** Whether it speaks TLS as well, on 8443, and the Secret with its certificate. */
  readonly tls: boolean;
  readonly secret?: string;
}

/** A Deployment that runs the API's script. */
function serverOf({ as, name, namespace, tls, replicas = 1, secret = SECRET, ...of }: ServerOf): KubeObject {
  const ports = tls ? { http: 8080, https: 8443 } : { http: 8080 };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name,
      namespace,
      labels: { ...MANAGED_BY, app: name },
      annotations: { [IMAGE]: of.image },
    },
    spec: {
      replicas,
      // Never two at once: a call after a change must not meet the server from before it.
      strategy: { type: 'Recreate' },
      selector: { matchLabels: of.selector },
      template: {
        metadata: {
          labels: { ...of.selector, ...of.labels },
          annotations: { 'istio-tutor/script': scriptHash(), ...of.annotations },
        },
        spec: {
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 3,
          containers: [
            {
              name: 'api',
              image: of.image,
              command: ['node', `/lab/script/${SCRIPT_FILE}`],
              env: [
                { name: 'APP_VERSION', value: as },
                { name: 'FIREWALL', value: 'off' },
                ...(tls ? [{ name: 'TLS_DIR', value: '/lab/certs' }] : []),
              ],
              ports: Object.entries(ports).map(([port, containerPort]) => ({
                name: port,
                containerPort,
                protocol: 'TCP',
              })),
              // A bare connection: a request would be counted and logged like a learner's.
              readinessProbe: { tcpSocket: { port: 8080 }, periodSeconds: 1 },
              resources: { requests: { cpu: '5m', memory: '32Mi' } },
              securityContext: restricted(1000),
              volumeMounts: [
                { name: 'script', mountPath: '/lab/script', readOnly: true },
                ...(tls ? [{ name: 'certs', mountPath: '/lab/certs', readOnly: true }] : []),
              ],
            },
          ],
          volumes: [
            { name: 'script', configMap: { name: 'api-server' } },
            ...(tls ? [{ name: 'certs', secret: { secretName: secret } }] : []),
          ],
        },
      },
    },
  };
}
