import { connect } from '../../../kube/client.ts';
import { learnersOf } from '../../../workshop/workshop.ts';
import { removeWorld } from '../../../world/bring-up.ts';
import type { GlobalOptions } from '../../globals.ts';
import { openCluster } from '../../open/cluster.ts';
import { commandProgress } from '../../print/command-progress.ts';
import { printJson, stdout } from '../../print/out.ts';
import { interruptSignal } from '../../process/interrupt.ts';
import { refuseLearner, sharedPlace } from './flags.ts';

export async function workshopDown(options: GlobalOptions): Promise<void> {
  refuseLearner(options);
  const signal = interruptSignal();
  const { cluster } = await openCluster({ ...options, on: sharedPlace(options) });
  const kube = await connect(cluster.kubeconfig);
  const learners = await learnersOf(kube);
  await commandProgress(options, async progress => {
    progress.stage(`Removing the worlds of ${learners.length} learners`);
    await Promise.all(
      learners.map(({ names }) =>
        removeWorld(kube, names, { stage: () => {}, line: progress.line.bind(progress) }, signal),
      ),
    );
  });
  const gone = learners.map(each => each.names.learner);
  if (options.json) printJson({ removed: gone }, 0);
  else if (gone.length === 0) stdout.write('There is no workshop on this cluster; nothing to remove.\n');
  else stdout.write(`Removed: ${gone.join(', ')}. Their kubeconfigs no longer work, and may be deleted.\n`);
}
