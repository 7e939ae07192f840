/**
 * What the client's sidecar has refused and does without, and why: its own words, from its config_dump and its
 * log. Istio's proxies count updates of route tables nowhere that can be read; of these, and of clusters, only the log
 * tells. A refusal in it is over once the sidecar has taken a later push, which replaces all its listeners.
 */
import type { Kube } from '../kube/client.ts';
import { routingObjects } from '../kube/istio-objects.ts';
import { readLog } from '../kube/logs.ts';
import { log } from '../shared/log.ts';
import { CLIENT, type WorldNames } from '../world/names.ts';
import { causeText, type RefusalCause, refusalCause } from './refusal-cause.ts';
import { type LoggedRefusal, loggedRefusals } from './refusals-in-log.ts';
import { askSidecar } from './sidecar-admin.ts';
import { readConfigDump } from './sidecar-config.ts';

export interface StandingRefusal {
  /** Envoy's, in one line. */
  readonly words: string;
  readonly cause: RefusalCause | null;
}

/** How many lines of the log are searched. */
const LOOKED_AT = 5000;
/** Milliseconds by which a push's clusters may come before its listeners. */
const CLUSTERS_FIRST = 250;

/**
 * Null where the sidecar cannot be asked: what depends on it goes on without.
 * `dump`: its config_dump.
 * Throws only when the signal aborts.
 */
export async function standingRefusals(
  kube: Kube,
  names: WorldNames,
  pod: string,
  dump: unknown,
  signal?: AbortSignal,
): Promise<StandingRefusal[] | null> {
  try {
    const target = { namespace: names.mesh, pod, container: CLIENT.proxy };
    const [stats, lines] = await Promise.all([
      askSidecar(kube, names, pod, 'stats?filter=lds.update_time', signal),
      readLog(kube, target, { tail: LOOKED_AT, signal }),
    ]);
    const taken = Number(/lds\.update_time: (\d+)/.exec(stats)?.[1] ?? 0);
    const said = inForce(readConfigDump(dump).refused, loggedRefusals(lines), taken);
    // Each listener of an update has a line of its own.
    const words = said.flatMap(each => each.split('\n'));
    if (words.length === 0) return [];
    const resources = await routingObjects(kube, [names.mesh, names.outside]);
    return words.map(each => ({ words: each, cause: refusalCause(each, resources) }));
  } catch (error) {
    signal?.throwIfAborted();
    log('refusals', (error as Error).message);
    return null;
  }
}

/**
 * `held`: of its config_dump: still so.
 * `taken`: milliseconds since the epoch at which it last took a whole push of listeners; 0 for never.
 */
export function inForce(held: readonly string[], logged: readonly LoggedRefusal[], taken: number): string[] {
  const last = new Map<string, LoggedRefusal>();
  for (const each of logged) {
    const before = each.type.endsWith('.Cluster') ? CLUSTERS_FIRST : 0;
    if (each.at + before >= taken) last.set(each.type, each);
  }
  const said = [...last.values()].map(each => each.words);
  return [...said, ...held.filter(words => !said.some(each => each.includes(words)))];
}

/** Why the sidecar refused an update, in plain words; null where that is not known. */
export async function explainRefusal(kube: Kube, names: WorldNames, words: string): Promise<string | null> {
  try {
    const resources = await routingObjects(kube, [names.mesh, names.outside]);
    const causes = words.split('\n').flatMap(line => refusalCause(line, resources) ?? []);
    return causes.length === 0 ? null : causes.map(causeText).join(' ');
  } catch (error) {
    log('refusals', (error as Error).message);
    return null;
  }
}
