/**
 * kubectl's client-side apply, so that the tutorial and kubectl in a second terminal can take turns on one
 * object: fieldValidation=Strict, the last-applied annotation written byte for byte as kubectl writes it,
 * a three-way merge (merge.ts), Warning headers handed back. A refusal is a value with the API's own words.
 * Source: kubectl/pkg/cmd/apply and kubectl/pkg/util/apply.go.
 */
import { goJson } from '../istio/go-text.ts';
import { type Problem, ToolError } from '../shared/errors.ts';
import { isObject, type Json, type JsonObject } from '../shared/json.ts';
import type { Kube, KubeObject, ObjectRef } from './client.ts';
import { jsonMergePatch, strategicMergePatch } from './merge.ts';
import { mergePatch } from './merge-patch.ts';
import { type KubeResponse, type RequestOptions, statusMessage } from './request.ts';
import { collectionPath, isBuiltIn, noMatches, objectPath } from './resources.ts';
import { strategicMerge } from './strategic-merge.ts';
import { until } from './wait.ts';

export type ApplyResult =
  | { ref: ObjectRef; outcome: 'created' | 'configured' | 'unchanged'; warnings: string[] }
  | { ref: ObjectRef; outcome: 'refused'; warnings: string[]; code: number; message: string };

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** The query of every write: who writes, and that unknown fields are refused. */
export const WRITE_QUERY = 'fieldManager=kubectl-client-side-apply&fieldValidation=Strict';
/** How often a write is tried again when somebody else writes at the same moment; as often as kubectl does. */
export const CONFLICTS = 5;

export function refOf(object: KubeObject): ObjectRef {
  const { apiVersion, kind, metadata } = object;
  return {
    apiVersion,
    kind,
    name: metadata.name,
    ...(metadata.namespace ? { namespace: metadata.namespace } : {}),
  };
}

/** Creates or merges one object. Throws ToolError when the API cannot be asked, or itself fails. */
export async function apply(kube: Kube, object: KubeObject, signal?: AbortSignal): Promise<ApplyResult> {
  const ref = refOf(object);
  const [collection, path] = [await collectionPath(kube, ref), await objectPath(kube, ref)];
  if (collection === null || path === null) {
    return { ref, outcome: 'refused', warnings: [], code: 404, message: noMatches(ref) };
  }
  const options: RequestOptions = signal ? { signal } : {};
  const modified = annotated(object) as unknown as JsonObject;
  for (let tries = 0; ; tries++) {
    const live = await kube.request('GET', path, options);
    if (live.status === 404) {
      const answer = await kube.request('POST', `${collection}?${WRITE_QUERY}`, {
        ...options,
        body: modified,
      });
      // Somebody created it in between: merge with theirs.
      if (answer.status === 409 && tries < CONFLICTS) continue;
      return result(ref, answer, 'created');
    }
    if (live.status !== 200) return result(ref, live, 'configured');
    const { patch, contentType } = patchOf(ref, modified, live.body as JsonObject);
    if (Object.keys(patch).length === 0) return { ref, outcome: 'unchanged', warnings: live.warnings };
    const answer = await kube.request('PATCH', `${path}?${WRITE_QUERY}`, {
      ...options,
      body: patch,
      contentType,
    });
    if ((answer.status === 409 || answer.status === 404) && tries < CONFLICTS) continue;
    return result(ref, answer, 'configured');
  }
}

/**
 * The same for an object of this program, whose refusal is an error: `told` words it from what the API says.
 * Throws ToolError.
 */
export async function applyOurs(
  kube: Kube,
  object: KubeObject,
  told: (message: string) => Problem,
  signal?: AbortSignal,
): Promise<void> {
  const result = await apply(kube, object, signal);
  if (result.outcome === 'refused') throw new ToolError(told(result.message));
}

/** The manifest with the last-applied annotation, which the next apply, ours or kubectl's, compares with. */
export function annotated(object: KubeObject): KubeObject {
  const { [LAST_APPLIED]: _, ...annotations } = object.metadata.annotations ?? {};
  const bare = structuredClone({ ...object, metadata: { ...object.metadata, annotations } });
  const text = `${goJson(bare)}\n`;
  return { ...bare, metadata: { ...bare.metadata, annotations: { ...annotations, [LAST_APPLIED]: text } } };
}

/** What the last apply made of an object, ours or kubectl's; null when there was none. */
export function asApplied({ metadata }: KubeObject): KubeObject | null {
  const applied = lastApplied(metadata.annotations?.[LAST_APPLIED]);
  return isObject(applied.metadata) ? (applied as unknown as KubeObject) : null;
}

/** What a live object would be after an apply, without any defaults; null: the apply changes nothing. Pure. */
export function merged(live: KubeObject, object: KubeObject): KubeObject | null {
  // The API gives an object in the version in which it is asked for.
  const before = { ...live, apiVersion: object.apiVersion } as unknown as JsonObject;
  const { patch } = patchOf(object, annotated(object) as unknown as JsonObject, before);
  if (Object.keys(patch).length === 0) return null;
  const after = isBuiltIn(object.apiVersion) ? strategicMerge(before, patch) : mergePatch(before, patch);
  return after as unknown as KubeObject;
}

