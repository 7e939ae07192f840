/** An engine with everything real: progress and lock in the data folder, files in the learner's, a cluster or none. */
import { join } from 'node:path';
import type { Cluster } from '../../cluster/cluster.ts';
import { alsoTriedIn } from '../../counterexample/also-tried.ts';
import type { Course } from '../../course/course.ts';
import { type CourseOf, courseOf } from '../../course/course-of.ts';
import { courseProgress } from '../../lesson/course-progress.ts';
import { createEngine } from '../../lesson/engine.ts';
import { takeProgressLock } from '../../lesson/lock.ts';
import { openProgress, type ProgressFile } from '../../lesson/progress.ts';
import type { Engine, Study } from '../../lesson/state.ts';
import { openWorkspace } from '../../lesson/workspace.ts';
import { plannerOn } from '../../plan/planner.ts';
import { systemClock } from '../../shared/clock.ts';
import type { Lock } from '../../shared/lock.ts';
import { paths, workDir } from '../../shared/paths.ts';
import type { WorldNames } from '../../world/names.ts';
import type { GlobalOptions } from '../globals.ts';
import { stderr } from '../print/out.ts';
import { openTranscript } from '../transcript.ts';

interface Held {
  users: number;
  readonly lock: Promise<Lock>;
}

/** How many engines of this process share its one lock, and how to give it back. */
let held: Held | null = null;

/**
 * Throws a UserError when another istio-tutor holds the data folder. Without a cluster the lessons can be read.
 * The Kubernetes client, with all that a mesh needs, is loaded when the engine first connects: the lessons can be read
 * before that.
 */
export async function startEngine(
  course: Course,
  cluster: Cluster | null,
  names: WorldNames,
  options: Pick<GlobalOptions, 'state' | 'work' | 'transcript'>,
  study?: Study,
): Promise<Engine> {
  const place = paths(options.state);
  const of = course.folder === undefined ? null : await courseOf(course.folder);
  // Before the lock is taken: a mistake on the command line leaves none behind.
  const { transcript: file } = options;
  const transcript = cluster === null || file === undefined ? null : openTranscript(file, () => new Date());
  const isPlay = course.lessons.some(each => each.playground !== undefined);
  const play = isPlay ? await (await import('./playground.ts')).openPlay(options) : null;
  const { release, isLost } = await hold(place.lock);
  const drills = course.lessons.some(each => each.drill !== undefined);
  const work = join(workDir(options.work), of?.folder ?? '');
  const alsoTried = drills && cluster !== null ? alsoTriedIn(cluster, names) : undefined;
  const engine = await createEngine({
    alsoTried,
    study,
    planner: cluster === null ? undefined : plannerOn(cluster),
    // A playground changes while it is open.
    get course() {
      return play?.home.course ?? course;
    },
    get names() {
      return play?.home.namesIn(names) ?? names;
    },
    played: play?.home,
    cluster,
    async connect(which, signal) {
      if (play !== null) return play.connect(which, names, signal);
      const { openMesh } = await import('../../lesson/open-mesh.ts');
      return openMesh(which, names, signal, { ways: true });
    },
    clock: systemClock,
    progress:
      play?.progress ??
      (await progressFor(drills ? place.drills : place.progress, { of, isLost }, { course, cluster, names })),
    workspace: openWorkspace(drills ? join(work, 'drills') : work),
    async release() {
      await alsoTried?.close();
      await release();
      const failure = transcript?.finish() ?? null;
      if (failure !== null) stderr.write(`The transcript is incomplete. ${failure}\n`);
    },
  });
  transcript?.follow(engine);
  return engine;
}

/** The last store of each file: the engine that follows, once the cluster is there, goes on with it. */
const opened = new Map<string, ProgressFile>();

/** In a workshop the instructor's board is told as well, for which the Kubernetes client is loaded. */
async function progressFor(
  path: string,
  { of, isLost }: { readonly of: CourseOf | null; readonly isLost: () => boolean },
  { course, cluster, names }: { course: Course; cluster: Cluster | null; names: WorldNames },
) {
  const file = await openProgress(path, opened.get(path), isLost);
  opened.set(path, file);
  const store = courseProgress(file, of);
  if (cluster?.can.workshop !== true) return store;
  const [{ sharedProgress }, { connect }] = await Promise.all([
    import('../../lesson/shared-progress.ts'),
    import('../../kube/client.ts'),
  ]);
  const kube = connect(cluster.kubeconfig);
  return sharedProgress(store, { course, names, connect: () => kube, now: () => new Date() });
}

async function hold(path: string): Promise<{ release: () => Promise<void>; isLost: () => boolean }> {
  held ??= { users: 0, lock: takeProgressLock(path) };
  const mine = held;
  mine.users++;
  let lock: Lock;
  try {
    lock = await mine.lock;
  } catch (error) {
    held = null;
    throw error;
  }
  const release = async () => {
    mine.users--;
    if (mine.users > 0) return;
    held = null;
    await lock.release();
  };
  return { release, isLost: lock.isLost };
}
