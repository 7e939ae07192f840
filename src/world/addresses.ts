/** The ClusterIPs of the world's Services: what manifests with {{stableIP}} and the client's hosts file need. */
import { readObject } from '../kube/apply.ts';
import type { Kube } from '../kube/client.ts';
import { ToolError } from '../shared/errors.ts';
import type { ServiceIPs } from './client-deployment.ts';
import type { SERVERS, WorldNames } from './names.ts';
import { serverNamespace } from './servers.ts';

const SERVICE_OF: Readonly<Record<keyof ServiceIPs, keyof typeof SERVERS>> = {
  stableIP: 'safedata-stable',
  canaryIP: 'safedata-canary',
  payIP: 'example-pay',
  catalogIP: 'catalog',
};

/** Throws ToolError when a Service is missing. */
export async function clusterIPs(kube: Kube, names: WorldNames): Promise<ServiceIPs> {
  const pairs = Object.entries(SERVICE_OF).map(async ([key, name]) => {
    const namespace = serverNamespace(name, names);
    const service = await readObject(kube, { apiVersion: 'v1', kind: 'Service', name, namespace });
    const ip = (service?.spec as { clusterIP?: string } | undefined)?.clusterIP;
    if (ip) return [key, ip] as const;
    throw new ToolError({
      what: `Service ${name} of namespace ${namespace} is not there.`,
      next: ['istio-tutor up   repairs the lab world'],
    });
  });
  return Object.fromEntries(await Promise.all(pairs)) as ServiceIPs;
}