/**
 * What an apply sends for an object that is there, empty where there is nothing to change, and how it is to be merged.
 * `modified` is the manifest as annotated() returns it.
 */
function patchOf(
  { apiVersion }: Pick<ObjectRef, 'apiVersion'>,
  modified: JsonObject,
  live: JsonObject,
): { readonly patch: JsonObject; readonly contentType: string } {
  const metadata = isObject(live.metadata) ? live.metadata : {};
  const annotations = isObject(metadata.annotations) ? metadata.annotations : {};
  const builtIn = isBuiltIn(apiVersion);
  const merge = builtIn ? strategicMergePatch : jsonMergePatch;
  return {
    patch: merge(lastApplied(annotations[LAST_APPLIED]), modified, live),
    contentType: `application/${builtIn ? 'strategic-merge' : 'merge'}-patch+json`,
  };
}

/** What the last apply sent; empty when the object was not made by an apply. */
function lastApplied(annotation: Json | undefined): JsonObject {
  if (typeof annotation !== 'string') return {};
  try {
    const parsed = JSON.parse(annotation) as Json;
    return isObject(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

/**
 * 4xx is a refusal: this manifest is not accepted, or this user may not write it. 401 and 5xx say nothing about the
 * manifest (expired credentials; an admission webhook that does not answer), so they are errors.
 */
function result(ref: ObjectRef, answer: KubeResponse, outcome: 'created' | 'configured'): ApplyResult {
  const { status, warnings } = answer;
  if (status >= 200 && status < 300) return { ref, outcome, warnings };
  if (status === 401 || status >= 500) throw atALoss(`apply ${ref.kind}/${ref.name}`, answer);
  // Without the custom resource definition, the path itself is unknown.
  const unknown =
    status === 404 && (typeof answer.body === 'string' || /requested resource/.test(statusMessage(answer)));
  return {
    ref,
    outcome: 'refused',
    warnings,
    code: status,
    message: unknown ? noMatches(ref) : statusMessage(answer),
  };
}

/** By the status of the answer. */
const NEXT: Readonly<Record<number, readonly string[]>> = {
  401: ['kubectl get namespaces   with the same kubeconfig: are its credentials still good?'],
  403: ['kubectl auth can-i --list   with the same kubeconfig: what its user may do'],
};

function atALoss(verb: string, answer: KubeResponse): ToolError {
  return new ToolError({
    what: `The API could not ${verb}: it answered ${answer.status}.`,
    why: statusMessage(answer),
    next: NEXT[answer.status] ?? [
      'Try again in a moment.',
      'istio-tutor status   says whether Istio is well',
    ],
  });
}

/** Deletes an object and returns when it is really gone. Throws ToolError when the API refuses. */
export async function remove(
  kube: Kube,
  ref: ObjectRef,
  signal?: AbortSignal,
): Promise<'removed' | 'absent'> {
  const options: RequestOptions = signal ? { signal } : {};
  const path = await objectPath(kube, ref);
  if (path === null) return 'absent';
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', propagationPolicy: 'Background' };
  let answer = await kube.request('DELETE', path, { ...options, body });
  // Somebody else wrote it at the same moment.
  for (let tries = 0; answer.status === 409 && tries < CONFLICTS; tries++)
    answer = await kube.request('DELETE', path, { ...options, body });
  if (answer.status === 404) return 'absent';
  if (answer.status >= 300) throw atALoss(`delete ${ref.kind}/${ref.name}`, answer);
  const uid = uidOf(answer.body);
  const gone = async () => {
    const live = await kube.request('GET', path, options);
    return live.status === 404 || (uid !== '' && live.status === 200 && uidOf(live.body) !== uid);
  };
  await until(`${ref.kind}/${ref.name} to be gone`, gone, {
    timeoutMs: 180_000,
    everyMs: ref.kind === 'Namespace' ? 250 : 50,
    ...options,
  });
  return 'removed';
}

/** The uid of an object, or of the one that a Status is about. */
function uidOf(body: unknown): string {
  const { metadata, details } = (body ?? {}) as { metadata?: { uid?: string }; details?: { uid?: string } };
  return metadata?.uid ?? details?.uid ?? '';
}

/** One object as the API has it; null when it is not there. */
export async function readObject(kube: Kube, ref: ObjectRef): Promise<KubeObject | null> {
  const path = await objectPath(kube, ref);
  if (path === null) return null;
  const answer = await kube.request('GET', path);
  if (answer.status === 404) return null;
  if (answer.status !== 200) throw atALoss(`read ${ref.kind}/${ref.name}`, answer);
  return answer.body as KubeObject;
}

/** All objects of a kind in a namespace, or in all (null); none for a kind that the API does not know. */
export async function listObjects(
  kube: Kube,
  apiVersion: string,
  kind: string,
  namespace: string | null,
): Promise<KubeObject[]> {
  const path = await collectionPath(kube, { apiVersion, kind, namespace });
  if (path === null) return [];
  const answer = await kube.request('GET', path);
  if (answer.status === 404) return [];
  const where = namespace === null ? '' : ` in namespace ${namespace}`;
  if (answer.status !== 200) throw atALoss(`list ${kind}${where}`, answer);
  // A list names the kind once, for all of its items.
  return (answer.body as { items: KubeObject[] }).items.map(item => ({ ...item, apiVersion, kind }));
}
