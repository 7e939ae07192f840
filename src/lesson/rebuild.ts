/**
 * Brings a cluster into a desired state: deletes what the state lacks, applies what it wants, puts the workloads
 * back, recreates what holds ejected hosts and what has the wrong age. Leaves alone what is already right.
 */
import { isDeepStrictEqual } from 'node:util';
import type { KubeObject } from '../kube/client.ts';
import { isIstio, keyOf, shortName } from '../kube/kinds.ts';
import type { Effect } from '../probe/effect.ts';
import type { Clock } from '../shared/clock.ts';
import { ToolError } from '../shared/errors.ts';
import { refOf, withinFence } from './fence.ts';
import type { Mesh } from './mesh.ts';
import { placeText, refusalWords, refusedField } from './refusal.ts';
import type { Refusal } from './state.ts';
import type { DesiredObject, DesiredState } from './state-of.ts';

export interface RebuildOptions {
  /** True: also forget what the sidecar remembers, hosts that its breakers have ejected. */
  readonly afresh: boolean;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

export interface Rebuilt {
  /** What was changed, for `--verbose` and for a notice: 'VirtualService/x removed'. */
  readonly changed: readonly string[];
  /** Missing when nothing was changed that a sidecar could notice. */
  readonly effect?: Effect;
}

/** Throws a ToolError when the cluster does not answer, or refuses what a lesson says it accepts. */
export async function rebuild(mesh: Mesh, desired: DesiredState, options: RebuildOptions): Promise<Rebuilt> {
  const { signal } = options;
  await mesh.setClients(desired.clients, signal);
  const [live, early, world] = await Promise.all([
    mesh.list(signal),
    attempt(mesh.before(signal)),
    mesh.restoreWorld(desired.workloads, signal),
  ]);
  // A sidecar that came with the restored client counts as it is now; the one before it may not have answered at all.
  const anew = early.failed || world.changed.some(each => each.startsWith('Deployment/client '));
  const before = anew ? await mesh.before(signal) : early.value;
  const wanted = withOwn(mesh.ownObjects(), desired, await mesh.fence(signal));
  const there = new Map(live.map(object => [keyOf(refOf(object)), object]));
  const tooOld = wrongAge(desired.aged, there);

  const gone = live.filter(object => {
    const key = keyOf(refOf(object));
    return !wanted.has(key) || tooOld.has(key) || (options.afresh && ejects(object));
  });
  await Promise.all(gone.map(object => mesh.remove(refOf(object), signal)));
  for (const object of gone) there.delete(keyOf(refOf(object)));

  let since = before;
  if (gone.some(object => wanted.has(keyOf(refOf(object))) && ejects(object))) {
    // Deleted and created at once, a rule would reach the sidecar as no change at all, ejected hosts included.
    await mesh.follow(before, signal);
    since = await mesh.before(signal);
  }

  const chained = new Set(desired.aged.flat());
  const missing = [...wanted.values()].filter(({ ref, object }) => {
    const found = there.get(keyOf(ref));
    return found === undefined || !sameObject(found, object);
  });
  const inChain = (chain: readonly string[]) => chain.flatMap(key => wanted.get(key) ?? []);
  const put = await Promise.allSettled([
    ...missing
      .filter(({ ref }) => !chained.has(keyOf(ref)))
      .map(each => putObject(mesh, each, there.get(keyOf(each.ref)), signal)),
    ...desired.aged.map(chain => putChain(mesh, inChain(chain), there, options)),
  ]);
  // Thrown when all are done: a write still under way would interfere with what is done next.
  for (const each of put) if (each.status === 'rejected') throw each.reason;

  const changed = [
    ...gone.filter(o => !wanted.has(keyOf(refOf(o)))).map(o => `${shortName(refOf(o))} removed`),
    ...missing.map(({ ref }) => `${shortName(ref)} put back`),
    ...world.changed,
  ];
  const noticed = gone.length > 0 || missing.length > 0 || world.noticed;
  return noticed ? { changed, effect: await mesh.follow(since, signal) } : { changed };
}

async function attempt<T>(work: Promise<T>): Promise<{ failed: false; value: T } | { failed: true }> {
  try {
    return { failed: false, value: await work };
  } catch {
    return { failed: true };
  }
}

/** creationTimestamp has whole seconds, so it takes a little more than one to be sure of a difference. */
export const A_SECOND = 1050;

/** The desired objects by key, with the world's own Sidecars; a lesson's Sidecar takes the place of one. */
function withOwn(
  own: readonly KubeObject[],
  desired: DesiredState,
  fence: readonly string[] | null,
): Map<string, DesiredObject> {
  const wanted = new Map<string, DesiredObject>(
    own.map(object => [keyOf(refOf(object)), { ref: refOf(object), object }]),
  );
  for (const each of desired.objects) {
    wanted.set(keyOf(each.ref), { ...each, object: withinFence(each.object, fence).object });
  }
  return wanted;
}

/** One after the other, each a second younger than the one before; whatever follows a new one is made again too. */
async function putChain(
  mesh: Mesh,
  chain: readonly DesiredObject[],
  there: ReadonlyMap<string, KubeObject>,
  { clock, signal }: RebuildOptions,
): Promise<void> {
  let anew = false;
  for (const [i, each] of chain.entries()) {
    const found = there.get(keyOf(each.ref));
    if (found !== undefined && !anew) {
      if (!sameObject(found, each.object)) anew = await putObject(mesh, each, found, signal);
      continue;
    }
    anew = true;
    if (found !== undefined) await mesh.remove(each.ref, signal);
    if (i > 0) await clock.wait(A_SECOND, signal);
    await applied(mesh, each, signal);
  }
}

/** True when it had to be made again. */
async function putObject(
  mesh: Mesh,
  each: DesiredObject,
  found: KubeObject | undefined,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { ref, object } = each;
  await applied(mesh, each, signal);
  if (found === undefined) return true;
  // Fields that came by `kubectl edit` are in no last-applied: only a new object is free of them.
  const now = await mesh.read(ref);
  if (now !== null && sameObject(now, object)) return false;
  await mesh.remove(ref, signal);
  await applied(mesh, each, signal);
  return true;
}

/** The API refuses what a state needs. */
export class RebuildRefused extends ToolError {
  readonly refusal: Refusal;

