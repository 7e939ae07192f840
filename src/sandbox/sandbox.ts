/**
 * The embedded sandbox: a mesh in this process, behind a Kubernetes API on 127.0.0.1. This file starts the rooms and
 * hands each one what it needs from the others (rooms.ts); it has no behaviour of its own. What Istio has and the
 * sandbox lacks is answered with a Warning (istio/modelled.ts); docs/sandbox.md lists what is modelled.
 */
import { randomBytes } from 'node:crypto';
import { notModelled } from '../istio/modelled.ts';
import { admissionOf } from '../istio/validation/validate.ts';
import type { OpenPort } from '../world/health.ts';
import { startApiServer } from './api-server/api-server.ts';
import { Store } from './api-server/store.ts';
import { storedAdmission } from './api-server/stored-kinds.ts';
import type { ConfigKind } from './data-plane/accepted-config.ts';
import { createHttpSide } from './data-plane/http/http-side.ts';
import { createSidecar } from './data-plane/sidecar.ts';
import { DiscoveryServer, type Subscriber } from './istiod/discovery-server.ts';
import { meshConfigAdmission } from './istiod/mesh-config.ts';
import { meshQuota } from './istiod/mesh-quota.ts';
import { MeshCertificates, servingCertificate } from './net/certificates.ts';
import { ClusterServices } from './net/cluster-services.ts';
import { NoNames } from './net/doh.ts';
import { Door } from './net/door.ts';
import { PodNetwork } from './net/network.ts';
import { ClusterResolver, hostsFile } from './net/resolver.ts';
import type { Admission } from './rooms.ts';
import { makeSystemObjects } from './system-objects.ts';
import type { RunningSidecar, SidecarPod } from './workload/surroundings.ts';
import { createWorkload } from './workload/workload.ts';

export interface SandboxOptions {
  /** The API server's port on 127.0.0.1; a free one if left out. */
  readonly port?: number | undefined;
  /** The text of world/api-server.mjs, which the sandbox runs from its own copy. */
  readonly script?: string | undefined;
  /** Workers of each sidecar; two unless given. With one, limits and rows of errors come out the same each time. */
  readonly workers?: number | undefined;
}

export interface Sandbox {
  /** 'https://127.0.0.1:41205' */
  readonly server: string;
  /** PEM of the CA that signed the API server's certificate. */
  readonly ca: string;
  /** The bearer token; whoever has it may do anything in this sandbox. */
  readonly token: string;
  /** Ends everything: connections, servers, running commands. */
  close(): Promise<void>;
}

/** Starts one. Rejects with the system's error when the port is not available. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const now = Date.now;
  const certificate = await servingCertificate();
  const store = new Store(now);
  makeSystemObjects(store, certificate.ca, now());
  const services = new ClusterServices(store);
  const network = new PodNetwork(services);
  const door = await Door.open(network);
  const noNames = new NoNames();
  const discovery = new DiscoveryServer(store, now);
  const certificates = new MeshCertificates(now);
  const workload = createWorkload({
    ...{ store, now, network, door, noNames, hostsFile },
    certify: (namespace, account) => certificates.of(namespace, account),
    ca: certificate.ca,
    tls: certificate,
    script: options.script,
    resolver: pod => new ClusterResolver(services, pod),
    makeSidecar: pod => sidecarOf(pod, discovery, network, options.workers),
  });
  const token = randomBytes(24).toString('base64url');
  const listeners = (): OpenPort[] => [
    { port: api.port, what: 'the Kubernetes API: for the token of the kubeconfig' },
    { port: door.port, what: "the door of the pods' curl: for the password of a call" },
    ...(noNames.port === null ? [] : [{ port: noNames.port, what: 'a DNS for curl that knows no name' }]),
    ...workload.listeners(),
  ];
  const api = await startApiServer({
    ...{ store, token, now, listeners, ca: certificate.ca, tls: certificate },
    admission: [
      ...[meshQuota(store), storedAdmission],
      ...[...workload.admissions, meshConfigAdmission, istioAdmission],
    ],
    pods: workload.runtime,
    port: options.port,
  });
  return {
    server: `https://127.0.0.1:${api.port}`,
    ca: certificate.ca,
    token,
    async close() {
      await api.close();
      discovery.close();
      await workload.close();
      services.close();
      await Promise.all([door.close(), noNames.close()]);
    },
  };
}

const XDS_TYPES = { clusters: 'cluster', listeners: 'listener', routes: 'route' } as const;
const XDS_KINDS = Object.keys(XDS_TYPES) as ConfigKind[];

/** A pod's sidecar: the data plane's proxy, configured by istiod. */
function sidecarOf(
  pod: SidecarPod,
  discovery: DiscoveryServer,
  network: PodNetwork,
  workers: number | undefined,
): RunningSidecar {
  const { namespace, labels, ip, readFile, resolver, environment, log } = pod;
  const proxy = createSidecar({
    ...{ network, resolver, readFile, environment, log, workers },
    podIp: ip,
    warns: logger => pod.loggers.warns(logger),
    httpSide: createHttpSide,
  });
  const acked = new Map<ConfigKind, string>();
  const subscriber: Subscriber = {
    ...{ namespace, labels, ip },
    update(config, version) {
      proxy.update(config);
      for (const kind of XDS_KINDS) if (!proxy.nacks().has(kind)) acked.set(kind, version);
    },
  };
  discovery.add(subscriber);
  return {
    accept: (app, from, to) => proxy.accept(app, from, to),
    listensAt: to => proxy.listensAt(to),
    pushed() {
      const { config: sent, ...pushed } = discovery.pushed(subscriber);
      const refused = proxy.refusedListeners().map(({ name, text }) => ({
        name,
        details: text,
        failed: sent.listeners.find(each => each.name === name),
      }));
      const status = XDS_KINDS.map(kind => ({
        type: XDS_TYPES[kind],
        ...{ sent: pushed.version, acked: acked.get(kind) ?? '', error: proxy.nacks().get(kind) ?? null },
      }));
      return { ...pushed, config: proxy.config(), refusedListeners: refused, status };
    },
    clusterStatuses: () => proxy.clusterStatuses(),
    stats: () => proxy.stats(),
    close() {
      discovery.remove(subscriber);
      proxy.close();
    },
  };
}

/** Istio's webhook, and what the sandbox stores without acting on it. */
const istioAdmission: Admission = ({ operation, object }) => {
  if (operation === 'DELETE' || !object.apiVersion.includes('istio.io/')) return {};
  const { denied, warnings } = admissionOf(object);
  return denied ? { denied } : { warnings: [...warnings, ...notModelled(object)] };
};
