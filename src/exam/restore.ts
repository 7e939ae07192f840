/**
 * Brings a question's namespaces back into the state that was seen in them: first its routing objects, as a lesson's
 * step is brought back, then everything word for word, whoever wrote it. What the lab needs in order to be called at
 * all is put right.
 */
import { readObject, remove } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/client.ts';
import { keyOf, shortName } from '../kube/kinds.ts';
import { until } from '../kube/wait.ts';
import { agedChains } from '../lesson/by-age.ts';
import { refOf } from '../lesson/fence.ts';
import type { Mesh } from '../lesson/mesh.ts';
import { rebuild } from '../lesson/rebuild.ts';
import type { DesiredState } from '../lesson/state-of.ts';
import type { Clock } from '../shared/clock.ts';
import { log } from '../shared/log.ts';
import { mend } from '../world/mend.ts';
import { CLIENT } from '../world/names.ts';
import { rolledOut } from '../world/rollout.ts';
import { isRouting, objectsText, parseSeen, seenObjects } from './seen-objects.ts';
import { putBack } from './shared-objects.ts';

export interface RestoreOptions {
  readonly kube: Kube;
  readonly mesh: Mesh;
  /** The question's own. */
  readonly namespaces: readonly string[];
  readonly kinds: readonly { readonly apiVersion: string; readonly kind: string }[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** `start` is the state in which the question begins, `seen` what it came to. */
export async function restore(start: DesiredState, seen: string, options: RestoreOptions): Promise<void> {
  const { mesh, clock, signal } = options;
  const objects = parseSeen(seen);
  const routing = objects.filter(isRouting);
  const aged = agedChains(routing);
  const desired = routing.map(object => ({ ref: refOf(object), object }));
  const state = { ...start, objects: desired, aged };
  await rebuild(mesh, state, { afresh: false, clock, signal }).catch((error: Error) => {
    signal.throwIfAborted();
    // One object that is refused now must not keep the others out: each is put back by itself below.
    log('exam', error.message);
  });
  const before = await mesh.before(signal);
  if (await putRest(objects, options)) await mesh.follow(before, signal);
}

/** Kinds that a question cannot do without. */
const STAY = new Set(['Service', 'Namespace']);

/**
 * Puts back what rebuild cannot know of: other kinds, and objects that differ from what a lesson would have. Returns
 * whether anything has changed.
 */
async function putRest(
  wanted: readonly KubeObject[],
  { kube, namespaces, kinds: looked, signal }: RestoreOptions,
): Promise<boolean> {
  const live = new Map((await seenObjects(kube, namespaces, looked)).map(each => [keyOf(refOf(each)), each]));
  const kinds = new Set(wanted.map(each => each.kind));
  const there = new Set(wanted.map(each => keyOf(refOf(each))));
  // An exam that an older version saved holds routing objects only: it never looked at the fence.
  const whole = kinds.has('Deployment');
  const gone = [...live].filter(([key, { kind, metadata }]) => {
    if (there.has(key) || isClient({ kind, metadata })) return false;
    return isRouting({ kind }) ? whole : kinds.has(kind) && !STAY.has(kind);
  });
  const other = wanted.filter(each => {
    const found = live.get(keyOf(refOf(each)));
    return !isStopped(each) && (found === undefined || objectsText(found) !== objectsText(each));
  });
  for (const [, object] of gone) await remove(kube, refOf(object), signal);
  for (const object of other) await put(kube, object, signal);
  await Promise.all(
    other.filter(each => each.kind === 'Deployment').map(each => rollout(kube, each, signal)),
  );
  return gone.length + other.length > 0;
}

/** Word for word, without what a fresh world has beside it; a Service keeps its address. */
async function put(kube: Kube, object: KubeObject, signal: AbortSignal): Promise<void> {
  if (object.kind === 'Service') return putBack(kube, object, signal);
  const result = await mend(kube, object, { whole: true, signal });
  if (result.outcome === 'refused') log('exam', `${shortName(refOf(object))}: ${result.message}`);
}

/** Milliseconds. A Deployment that does not roll out by then is as the candidate left it. */
const PATIENCE = 20_000;

async function rollout(kube: Kube, deployment: KubeObject, signal: AbortSignal): Promise<void> {
  const ref = refOf(deployment);
  const done = async () => {
    const found = await readObject(kube, ref);
    return found === null || rolledOut(found as KubeObject & Parameters<typeof rolledOut>[0]);
  };
  await until(`${shortName(ref)} to roll out`, done, { timeoutMs: PATIENCE, everyMs: 100, signal }).catch(
    (error: Error) => {
      signal.throwIfAborted();
      log('exam', error.message);
    },
  );
}

function isClient({ kind, metadata }: Pick<KubeObject, 'kind' | 'metadata'>): boolean {
  return kind === 'Deployment' && metadata.name === CLIENT.deployment;
}

/** A client without pods can neither send a call nor be graded. */
function isStopped(object: KubeObject): boolean {
  return isClient(object) && (object.spec as { replicas?: number } | undefined)?.replicas === 0;
}
