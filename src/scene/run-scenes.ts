/**
 * Runs many scenes side by side: in the sandbox each in one of its own, elsewhere in worlds that are made once, used by one
 * scene after the other, and removed at the end.
 */
import { rm } from 'node:fs/promises';
import type { Scene } from '../course/scene.ts';
import { removeWorlds, type WorldSite } from '../lesson/worlds.ts';
import type { Clock } from '../shared/clock.ts';
import { asTutorError, BugError, Interrupted, type TutorError } from '../shared/errors.ts';
import { type Progress, SILENT } from '../shared/progress.ts';
import { makeTempFolder, sandboxFolders } from '../shared/temp-folder.ts';
import { type RunOptions, runScene, type SceneOutcome } from './run-scene.ts';
import { openScene } from './scene-mesh.ts';

export interface SceneReport {
  readonly scene: Scene;
  readonly seconds: number;
  /** Null where it did not get to its end: `error` says why. */
  readonly outcome: SceneOutcome | null;
  readonly error: TutorError | null;
}

/** Where a scene is run: brought up before it, and let go after it. */
export interface Place {
  take(
    scene: Scene,
    progress: Progress,
    signal: AbortSignal,
  ): Promise<{ site: WorldSite; end(): Promise<void> }>;
}

interface RunAll extends Omit<RunOptions, 'signal'> {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Called in the scenes' order. */
  readonly onDone: (report: SceneReport) => void;
  /** What a scene is at. */
  readonly progressOf: (scene: Scene) => { readonly progress: Progress; done(): void };
}

/** The reports, in the order of `scenes`. Throws what interrupts, and bugs; a cluster's trouble is in the report. */
export async function runScenes(
  places: readonly Place[],
  scenes: readonly Scene[],
  options: RunAll,
): Promise<readonly SceneReport[]> {
  const { clock, signal, onDone, progressOf } = options;
  const reports = new Map<Scene, SceneReport>();
  let told = 0;
  const tell = () => {
    for (;;) {
      const report = reports.get(scenes[told] as Scene);
      if (report === undefined) return;
      told++;
      onDone(report);
    }
  };
  const queue = [...scenes];
  const work = async (place: Place) => {
    for (let scene = queue.shift(); scene !== undefined; scene = queue.shift()) {
      signal.throwIfAborted();
      const began = clock.now();
      const { progress, done } = progressOf(scene);
      try {
        const { outcome, error } = await attempt(place, scene, progress, options);
        reports.set(scene, { scene, outcome, error, seconds: (clock.now() - began) / 1000 });
      } finally {
        done();
      }
      tell();
    }
  };
  // Each lets its world go before anything is thrown: the process ends then.
  const ended = await Promise.allSettled(places.map(work));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
  return scenes.flatMap(scene => reports.get(scene) ?? []);
}

async function attempt(
  place: Place,
  scene: Scene,
  progress: Progress,
  options: RunAll,
): Promise<Pick<SceneReport, 'outcome' | 'error'>> {
  const { signal } = options;
  try {
    const { site, end } = await place.take(scene, progress, signal);
    try {
      const mesh = await openScene(site.cluster, site.names, scene, progress, signal);
      try {
        return { outcome: await runScene(mesh, scene, site.names, options), error: null };
      } finally {
        mesh.close();
      }
    } finally {
      await end();
    }
  } catch (error) {
    signal.throwIfAborted();
    const known = asTutorError(error);
    if (known instanceof BugError || known instanceof Interrupted) throw error;
    return { outcome: null, error: known };
  }
}

/** A sandbox for each scene, of which nothing is left afterwards. `open`: for a data folder, with the lab's world or bare. */
export function sandboxPlace(open: (state: string, bare: boolean) => Promise<WorldSite>): Place {
  return {
    async take(scene, progress, signal) {
      // What is left of it after a kill -9 is removed by the next sandbox.
      const state = await makeTempFolder(`${sandboxFolders()}${process.pid}-`);
      const forget = () => rm(state, { recursive: true, force: true });
      try {
        const site = await open(state, scene.world !== null);
        const end = async () => {
          // After Ctrl-C as well, so not by the signal that it has aborted.
          await site.cluster.down(SILENT, new AbortController().signal);
          await forget();
        };
        try {
          await site.cluster.up(progress, signal);
        } catch (error) {
          await end();
          throw error;
        }
        return { site, end };
      } catch (error) {
        await forget();
        throw error;
      }
    },
  };
}

/** Worlds on a cluster that is there. They are up before the first scene, and removed after the last. */
export async function inWorlds<T>(
  sites: readonly [WorldSite, ...WorldSite[]],
  progress: (work: (progress: Progress) => Promise<void>) => Promise<unknown>,
  signal: AbortSignal,
  work: (places: readonly Place[]) => Promise<T>,
): Promise<T> {
  try {
    await progress(async shown => {
      for (const { cluster } of sites) await cluster.up(shown, signal);
    });
    return await work(sites.map(site => ({ take: async () => ({ site, end: async () => {} }) })));
  } finally {
    await removeWorlds(
      sites[0].cluster,
      sites.map(({ names }) => names),
    );
  }
}
