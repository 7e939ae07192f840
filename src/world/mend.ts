/**
 * Turns one object of the lab world back into what this program made, whoever has changed it; writes nothing where it
 * is that already. kubectl's apply would not do: it keeps what others have added, a variable, a volume, a label.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  type ApplyResult,
  annotated,
  apply,
  CONFLICTS,
  LAST_APPLIED,
  readObject,
  refOf,
  remove,
  WRITE_QUERY,
} from '../kube/apply.ts';
import type { Kube, KubeObject, ObjectRef } from '../kube/client.ts';
import { type KubeResponse, statusMessage } from '../kube/request.ts';
import { objectPath } from '../kube/resources.ts';
import { until } from '../kube/wait.ts';
import { ToolError } from '../shared/errors.ts';
import { isOurs, RESTARTED } from './names.ts';
import type { StandingObjects } from './standing.ts';

export interface MendOptions {
  /** The cluster is ours, so all labels and annotations here are. Elsewhere, what others put on an object is left. */
  readonly whole: boolean;
  readonly signal?: AbortSignal | undefined;
  /** What is already known of the cluster's objects; the object is read where that does not say. */
  readonly standing?: StandingObjects;
}

/**
 * Returns when the object is as wanted; a refusal is a value. On somebody else's cluster one that is not ours stays.
 * Throws ToolError when the API cannot be asked.
 */
export async function mend(kube: Kube, wanted: KubeObject, options: MendOptions): Promise<ApplyResult> {
  const { signal } = options;
  const request = signal === undefined ? {} : { signal };
  const ref = refOf(wanted);
  const unchanged = { ref, outcome: 'unchanged' as const, warnings: [] };
  for (let tries = 0; ; tries++) {
    const seen = tries === 0 ? options.standing?.find(wanted) : undefined;
    const known = seen?.metadata.deletionTimestamp === undefined ? seen : undefined;
    const live = known === undefined ? await whenStanding(kube, ref, signal) : known;
    if (live === null) return apply(kube, wanted, signal);
    if (!options.whole && !isOurs(live)) return unchanged;
    const body = replacing(live, wanted, options.whole);
    const path = await objectPath(kube, ref);
    if (await isSame(kube, `${path}`, live, body, request)) return unchanged;
    const answer = await kube.request('PUT', `${path}?${WRITE_QUERY}`, { ...request, body });
    if (answer.status < 300) return { ref, outcome: 'configured', warnings: answer.warnings };
    if ([404, 409].includes(answer.status) && tries < CONFLICTS) continue;
    if (answer.status !== 422) return refused(ref, answer);
    // Some fields cannot be changed: for another value, the object is made again.
    await remove(kube, ref, signal);
    return apply(kube, wanted, signal);
  }
}

/** The object, once it is not being deleted; null when it is not there. */
async function whenStanding(kube: Kube, ref: ObjectRef, signal?: AbortSignal): Promise<KubeObject | null> {
  const live = await readObject(kube, ref);
  if (live?.metadata.deletionTimestamp === undefined) return live;
  const gone = async () => (await readObject(kube, ref))?.metadata.deletionTimestamp === undefined;
  const patience = { timeoutMs: 120_000, everyMs: 100, signal };
  await until(`${ref.kind} ${ref.name} to be gone`, gone, patience);
  return readObject(kube, ref);
}

function refused(ref: ObjectRef, answer: KubeResponse): ApplyResult {
  const { status: code, warnings } = answer;
  if (code !== 401 && code < 500)
    return { ref, outcome: 'refused', warnings, code, message: statusMessage(answer) };
  throw new ToolError({
    what: `${ref.kind} ${ref.name} could not be put back: the API answered ${code}.`,
    why: statusMessage(answer),
    next: ['Try again in a moment.', 'istio-tutor status   says whether Istio is well'],
  });
}

/** Kubernetes fills in what a Deployment leaves out, so it is asked what it would make of this one. */
async function isSame(
  kube: Kube,
  path: string,
  live: KubeObject,
  body: KubeObject,
  request: { signal?: AbortSignal | undefined },
): Promise<boolean> {
  if (live.kind !== 'Deployment') return isDeepStrictEqual(essence(live), essence(body));
  const proof = JSON.stringify([essence(live), essence(body)]);
  const known = proven.get(kube) ?? new Map<string, string>();
  proven.set(kube, known);
  if (known.get(path) === proof) return true;
  const answer = await kube.request('PUT', `${path}?${WRITE_QUERY}&dryRun=All`, { ...request, body });
  const same = answer.status === 200 && isDeepStrictEqual(essence(live), essence(answer.body as KubeObject));
  if (same) known.set(path, proof);
  return same;
}

/** By path, what was last asked and came back the same: it need not be asked again. */
const proven = new WeakMap<Kube, Map<string, string>>();

/** The parts of an object that somebody may have written. */
function essence({
  apiVersion: _version,
  kind: _kind,
  metadata,
  status: _status,
  ...rest
}: KubeObject): object {
  const { [LAST_APPLIED]: _applied, ...annotations } = metadata.annotations ?? {};
  return { ...rest, labels: metadata.labels ?? {}, annotations };
}

function replacing(live: KubeObject, wanted: KubeObject, whole: boolean): KubeObject {
  const made = annotated(wanted);
  const kept = (of: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(of).filter(([key]) => isKept(key, whole)));
  const field = FILLED_IN[live.kind];
  return {
    ...made,
    ...(live.kind === 'Deployment' ? { spec: withRestarts(live, wanted) } : {}),
    ...(field === undefined || live[field] === undefined ? {} : { [field]: live[field] }),
    metadata: {
      ...live.metadata,
      labels: { ...kept(live.metadata.labels), ...made.metadata.labels },
      annotations: { ...kept(live.metadata.annotations), ...made.metadata.annotations },
    },
  };
}

/** By kind, the field that the cluster fills in. */
const FILLED_IN: Readonly<Record<string, string>> = { Namespace: 'spec', ServiceAccount: 'secrets' };

/** Marks of this program, and of the cluster. Of what others wrote, only what Istio reads must go. */
function isKept(key: string, whole: boolean): boolean {
  if (key.startsWith('istio-tutor/') || BY_THE_CLUSTER.has(key)) return true;
  return !whole && !/(^|\.)istio(\.io\/|-injection$)/.test(key);
}

const BY_THE_CLUSTER = new Set(['deployment.kubernetes.io/revision', 'kubernetes.io/metadata.name']);

/** On a template: that its pods were started again, which changes nothing about them and would start them once more. */
const RESTARTS = ['kubectl.kubernetes.io/restartedAt', RESTARTED];

interface Templated {
  readonly template: { readonly metadata: { readonly annotations?: Readonly<Record<string, string>> } };
}

function withRestarts(live: KubeObject, wanted: KubeObject): unknown {
  const marks = Object.entries((live.spec as Templated).template.metadata?.annotations ?? {}).filter(
    ([key]) => RESTARTS.includes(key),
  );
  if (marks.length === 0) return wanted.spec;
  const { template } = wanted.spec as Templated;
  const annotations = { ...Object.fromEntries(marks), ...template.metadata.annotations };
  return {
    ...(wanted.spec as object),
    template: { ...template, metadata: { ...template.metadata, annotations } },
  };
}
