/**
 * Where the mesh can run on this machine, a line each, for the welcome screen: the sandbox always, kind where
 * Docker is there, and the contexts that have Istio. Looks only; nothing is made.
 */
import { rememberChoice, rememberedChoice } from '../../cluster/choice.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { diagnose } from '../../cluster/doctor.ts';
import { lookAtContexts } from '../../cluster/doctor-contexts.ts';
import type { WorldSite } from '../../lesson/worlds.ts';
import { paths } from '../../shared/paths.ts';
import { onPath } from '../../shared/tool.ts';
import type { Offer } from '../../tui/screens/start/state.ts';
import type { Health } from '../../world/health.ts';
import type { GlobalOptions } from '../globals.ts';

/** What --on names, or the place that was chosen last, alone; else, or with `all`, everything there is. */
export async function findOffers(
  options: GlobalOptions,
  cluster: (on: string) => Promise<WorldSite>,
  signal: AbortSignal,
  all = false,
): Promise<Offer[]> {
  const wanted = all ? null : (options.on ?? rememberedChoice(paths(options.state)));
  if (wanted !== null) {
    const { cluster: one } = await cluster(wanted);
    const health = await one.health(signal);
    // What was chosen last may be gone, and is then not offered; what --on names always is.
    if (options.on !== undefined || one.can.kind === 'sandbox' || health.state !== 'absent') {
      return [offerOf(one, wanted, health)];
    }
  }
  return allOffers((await cluster('kind')).cluster, signal);
}

/** For the next time. What --on named holds for this once. */
export function rememberOffer({ on, state }: GlobalOptions, id: string): void {
  if (on === undefined) rememberChoice(paths(state), id);
}

/** What one cluster is good for now, under the name that --on takes. */
function offerOf(cluster: Cluster, id: string, health: Health): Offer {
  if (cluster.can.kind === 'sandbox') return sandboxOffer();
  if (health.state === 'ready') return { id, note: cluster.name, ready: true };
  const note =
    cluster.can.kind === 'kind'
      ? 'a real cluster with real Istio, made in Docker; about 90 s'
      : `${cluster.name}: the lab world is not there yet`;
  if (health.state === 'absent') return { id, note, ready: false };
  return {
    id,
    note,
    ready: false,
    problem: {
      what: `${cluster.name} does not work.`,
      why: health.why,
      detail: health.detail,
      next: ['istio-tutor doctor', '--on sandbox   needs nothing'],
    },
  };
}

/** Everything that there is to choose from, the quickest first. `kind` is the cluster that it would be. */
async function allOffers(kind: Cluster, signal: AbortSignal): Promise<Offer[]> {
  const [kinds, contexts] = await Promise.all([kindOffers(kind, signal), contextOffers(signal)]);
  return [sandboxOffer(), ...kinds, ...contexts];
}

function sandboxOffer(): Offer {
  const note = onPath('curl')
    ? 'ready now, in this process; no Docker needed'
    : 'ready now, in this process; but curl is missing here, so no call can be sent';
  return { id: 'sandbox', note, ready: true };
}

/** Left out where there is no docker command: the doctor says how to get it. */
async function kindOffers(kind: Cluster, signal: AbortSignal): Promise<Offer[]> {
  if (!onPath('docker')) return [];
  const health = await kind.health(signal);
  if (health.state !== 'absent') return [offerOf(kind, 'kind', health)];
  const { findings } = await diagnose({ contexts: false, signal });
  const lacks = findings.filter(each => each.needed && each.state === 'missing').map(each => each.id);
  const note =
    lacks.length === 0
      ? 'a real cluster with real Istio; Docker is running, about 90 s'
      : `a real cluster with real Istio; not yet: ${lacks.join(', ')} (istio-tutor doctor)`;
  return [{ id: 'kind', note, ready: false }];
}

async function contextOffers(signal: AbortSignal): Promise<Offer[]> {
  const contexts = (await lookAtContexts(signal)).filter(one => one.state === 'istio');
  return contexts.map(one => ({
    id: `context=${one.name}`,
    note: `a cluster that you have: Istio ${one.istio ?? 'found'}`,
    ready: false,
  }));
}
