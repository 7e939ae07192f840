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
  const hash = scriptHash();
  return Object.entries(SERVERS).map(([name, version]) => {
    const inMesh = name === 'catalog';
    const ports = inMesh ? { http: 8080 } : { http: 8080, https: 8443 };
    return {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        name,
        namespace: serverNamespace(name, names),
        labels: { ...MANAGED_BY, app: name },
        annotations: { [IMAGE]: image },
      },
      spec: {
        replicas: 1,
        // Never two at once: a call after a change must not meet the server from before it.
        strategy: { type: 'Recreate' },
        selector: { matchLabels: { app: name } },
        template: {
          metadata: {
            labels: { app: name, ...(inMesh ? { 'sidecar.istio.io/inject': 'false' } : {}) },
            annotations: { 'istio-tutor/script': hash },
          },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            terminationGracePeriodSeconds: 3,
            containers: [
              {
                name: 'api',
                image,
                command: ['node', `/lab/script/${SCRIPT_FILE}`],
                env: [
                  { name: 'APP_VERSION', value: version },
                  { name: 'FIREWALL', value: 'off' },
                  ...(inMesh ? [] : [{ name: 'TLS_DIR', value: '/lab/certs' }]),
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
                  ...(inMesh ? [] : [{ name: 'certs', mountPath: '/lab/certs', readOnly: true }]),
                ],
              },
            ],
            volumes: [
              { name: 'script', configMap: { name: 'api-server' } },
              ...(inMesh ? [] : [{ name: 'certs', secret: { secretName: SECRET } }]),
            ],
          },
        },
      },
    };
  });
}
