/** Where the API keeps an object: kinds that the tutorial itself uses are known, others are looked up once. */
import { istioKind } from '../istio/kinds.ts';
import { ToolError } from '../shared/errors.ts';
import type { Kube, ObjectRef } from './client.ts';
import { statusMessage } from './request.ts';

interface Resource {
  readonly plural: string;
  readonly namespaced: boolean;
}

const known = (namespaced: boolean, kinds: Readonly<Record<string, string>>) =>
  Object.entries(kinds).map(([key, plural]) => [key, { plural, namespaced }] as const);

/** By GROUP/KIND, '' for the core group: what a kind is called does not depend on the version. */
const KNOWN: ReadonlyMap<string, Resource> = new Map([
  ...known(false, { '/Namespace': 'namespaces' }),
  ...known(true, {
    '/ConfigMap': 'configmaps',
    '/Pod': 'pods',
    '/Secret': 'secrets',
    '/Service': 'services',
    '/ServiceAccount': 'serviceaccounts',
    'apps/Deployment': 'deployments',
    ...Object.fromEntries(
      ['DestinationRule', 'Gateway', 'ServiceEntry', 'Sidecar', 'Telemetry', 'VirtualService']
        .map(istioKind)
        .map(({ group, kind, plural }) => [`${group}/${kind}`, plural]),
    ),
  }),
]);

/** Groups whose types kubectl knows, so that it merges them strategically; all others are custom resources. */
const BUILT_IN = new Set([
  '',
  'apps',
  'autoscaling',
  'batch',
  'policy',
  'admissionregistration.k8s.io',
  'certificates.k8s.io',
  'coordination.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'networking.k8s.io',
  'node.k8s.io',
  'rbac.authorization.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
]);

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

export function isBuiltIn(apiVersion: string): boolean {
  return BUILT_IN.has(groupOf(apiVersion));
}

/** Says in kubectl's words that the API does not know a kind. */
export function noMatches({ kind, apiVersion }: { kind: string; apiVersion: string }): string {
  return `no matches for kind "${kind}" in version "${apiVersion}"`;
}

const discovered = new WeakMap<Kube, Map<string, Resource>>();

/** The resource of a kind; null when the API has none of that name. Throws ToolError when it cannot tell. */
async function resourceOf(kube: Kube, apiVersion: string, kind: string): Promise<Resource | null> {
  const group = groupOf(apiVersion);
  const fixed = KNOWN.get(`${group}/${kind}`);
  if (fixed) return fixed;
  const cache = discovered.get(kube) ?? new Map<string, Resource>();
  discovered.set(kube, cache);
  const cached = cache.get(`${apiVersion}/${kind}`);
  if (cached) return cached;
  const answer = await kube.request('GET', rootOf(apiVersion));
  if (answer.status === 404) return null;
  if (answer.status !== 200) {
    throw new ToolError({
      what: `The API did not say what ${apiVersion} holds.`,
      why: statusMessage(answer),
      next: ['kubectl api-resources   with the same kubeconfig, to see what it says'],
    });
  }
  const { resources } = answer.body as { resources: { name: string; kind: string; namespaced: boolean }[] };
  for (const each of resources) {
    if (each.name.includes('/')) continue; // A subresource, such as deployments/scale.
    cache.set(`${apiVersion}/${each.kind}`, { plural: each.name, namespaced: each.namespaced });
  }
  return cache.get(`${apiVersion}/${kind}`) ?? null;
}

function rootOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** Path of a kind's collection in a namespace ('default' if left out), or in all (null); null for an unknown kind. */
export async function collectionPath(
  kube: Kube,
  ref: { apiVersion: string; kind: string; namespace?: string | null | undefined },
): Promise<string | null> {
  const resource = await resourceOf(kube, ref.apiVersion, ref.kind);
  if (!resource) return null;
  const { namespace = 'default' } = ref;
  const everywhere = !resource.namespaced || namespace === null;
  const place = everywhere ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  return `${rootOf(ref.apiVersion)}${place}/${resource.plural}`;
}

/** Path of one object; null for a kind that the API does not know. */
export async function objectPath(kube: Kube, ref: ObjectRef): Promise<string | null> {
  const collection = await collectionPath(kube, ref);
  return collection === null ? null : `${collection}/${encodeURIComponent(ref.name)}`;
}
