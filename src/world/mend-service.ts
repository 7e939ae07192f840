/**
 * Services of the lab world that somebody has changed: other ports, another selector, another type. Applying what they
 * should be is not enough: that merges by a port's number, and leaves a renumbered port beside the right one.
 */
import { isDeepStrictEqual } from 'node:util';
import { applyOurs, CONFLICTS, readObject, remove } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/client.ts';
import { statusMessage } from '../kube/request.ts';
import { isOurs } from './names.ts';

/** What the API fills in where a manifest says nothing. */
const DEFAULTS = { type: 'ClusterIP', sessionAffinity: 'None', internalTrafficPolicy: 'Cluster' };
/** What it assigns to each Service. */
const GIVEN = ['clusterIP', 'clusterIPs', 'ipFamilies', 'ipFamilyPolicy'];
const ISTIO = 'networking.istio.io/';

/** Whether calls, and Istio, find a Service there that differs from the world's. */
export function isChanged(live: KubeObject, wanted: KubeObject): boolean {
  return !isDeepStrictEqual(meaning(live), meaning(wanted)) || (live.spec as Spec).clusterIP === 'None';
}

interface Spec {
  readonly clusterIP?: string;
}

function meaning({ spec, metadata }: KubeObject): object {
  const kept = Object.entries({ ...DEFAULTS, ...(spec as object) }).filter(([name]) => !GIVEN.includes(name));
  return {
    spec: Object.fromEntries(kept),
    istio: ofIstio(metadata.annotations, true),
    app: metadata.labels?.app,
    isOurs: isOurs({ metadata }),
  };
}

function ofIstio(
  annotations: KubeObject['metadata']['annotations'],
  wanted: boolean,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations ?? {}).filter(([name]) => name.startsWith(ISTIO) === wanted),
  );
}

/**
 * Puts a changed Service back, with its address. Throws a ToolError with the cluster's words when that is refused.
 * `ip`: the address that it had; the one that it has unless given.
 */
export async function mendService(
  kube: Kube,
  wanted: KubeObject,
  live: KubeObject,
  ip?: string,
  signal?: AbortSignal,
  tries = 0,
): Promise<void> {
  const { name, namespace = '' } = live.metadata;
  const options = signal === undefined ? {} : { signal };
  const has = (live.spec as Spec).clusterIP;
  const clusterIP = ip ?? (has === 'None' || has === '' ? undefined : has);
  const spec = { ...(wanted.spec as object), ...(clusterIP === undefined ? {} : { clusterIP }) };
  const metadata = {
    ...live.metadata,
    labels: { ...live.metadata.labels, ...wanted.metadata.labels },
    annotations: { ...ofIstio(live.metadata.annotations, false), ...wanted.metadata.annotations },
  };
  const path = `/api/v1/namespaces/${namespace}/services/${name}`;
  const answer = await kube.request('PUT', path, { ...options, body: { ...wanted, metadata, spec } });
  if (answer.status < 300) return;
  if (answer.status === 409 && tries < CONFLICTS) {
    const now = await readObject(kube, { apiVersion: 'v1', kind: 'Service', name, namespace });
    // One that is gone is made below.
    if (now !== null) return mendService(kube, wanted, now, clusterIP, signal, tries + 1);
  }
  // An address cannot be changed: to get another, the Service is made again.
  await remove(kube, { apiVersion: 'v1', kind: 'Service', name, namespace }, signal);
  const told = (detail: string) => ({
    what: `Service ${name} was changed, and could not be put back.`,
    why: statusMessage(answer),
    detail,
    next: ['istio-tutor up   repairs the lab'],
  });
  await applyOurs(kube, { ...wanted, spec }, told, signal);
}
