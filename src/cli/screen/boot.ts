/**
 * What the screens ask of the rest of the program. The first frame waits for none of it: the engine, the clusters and
 * what looks for them are loaded when they are asked for.
 */
import { parseAddress } from '../../course/address.ts';
import type { Course } from '../../course/course.ts';
import type { WorldSite } from '../../lesson/worlds.ts';
import type { Shelf } from '../../tui/screens/start/state.ts';
import type { Ask, Boot } from '../../tui/state/start-up.ts';
import { worldNames } from '../../world/names.ts';
import type { GlobalOptions } from '../globals.ts';

/** The course of each shelf. */
export type Shelves = Readonly<Record<Shelf, () => Promise<Course>>>;

export function bootOf(options: GlobalOptions, shelves: Shelves): Boot {
  const loaded = new Map<Shelf, Promise<Course>>();
  const course = (shelf: Shelf) => {
    const known = loaded.get(shelf) ?? shelves[shelf]();
    // The playground is another one whenever something was done in it.
    if (shelf !== 'playground') loaded.set(shelf, known);
    // What is wrong with it may have been mended when it is asked for again.
    known.catch(() => loaded.delete(shelf));
    return known;
  };
  const study = async (shelf: Shelf) => {
    const { studyFor } = await import('../open/study.ts');
    return studyFor(shelf, () => course('lessons'), options);
  };
  // One Cluster for each offer, since it keeps what it has found out: its Istio's version.
  const chosen = new Map<string, Promise<WorldSite>>();
  let asking: Ask = async () => false;
  const cluster = (on: string) => {
    const known = chosen.get(on) ?? choose(options, on, question => asking(question));
    chosen.set(on, known);
    known.catch(() => chosen.delete(on));
    return known;
  };
  return {
    async read(shelf) {
      const { startEngine } = await import('../open/engine.ts');
      const { learner = null, prefix } = options;
      const names = worldNames(learner, prefix);
      return startEngine(await course(shelf), null, names, options, await study(shelf));
    },
    async address(text, shelf) {
      const { lesson, ...step } = parseAddress(await course(shelf), text);
      return { lesson: lesson.id, ...step };
    },
    async exam() {
      const { examFacts } = await import('./exam-facts.ts');
      return examFacts(options);
    },
    async find(signal, all) {
      const { findOffers } = await import('./offers.ts');
      return findOffers(options, cluster, signal, all);
    },
    async make(offer, progress, ask, signal) {
      asking = ask;
      await (await cluster(offer.id)).cluster.up(progress, signal);
    },
    async connect(offer, ask, signal, shelf) {
      asking = ask;
      const site = await cluster(offer.id);
      const [{ ownSandbox }, { rememberOffer }, { startEngine }] = await Promise.all([
        import('../open/cluster.ts'),
        import('./offers.ts'),
        import('../open/engine.ts'),
      ]);
      // Before the wait: the choice holds even when the learner quits at once.
      rememberOffer(options, offer.id);
      await ownSandbox(site.cluster, signal);
      const known = await study(shelf);
      return startEngine(await course(shelf), site.cluster, site.names, options, known);
    },
  };
}

/** `--name` is kind's alone, and another place may be chosen on the screen. */
async function choose(options: GlobalOptions, on: string, ask: Ask): Promise<WorldSite> {
  const { openCluster } = await import('../open/cluster.ts');
  const name = on === 'kind' ? options.name : undefined;
  return openCluster({ ...options, on, name }, { ask });
}
