/** A world's sidecars as sides of a comparison: their configuration, the pod's names, and who is behind an address. */
import type { Side } from '../difference/types.ts';
import { readDump } from '../envoy/from-dump.ts';
import { listObjects } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/client.ts';
import { readyPod } from '../kube/wait.ts';
import { resolveInPod } from '../probe/pod-names.ts';
import { configDump } from '../probe/sidecar-admin.ts';
import { furtherNames } from '../world/further-clients.ts';
import { CLIENT, SERVERS, type WorldNames } from '../world/names.ts';

/** Undefined is the world's own client. */
export type ClientName = string | undefined;

/** A side for each client, in the order of `clients`. Throws a ToolError when a pod or its sidecar is out of reach. */
export async function sidesOf(
  kube: Kube,
  names: WorldNames,
  clients: readonly ClientName[],
  signal?: AbortSignal,
): Promise<Side[]> {
  const [services, pods] = await Promise.all([
    Promise.all([names.mesh, names.outside].map(each => listObjects(kube, 'v1', 'Service', each))),
    Promise.all([names.mesh, names.outside].map(each => listObjects(kube, 'v1', 'Pod', each))),
  ]);
  const serverAt = new Map([
    ...services.flat().flatMap(each => named(each.metadata.name, clusterIp(each))),
    ...pods.flat().flatMap(each => named(each.metadata.labels?.app ?? '', podIp(each))),
  ]);
  return Promise.all(
    clients.map(async client => {
      const own = client === undefined ? names : furtherNames(names, client);
      const { name: pod } = await readyPod(kube, own.mesh, CLIENT.selector, { signal });
      const [dump, podObject] = await Promise.all([
        configDump(kube, own, pod, signal),
        kube.request('GET', `/api/v1/namespaces/${own.mesh}/pods/${pod}`, { signal }),
      ]);
      const { spec } = podObject.body as { spec?: { hostAliases?: { ip?: string; hostnames?: string[] }[] } };
      const podNames = {
        namespace: own.mesh,
        hostAliases: spec?.hostAliases ?? [],
        services: services.flat().map(each => ({
          ...{ name: each.metadata.name, namespace: each.metadata.namespace ?? '' },
          addresses: [clusterIp(each)].filter(ip => ip !== ''),
        })),
      };
      const address = (host: string) => resolveInPod(host, podNames);
      const server = (text: string) => serverAt.get(text) ?? serverAt.get(address(text) ?? '') ?? text;
      return { config: readDump(dump), address, server };
    }),
  );
}

function named(name: string, ip: string): [string, string][] {
  const server = SERVERS[name as keyof typeof SERVERS];
  return server === undefined || ip === '' ? [] : [[ip, server]];
}

function clusterIp({ spec }: KubeObject): string {
  const { clusterIP = '' } = (spec ?? {}) as { clusterIP?: string };
  return clusterIP === 'None' ? '' : clusterIP;
}

function podIp({ status }: KubeObject): string {
  return (status as { podIP?: string } | undefined)?.podIP ?? '';
}
