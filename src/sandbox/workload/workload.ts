/**
 * Room workload: Services, Deployments, Jobs and pods. Controllers that watch the store, a kubelet that runs the API's
 * script and the client, and the runtime that exec and logs reach. Imports rooms.ts, the store, Istio's and Envoy's
 * types, and world/api-server.mjs, which it runs in this process; the pods' network is passed in. Left out: images,
 * resource limits, probes that run commands, volumes other than Secrets and ConfigMaps, inbound sidecars.
 */
import type { OpenPort } from '../../world/health.ts';
import type { Store } from '../api-server/store.ts';
import type { Admission, PodRuntime } from '../rooms.ts';
import {
  deploymentAdmission,
  guestAdmission,
  inboundWarning,
  podAdmission,
  scriptAdmission,
} from './admission/admissions.ts';
import { wantsSidecar } from './admission/injection.ts';
import { jobAdmission } from './admission/jobs.ts';
import { meshMetadataAdmission } from './admission/mesh-metadata.ts';
import { nodeAdmission } from './admission/nodes.ts';
import { podPreparation } from './admission/prepare-pod.ts';
import { CronJobs } from './controllers/cron-jobs.ts';
import { Deployments } from './controllers/deployments.ts';
import { EndpointsController } from './controllers/endpoints.ts';
import { Jobs } from './controllers/jobs.ts';
import { fillNamespaces } from './controllers/namespaces.ts';
import { Scheduler } from './controllers/scheduler.ts';
import { serviceAdmission } from './controllers/services.ts';
import { findOnPath } from './curl/child.ts';
import { CurlFolder } from './curl/folder.ts';
import { Events } from './events.ts';
import { SandboxRuntime } from './exec/runtime.ts';
import { Kubelet } from './kubelet/kubelet.ts';
import type { PodSurroundings } from './kubelet/running-pod.ts';
import type {
  CertifyWorkload,
  CurlDoor,
  MakeResolver,
  MakeSidecar,
  PodNamesPart,
  PodWires,
} from './surroundings.ts';

export interface WorkloadOptions {
  readonly store: Store;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly network: PodWires;
  readonly door: CurlDoor;
  /** The DNS over HTTPS that knows no names. */
  readonly noNames: { url(): Promise<string> };
  readonly resolver: MakeResolver;
  readonly hostsFile: (pod: PodNamesPart) => string;
  readonly makeSidecar: MakeSidecar;
  readonly certify: CertifyWorkload;
  /** PEM, for what istiod serves over TLS. */
  readonly tls: { readonly key: string; readonly cert: string };
  /** PEM of the sandbox's CA, for the ConfigMaps that every namespace gets. */
  readonly ca: string;
  /**
   * The text of world/api-server.mjs: a ConfigMap with a different one gets a Warning. If left out, there is no such
   * Warning.
   */
  readonly script?: string | undefined;
  /** Real path of curl; null: there is none. If left out, it is looked up on PATH. */
  readonly curl?: string | null;
}

export interface Workload {
  /** To be asked in this order, before the store is written. */
  readonly admissions: readonly Admission[];
  readonly runtime: PodRuntime;
  /** The real ports of all pods' servers. */
  listeners(): readonly OpenPort[];
  /** Ends pods, their servers and running commands, and removes the temporary folder. */
  close(): Promise<void>;
}

export function createWorkload(options: WorkloadOptions): Workload {
  const { store, now, network, makeSidecar, certify, tls, resolver, door, noNames } = options;
  const events = new Events(store, now);
  const prepare = podPreparation(store);
  const folder = new CurlFolder();
  const stopNamespaces = fillNamespaces(store, options.ca);
  const scheduler = new Scheduler(store, events, now);
  const runMain: PodSurroundings['runMain'] = (...of) => runtime.runMain(...of);
  const kubelet = new Kubelet(store, events, {
    ...{ store, network, now, makeSidecar, certify, resolver, tls, runMain },
  });
  const endpoints = new EndpointsController(store);
  const deployments = new Deployments(store, events, prepare, now);
  const jobs = new Jobs(store, events, prepare, now);
  const cronJobs = new CronJobs(store, events, now);
  const labelsOf = (namespace: string) => store.get('namespaces', null, namespace)?.metadata.labels ?? {};
  const curl = options.curl === undefined ? findOnPath('curl') : options.curl;
  const runtime = new SandboxRuntime({
    ...{ kubelet, network, now, curl, door, noNames, folder },
    hostsFile: ({ pod, ip }) => {
      const { hostAliases = [] } = pod.spec;
      return options.hostsFile({
        namespace: pod.metadata.namespace ?? '',
        name: pod.metadata.name,
        ip,
        hostAliases,
      });
    },
  });
  return {
    admissions: [
      nodeAdmission(now),
      serviceAdmission(store),
      deploymentAdmission,
      jobAdmission,
      inboundWarning(pod => {
        const namespace = pod.metadata.namespace ?? '';
        return wantsSidecar(namespace, labelsOf(namespace), pod);
      }),
      meshMetadataAdmission(labelsOf),
      podAdmission(prepare),
      guestAdmission,
      ...(options.script === undefined ? [] : [scriptAdmission(options.script)]),
    ],
    runtime,
    listeners: () => kubelet.listeners(),
    async close() {
      stopNamespaces();
      deployments.close();
      cronJobs.close();
      jobs.close();
      endpoints.close();
      scheduler.close();
      kubelet.close();
      await folder.remove();
    },
  };
}
