/**
 * The Deployment `client`: a container `curl` that sleeps until a probe runs in it, and the sidecar that
 * Istio injects. Its hosts file gives the lab's names; Envoy resolves by the same file.
 * The lab's CA takes the place of the public ones in both containers.
 */
import type { KubeObject } from '../kube/client.ts';
import { SECRET } from './certificates.ts';
import { CLIENT, HOSTS, IMAGE, MANAGED_BY, type WorldNames } from './names.ts';
import { restricted } from './security.ts';

export const CURL_IMAGE = 'docker.io/curlimages/curl:8.16.0';

/** ClusterIPs of the world's Services, named as manifests' placeholders name them. */
export type ServiceIPs = Record<'stableIP' | 'canaryIP' | 'payIP' | 'catalogIP', string>;

/** For objects in which no address stands, while there are none yet. */
export const NO_IPS: ServiceIPs = { stableIP: '', canaryIP: '', payIP: '', catalogIP: '' };

export interface HostAlias {
  readonly ip: string;
  readonly hostnames: readonly string[];
}

/** Which names the client's hosts file gives to which address. */
export function hostAliases(ips: ServiceIPs): HostAlias[] {
  return [
    { ip: ips.stableIP, hostnames: [HOSTS.api, HOSTS.stable] },
    { ip: ips.canaryIP, hostnames: [HOSTS.canary] },
    { ip: ips.payIP, hostnames: [HOSTS.pay] },
  ];
}

/** Where Istio's default for public CAs is in the sidecar. */
const SYSTEM_CAS = '/etc/ssl/certs/ca-certificates.crt';

export function clientDeployment(names: WorldNames, ips: ServiceIPs, image: string = CURL_IMAGE): KubeObject {
  return clientFor({ namespace: names.mesh, aliases: hostAliases(ips), image });
}

interface ClientOf {
  readonly namespace: string;
  /** Of its pod, beside `app`, by which the program finds it. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly aliases: readonly HostAlias[];
  readonly image?: string;
}

/** The same in any namespace, with any hosts. */
export function clientFor({ namespace, labels, aliases, image = CURL_IMAGE }: ClientOf): KubeObject {
  const ca = { secret: { secretName: SECRET, items: [{ key: 'ca.pem', path: 'ca.pem' }] } };
  const identity = {
    secret: {
      secretName: SECRET,
      items: ['client.pem', 'client.key'].map(key => ({ key, path: key })),
    },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: CLIENT.deployment,
      namespace,
      labels: { ...MANAGED_BY, app: CLIENT.deployment },
      annotations: { [IMAGE]: image },
    },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: CLIENT.deployment } },
      template: {
        metadata: {
          labels: { ...labels, app: CLIENT.deployment },
          annotations: {
            // Small, because a workshop's cluster runs one for each learner.
            'sidecar.istio.io/proxyCPU': '10m',
            'sidecar.istio.io/proxyMemory': '64Mi',
            // Two workers, whatever the node has: Envoy's pools and breakers count by worker. Evidence waits for
            // the access log, which Envoy writes once a second unless told otherwise; an Istio that does not know
            // fileFlushInterval ignores it (protomarshal.ApplyJSON allows unknown fields).
            'proxy.istio.io/config':
              'concurrency: 2\nterminationDrainDuration: 1s\nholdApplicationUntilProxyStarts: true\nfileFlushInterval: 0.1s\n',
            'sidecar.istio.io/userVolume': JSON.stringify({ 'lab-ca-proxy': ca, 'lab-identity': identity }),
            'sidecar.istio.io/userVolumeMount': JSON.stringify({
              'lab-ca-proxy': { mountPath: SYSTEM_CAS, subPath: 'ca.pem', readOnly: true },
              'lab-identity': { mountPath: '/etc/lab-certs', readOnly: true },
            }),
          },
        },
        spec: {
          enableServiceLinks: false,
          terminationGracePeriodSeconds: 2,
          hostAliases: aliases,
          containers: [
            {
              name: CLIENT.container,
              image,
              // A shell that waits ends at once on SIGTERM; a bare sleep as process 1 would not.
              command: ['sh', '-c', "trap 'exit 0' TERM INT; while :; do sleep 3600 & wait $!; done"],
              env: [{ name: 'CURL_CA_BUNDLE', value: '/etc/lab-ca/ca.pem' }],
              resources: { requests: { cpu: '5m', memory: '8Mi' } },
              securityContext: restricted(100),
              volumeMounts: [{ name: 'lab-ca', mountPath: '/etc/lab-ca', readOnly: true }],
            },
          ],
          volumes: [{ name: 'lab-ca', ...ca }],
        },
      },
    },
  };
}
