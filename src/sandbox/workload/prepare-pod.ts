/** What becomes of a Pod before it is stored, whoever makes it: Istio's injection, the API's defaults, a node. */
import type { Store } from '../api-server/store.ts';
import { podDefaults } from './defaults.ts';
import { wantsSidecar, withSidecar } from './injection.ts';
import type { Pod } from './kube-types.ts';
import { NODE } from './pod-status.ts';

/** @throws Error with words for whoever made the pod */
export type PreparePod = (pod: Pod) => Pod;

export function podPreparation(store: Store): PreparePod {
  return pod => {
    const namespace = pod.metadata.namespace ?? '';
    const labels = store.get('namespaces', null, namespace)?.metadata.labels ?? {};
    const whole = wantsSidecar(namespace, labels, pod) ? withSidecar(pod) : pod;
    return {
      ...whole,
      spec: {
        ...podDefaults(whole.spec),
        nodeName: NODE,
        preemptionPolicy: 'PreemptLowerPriority',
        priority: 0,
        serviceAccount: whole.spec.serviceAccountName ?? 'default',
        serviceAccountName: whole.spec.serviceAccountName ?? 'default',
      },
      status: { phase: 'Pending' },
    };
  };
}
