/** What analysis and comparison read from a cluster: every object of the kinds that routing depends on. */
import type { Resource } from '../istio/resource.ts';
import { ToolError } from '../shared/errors.ts';
import { listObjects } from './apply.ts';
import type { Kube, KubeObject } from './client.ts';
import { type ApiKind, ISTIO_API_KINDS, ROUTING_KINDS } from './kinds.ts';
import { statusMessage } from './request.ts';

const KINDS: readonly ApiKind[] = [
  ...ROUTING_KINDS,
  ...ISTIO_API_KINDS.filter(({ kind }) => kind === 'Gateway'),
  { apiVersion: 'v1', plural: 'services', kind: 'Service' },
  { apiVersion: 'v1', plural: 'pods', kind: 'Pod' },
];

/**
 * Namespaces of the cluster itself, which istioctl skips as well. Source: pkg/kube/inject/inject.go
 * (IgnoredNamespaces).
 */
const PASSED_OVER = new Set(['kube-system', 'kube-public', 'kube-node-lease', 'local-path-storage']);

/**
 * From all namespaces or, where listing across all of them is forbidden, from the given ones.
 * Throws ToolError when the cluster cannot be asked.
 */
export async function routingObjects(kube: Kube, namespaces: readonly string[]): Promise<Resource[]> {
  const lists = await Promise.all(
    KINDS.map(async each => {
      const all = await listIfAllowed(kube, each, null);
      if (all !== null) return all;
      return (
        await Promise.all(
          namespaces.map(namespace => listObjects(kube, each.apiVersion, each.kind, namespace)),
        )
      ).flat();
    }),
  );
  return (lists.flat() as Resource[]).filter(({ metadata }) => !PASSED_OVER.has(metadata.namespace ?? ''));
}

/**
 * The objects of a kind in a namespace, or in all (null). Empty for a kind that the API does not know; null where
 * listing them is forbidden. Throws ToolError when the cluster cannot be asked.
 */
export async function listIfAllowed(
  kube: Kube,
  { apiVersion, plural, kind }: ApiKind,
  namespace: string | null,
): Promise<KubeObject[] | null> {
  const root = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  const place = namespace === null ? '' : `/namespaces/${namespace}`;
  const answer = await kube.request('GET', `${root}${place}/${plural}`);
  if (answer.status === 404) return [];
  if (answer.status === 403) return null;
  if (answer.status !== 200) {
    throw new ToolError({
      what: `${plural} could not be listed.`,
      why: statusMessage(answer),
      next: ['istio-tutor status'],
    });
  }
  return (answer.body as { items: KubeObject[] }).items.map(item => ({ ...item, apiVersion, kind }));
}
