/**
 * What there is in the namespaces of an exam, as YAML: all that a candidate may make, change or delete with kubectl,
 * and nothing that the cluster adds by itself. Left out: pods, which are tools and not answers; what the lab keeps in
 * ConfigMaps and Secrets; any other Secret of a real cluster, which must not end up in a file of ours. One state has one
 * text, so that two states can be compared.
 */
import { parseAllDocuments, stringify } from 'yaml';
import type { Cluster } from '../cluster/cluster.ts';
import { listObjects } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/client.ts';
import { ISTIO_API_KINDS, keyOf, kindNamed } from '../kube/kinds.ts';
import { byAge } from '../lesson/by-age.ts';
import { refOf } from '../lesson/fence.ts';
import { withoutServerFields } from '../lesson/inspect.ts';
import { sameObject } from '../lesson/rebuild.ts';
import { fences } from '../world/further-clients.ts';
import { isOurs, type WorldNames } from '../world/names.ts';

/** Kinds that are not for routing and may be part of an answer all the same. */
const OTHER_KINDS = [
  { apiVersion: 'v1', kind: 'ServiceAccount' },
  { apiVersion: 'v1', kind: 'ConfigMap' },
  { apiVersion: 'v1', kind: 'Service' },
  { apiVersion: 'apps/v1', kind: 'Deployment' },
  { apiVersion: 'v1', kind: 'Endpoints' },
  { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' },
] as const;

interface KindRef {
  readonly apiVersion: string;
  readonly kind: string;
}

const NAMESPACE = { apiVersion: 'v1', kind: 'Namespace' };
const SEEN_KINDS: readonly KindRef[] = [NAMESPACE, ...ISTIO_API_KINDS, ...OTHER_KINDS];

/** The kinds that are kept. In a sandbox everything was made either by the candidate or by the lab. */
export function seenKinds({ can }: Pick<Cluster, 'can'>): readonly KindRef[] {
  return can.kind === 'sandbox' ? [...SEEN_KINDS, { apiVersion: 'v1', kind: 'Secret' }] : SEEN_KINDS;
}

/** Namespaces in which Kubernetes and Istio keep objects of their own. */
export const SYSTEM = new Set(['default', 'kube-system', 'kube-public', 'kube-node-lease', 'istio-system']);

/** Made by the cluster in every namespace. */
const MADE_EVERYWHERE = new Set([
  'ConfigMap/kube-root-ca.crt',
  'ConfigMap/istio-ca-root-cert',
  'ServiceAccount/default',
]);

/**
 * Objects of these namespaces, or of all (null), and the namespaces themselves: the oldest first; those of one second as
 * istiod puts them.
 */
export async function seenObjects(
  kube: Kube,
  namespaces: readonly string[] | null,
  kinds: readonly KindRef[],
): Promise<KubeObject[]> {
  const lists = await Promise.all(
    kinds.flatMap(({ apiVersion, kind }) => {
      const places = namespaces === null || kind === 'Namespace' ? [null] : namespaces;
      return places.map(each => listObjects(kube, apiVersion, kind, each));
    }),
  );
  const isWithin = (each: KubeObject) => namespaces === null || namespaces.includes(placeOf(each));
  return seenAmong(lists.flat().filter(isWithin));
}

/** The same, of objects that are at hand already. */
export function seenAmong(objects: readonly KubeObject[]): KubeObject[] {
  return objects.filter(isSomebodys).sort(byAge);
}

/** The namespace that an object belongs to, or is. */
export function placeOf({ metadata }: KubeObject): string {
  return metadata.namespace ?? metadata.name;
}

function isSomebodys(object: KubeObject): boolean {
  const { kind, metadata } = object;
  if (metadata.ownerReferences !== undefined || MADE_EVERYWHERE.has(`${kind}/${metadata.name}`)) return false;
  if (kind === 'Endpoints') return !isMadeByTheCluster(object);
  return !(isOurs(object) && ['Telemetry', 'ConfigMap', 'Secret'].includes(kind));
}

/** As it is for a Service with a selector. Source: kubernetes, pkg/controller/endpoint/endpoints_controller.go. */
function isMadeByTheCluster({ metadata: { labels = {}, annotations = {} } }: KubeObject): boolean {
  return (
    'endpoints.kubernetes.io/managed-by' in labels ||
    'endpoints.kubernetes.io/last-change-trigger-time' in annotations
  );
}

/** The objects as one text, in their order. */
export function textOfAll(objects: readonly KubeObject[]): string {
  return objects.map(objectsText).join('---\n');
}

/** The texts of objects, which are looked at again and again. */
const written = new WeakMap<KubeObject, string>();

/** With the keys in one order and in the API's newest version, so that two texts differ only in what they say. */
export function objectsText(object: KubeObject): string {
  const text = written.get(object) ?? write(object);
  written.set(object, text);
  return text;
}

function write(object: KubeObject): string {
  const { metadata, ...plain } = withoutServerFields(object);
  const kept = Object.entries(metadata.annotations ?? {}).filter(([name]) => !isMark(name, object.kind));
  const annotations = Object.fromEntries(kept);
  const apiVersion = kindNamed(object.kind)?.apiVersion ?? object.apiVersion;
  const own = Object.keys(annotations).length === 0 ? { annotations: undefined } : { annotations };
  return stringify(
    { ...plain, apiVersion, metadata: { ...metadata, ...own } },
    { sortMapEntries: true, aliasDuplicateObjects: false },
  );
}

/** Whether it only says how far the cluster, or this program, has come with an object. */
function isMark(annotation: string, kind: string): boolean {
  return (
    annotation === 'deployment.kubernetes.io/revision' ||
    (kind === 'Namespace' && annotation.startsWith('istio-tutor/'))
  );
}

/** The objects of such a text. */
export function parseSeen(text: string): readonly KubeObject[] {
  const documents = parseAllDocuments(text);
  return Array.isArray(documents) ? documents.map(each => each.toJS() as KubeObject) : [];
}

const ROUTING = new Set(ISTIO_API_KINDS.map(each => each.kind));

export function isRouting({ kind }: { readonly kind: string }): boolean {
  return ROUTING.has(kind);
}

/**
 * The routing objects of what was seen, as the report shows them: a fence only where it was changed; and of those beside
 * the servers outside, what the question's sidecars are allowed to see.
 */
export function answerText(
  seen: string,
  shared: string,
  names: WorldNames,
  clients: readonly string[],
): string {
  const own = parseSeen(seen).filter(isRouting);
  const fence = new Map(fences(names, clients).map(each => [keyOf(refOf(each)), each]));
  const isFence = (each: KubeObject) => {
    const given = fence.get(keyOf(refOf(each)));
    return given !== undefined && sameObject(each, given);
  };
  const sidecars = own.filter(each => each.kind === 'Sidecar');
  const open = sidecars.some(each => seesHosts(each, names.outside)) || sidecars.length < fence.size;
  const beside = parseSeen(shared).filter(
    each => open && isRouting(each) && each.metadata.namespace === names.outside,
  );
  return textOfAll([...own.filter(each => !isFence(each)), ...beside]);
}

function seesHosts({ spec }: KubeObject, namespace: string): boolean {
  const { egress = [] } = (spec ?? {}) as { egress?: { hosts?: string[] }[] };
  return egress
    .flatMap(each => each.hosts ?? [])
    .some(host => ['*', namespace].includes(host.split('/')[0] ?? ''));
}
