/** The plan, as the lessons' engine asks for it. What it is made of, istiod's translation among it, is loaded when it is first needed. */
import type { Kubeconfig } from '../kube/client.ts';
import type { Planner } from '../lesson/planning.ts';

export function plannerOn(cluster: { readonly kubeconfig: Kubeconfig }): Planner {
  return {
    async calls(place, changes, now, signal) {
      const [{ connect }, { planChanges }, { callsOf, refusals }] = await Promise.all([
        import('../kube/client.ts'),
        import('./plan.ts'),
        import('./words.ts'),
      ]);
      const kube = await connect(cluster.kubeconfig);
      const plan = await planChanges(kube, place, changes, now, signal);
      return {
        caller: `${place.from} in ${place.namespace}`,
        refused: refusals(plan.objects),
        calls: callsOf(plan.differences),
        unexplained: callsOf(plan.unexplained),
      };
    },
  };
}
