import { connect } from '../../../kube/client.ts';
import { UserError } from '../../../shared/errors.ts';
import { type LearnerStatus, learnersOf, statusOf } from '../../../workshop/workshop.ts';
import { type GlobalOptions, sameAgain } from '../../globals.ts';
import { openCluster } from '../../open/cluster.ts';
import { refuseLearner, sharedPlace } from './flags.ts';

/** What looks at all learners of the workshop, as often as it is called. It throws a UserError where there are none. */
export async function lookAtLearners(
  options: GlobalOptions,
): Promise<() => Promise<readonly LearnerStatus[]>> {
  refuseLearner(options);
  const on = sharedPlace(options);
  const { cluster } = await openCluster({ ...options, on });
  const kube = await connect(cluster.kubeconfig);
  return async () => {
    const learners = await learnersOf(kube);
    if (learners.length === 0) {
      throw new UserError({
        what: `There is no workshop on ${cluster.name}.`,
        next: [`istio-tutor workshop up${sameAgain({ ...options, on })} --learners ana,ben`],
      });
    }
    return Promise.all(learners.map(each => statusOf(kube, each)));
  };
}
