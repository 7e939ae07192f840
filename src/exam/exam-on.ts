/** An exam on a cluster: its questions' worlds, what lies beside them, and the file that it is kept in. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import { namespacedKubeconfig } from '../cluster/namespaced-kubeconfig.ts';
import { openSearcher } from '../counterexample/also-tried.ts';
import type { Drill } from '../course/course.ts';
import { connect } from '../kube/client.ts';
import { type Watched, watchObjects } from '../kube/watch.ts';
import { openWorkspace } from '../lesson/workspace.ts';
import { systemClock } from '../shared/clock.ts';
import { UserError } from '../shared/errors.ts';
import { log } from '../shared/log.ts';
import { tilde } from '../shared/paths.ts';
import type { WorldNames } from '../world/names.ts';
import { Exam } from './exam.ts';
import type { ExamDeps } from './exam-deps.ts';
import { type ExamState, writeExam } from './exam-state.ts';
import { QuestionWorld } from './question-world.ts';
import { seenAmong, seenKinds, seenObjects } from './seen-objects.ts';
import { SharedObjects } from './shared-objects.ts';

/**
 * The exam on this cluster, as it was begun or goes on. `file` is where its state is kept, `folder` is the candidate's,
 * `kubeconfig` the file for the candidate's kubectl. Throws a UserError when that one cannot be written.
 */
export function examOn(
  cluster: Cluster,
  base: WorldNames,
  state: ExamState,
  drills: readonly Drill[],
  {
    file,
    folder,
    kubeconfig,
    isLost,
  }: {
    readonly file: string;
    readonly folder: string;
    readonly kubeconfig: string;
    readonly isLost: () => boolean;
  },
): Exam {
  const place = { cluster, base, exam: state.id };
  const searcher = openSearcher();
  const common = {
    ...{ ...place, clock: systemClock, workspace: openWorkspace(folder), kubeconfig, searcher },
    verdicts: state.training,
  };
  const worlds = drills.map(
    (drill, i) => new QuestionWorld(common, drill, i + 1, state.questions[i]?.folder),
  );
  const isOwned = (namespace: string) => worlds.some(each => each.owns(namespace));
  const quick = cluster.can.kind === 'sandbox';
  const mustHold = () => {
    if (isLost()) throw takenOver(file);
  };
  const forKubectl = namespacedKubeconfig(kubeconfig, cluster.kubeconfig);
  const pointAt = (namespace: string) => {
    try {
      forKubectl.use(namespace);
    } catch (error) {
      // kubectl -n does without it; an exam does not end for that.
      log('exam', `${kubeconfig}: ${(error as Error).message}`);
    }
  };
  return new Exam(
    {
      ...{ worlds, provider: cluster.name, now: Date.now, monotonic: () => performance.now() },
      async save(now) {
        mustHold();
        await writeExam(file, now, mustHold);
      },
      ...(quick ? { atOnce: 4, ahead: 1, fleeting: fleetingOn(cluster) } : { atOnce: 2, ahead: 2 }),
      onBegin: () => forKubectl.use(base.mesh),
      onOpen: number => pointAt(worlds[number - 1]?.names.mesh ?? base.mesh),
      onEnd() {
        forKubectl.remove();
        void searcher.close();
      },
      beside: new SharedObjects({ ...place, isOwned, namespaces: quick ? null : [base.outside] }),
    },
    state,
  );
}

/** A sandbox is gone with its process: all that is in it is watched. */
function fleetingOn(cluster: Cluster): NonNullable<ExamDeps['fleeting']> {
  const kinds = seenKinds(cluster);
  let watched: Watched | null = null;
  return {
    async watch(onChange, signal) {
      watched = watchObjects(await connect(cluster.kubeconfig), kinds, onChange, signal);
    },
    async all(afresh) {
      const known = afresh ? null : watched?.objects();
      return known ? seenAmong(known) : seenObjects(await connect(cluster.kubeconfig), null, kinds);
    },
  };
}

/** What is said where `isLost`: the lock of `file` was taken by another process meanwhile, or is gone with its folder. */
export function takenOver(file: string): UserError {
  const folder = dirname(file);
  if (!existsSync(folder))
    return new UserError({
      what: 'The exam cannot be saved any more.',
      why: `The folder ${tilde(folder)} is gone: somebody has removed or moved it.`,
      next: ['moved: put it back, and istio-tutor exam goes on from what was saved by then'],
    });
  return new UserError({
    what: 'Another istio-tutor has taken the exam over, while this one stood still.',
    why: 'It goes on from what was saved by then; nothing was written over it.',
    next: ['go on in its terminal'],
  });
}
