/** Sends experiments: in a learner's world side by side, in a copy one after the other, each with a fresh start. */
import type { Mesh } from '../lesson/mesh.ts';
import { rebuild } from '../lesson/rebuild.ts';
import type { DesiredState } from '../lesson/state-of.ts';
import type { Evidence, RunningProbe } from '../probe/evidence.ts';
import type { Clock } from '../shared/clock.ts';
import { log } from '../shared/log.ts';
import type { WantedWorkloads } from '../world/workloads.ts';
import type { Experiment } from './experiment.ts';
import { API_SERVERS, impersonate } from './impostors.ts';
import { isPlausible } from './judge.ts';
import { observe } from './observation.ts';
import type { Twin } from './twin.ts';

export interface Sending {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What each experiment showed. */
export type Shown = ReadonlyMap<Experiment, Evidence>;

/** Calls at a time: what they open in the sidecar must not make it late. */
const SIDE_BY_SIDE = 6;

/** Of one call, while what comes back cannot be. */
const TRIES = 4;

const ALL_UP: WantedWorkloads = { replicas: {}, env: {}, services: {} };
/** So that no connection leads to them any more. */
const NONE_UP: WantedWorkloads = {
  ...ALL_UP,
  replicas: Object.fromEntries(API_SERVERS.map(each => [each, 0])),
};

/** Those that disturb nobody, in a world as it is. */
export async function sendIn(
  mesh: Mesh,
  experiments: readonly Experiment[],
  { clock, signal }: Sending,
): Promise<Shown> {
  const shown = new Map<Experiment, Evidence>();
  const queue = [...experiments];
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const began = clock.now();
      shown.set(next, await mesh.start(next.argv, signal, next.from).evidence);
      noted(next, clock.now() - began);
    }
  };
  await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, queue.length) }, work));
  return shown;
}

/**
 * Those that need a state of their own each: no breaker may be open, and servers may be others. `whose` answer `state`
 * is says what it can show; what it cannot is not believed before the last try.
 */
export async function sendInCopy(
  twin: Twin,
  state: DesiredState,
  experiments: readonly Experiment[],
  whose: 'right' | 'mine',
  sending: Sending,
): Promise<Shown> {
  const shown = new Map<Experiment, Evidence>();
  for (const each of experiments) {
    for (let left = TRIES; left > 0; left--) {
      const evidence = await sendOne(twin, state, each, sending);
      shown.set(each, evidence);
      const seen = observe(evidence, each);
      if (seen === null || isPlausible(each.judging, whose, seen)) break;
    }
  }
  return shown;
}

async function sendOne(
  twin: Twin,
  state: DesiredState,
  experiment: Experiment,
  sending: Sending,
): Promise<Evidence> {
  const { inCopy, argv, from } = experiment;
  const began = sending.clock.now();
  const byImpostor = inCopy === 'namesake' || inCopy === 'stranger';
  const workloads = byImpostor ? NONE_UP : inCopy === 'all' ? ALL_UP : state.workloads;
  await rebuild(twin.mesh, { ...state, workloads }, { afresh: true, ...sending });
  if (byImpostor) {
    await twin.impostors(sending.signal);
    await impersonate(twin.kube, twin.names, inCopy);
  }
  const probe = twin.mesh.start(argv, sending.signal, from);
  const evidence = byImpostor ? await answerOf(probe) : await probe.evidence;
  noted(experiment, sending.clock.now() - began);
  return evidence;
}

function noted({ argv, inCopy }: Experiment, milliseconds: number): void {
  log('search', `${Math.round(milliseconds)} ms, ${inCopy ?? 'as it is'}: curl ${argv.join(' ')}`);
}

/** Nobody follows an impostor's log. */
async function answerOf({ answer }: RunningProbe): Promise<Evidence> {
  const unread = { read: false, why: 'an impostor answers' } as const;
  return { provider: 'sandbox', curl: await answer, sidecar: unread, api: unread };
}
