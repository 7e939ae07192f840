/**
 * What happens to the node when it is cordoned: it carries the taint that its controller puts there.
 * Source: kubernetes/pkg/controller/nodelifecycle/node_lifecycle_controller.go (doNoScheduleTaintingPass)
 */
import type { Admission } from '../../rooms.ts';
import { isoSeconds } from '../../time.ts';
import { type Taint, UNSCHEDULABLE } from '../controllers/taints.ts';

interface NodeSpec {
  readonly unschedulable?: boolean;
  readonly taints?: readonly Taint[];
}

/** `now` gives milliseconds since the epoch. */
export function nodeAdmission(now: () => number): Admission {
  return ({ operation, resource, object }) => {
    if (resource !== 'nodes' || operation !== 'UPDATE') return {};
    const { taints: given = [], ...spec } = (object.spec ?? {}) as NodeSpec;
    const others = given.filter(each => each.key !== UNSCHEDULABLE);
    const own = given.filter(each => each.key === UNSCHEDULABLE);
    const fresh: Taint = { key: UNSCHEDULABLE, effect: 'NoSchedule', timeAdded: isoSeconds(now()) };
    const cordoned = spec.unschedulable ? [own[0] ?? fresh] : [];
    const taints = [...others, ...cordoned];
    const evicts = others.some(each => each.effect === 'NoExecute');
    return {
      object: { ...object, spec: { ...spec, ...(taints.length > 0 ? { taints } : {}) } },
      ...(evicts && {
        warnings: ['spec.taints: NoExecute keeps new pods off; the sandbox ends none that run already'],
      }),
    };
  };
}