  constructor({ ref, from }: DesiredObject, message: string) {
    const detail = refusalWords(message);
    const place = from === undefined ? {} : { file: from.file, ...refusedField(message, from.manifest) };
    super({
      what: `The cluster refused ${shortName(ref)}, which this step begins with.`,
      why: from === undefined ? undefined : placeText(place),
      detail,
      next: ['istio-tutor doctor   says which Istio this is', 'r   tries again'],
    });
    this.refusal = { what: shortName(ref), message: detail, ...place };
  }
}

async function applied(mesh: Mesh, each: DesiredObject, signal: AbortSignal | undefined): Promise<void> {
  const result = await mesh.apply(each.object, signal);
  if (result.outcome === 'refused') throw new RebuildRefused(each, result.message);
}

/**
 * Whether the live object is what a fresh apply of the wanted one would make; kinds of Kubernetes' own have defaults.
 */
export function sameObject(live: KubeObject, wanted: KubeObject): boolean {
  const same = isIstio(wanted) ? isDeepStrictEqual : holds;
  return (
    same(live.spec ?? {}, wanted.spec ?? {}) &&
    covers(live.metadata.labels, wanted.metadata.labels) &&
    covers(live.metadata.annotations, wanted.metadata.annotations)
  );
}

function holds(live: unknown, wanted: unknown): boolean {
  if (typeof wanted !== 'object' || wanted === null) return live === wanted;
  if (typeof live !== 'object' || live === null) return false;
  if (Array.isArray(wanted) && (live as unknown[]).length !== wanted.length) return false;
  return Object.entries(wanted).every(([key, value]) => holds((live as Record<string, unknown>)[key], value));
}

function covers(
  live: Record<string, string> | undefined,
  wanted: Record<string, string> | undefined,
): boolean {
  return Object.entries(wanted ?? {}).every(([key, value]) => live?.[key] === value);
}

/** A rule whose cluster may hold ejected hosts. */
function ejects(object: KubeObject): boolean {
  return (
    object.kind === 'DestinationRule' && JSON.stringify(object.spec ?? {}).includes('"outlierDetection"')
  );
}

/** Keys of the live objects that must be created again, so that each of a chain is younger than the one before. */
function wrongAge(aged: DesiredState['aged'], live: ReadonlyMap<string, KubeObject>): Set<string> {
  const anew = new Set<string>();
  for (const chain of aged) {
    let last = Number.NEGATIVE_INFINITY;
    let broken = false;
    for (const key of chain) {
      const object = live.get(key);
      const created = Date.parse(String(object?.metadata.creationTimestamp ?? ''));
      broken ||= object === undefined || !(created > last);
      if (broken && object !== undefined) anew.add(key);
      last = created;
    }
  }
  return anew;
}
