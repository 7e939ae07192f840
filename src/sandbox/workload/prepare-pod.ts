/** What becomes of a Pod before it is stored, whoever makes it: Istio's injection, the API's defaults, a node. */
import type { Store } from '../api-server/store.ts';
import { podDefaults } from './defaults.ts';
import { wantsSidecar, webhookOf, withSidecar } from './injection.ts';
import type { Pod } from './kube-types.ts';
import { NODE } from './pod-status.ts';

/** As many as a node of kind has room for; a Deployment that wants a million must not take the sandbox with it. */
export const MAX_PODS = 110;

/** In a quota's words: that is what keeps Deployments from growing on a real cluster. */
export class QuotaExceeded extends Error {
  constructor({ metadata: { name, generateName } }: Pod) {
    super(
      `pods "${name || generateName}" is forbidden: exceeded quota: sandbox, requested: pods=1, used: pods=${MAX_PODS}, limited: pods=${MAX_PODS}`,
    );
  }
}

/** Istio's injector cannot make sense of the pod's annotations; the API server's words for that. */
export class InjectionDenied extends Error {
  constructor(webhook: string, cause: Error) {
    const why = `failed to run injection template: ${cause.message}`;
    super(`admission webhook "${webhook}" denied the request: ${why}`, { cause });
  }
}

/** @throws QuotaExceeded, InjectionDenied: with words for whoever made the pod */
export type PreparePod = (pod: Pod) => Pod;

export function podPreparation(store: Store): PreparePod {
  return pod => {
    if (store.list('pods').length >= MAX_PODS) throw new QuotaExceeded(pod);
    const namespace = pod.metadata.namespace ?? '';
    const labels = store.get('namespaces', null, namespace)?.metadata.labels ?? {};
    const whole = wantsSidecar(namespace, labels, pod) ? injected(pod, labels) : pod;
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

function injected(pod: Pod, ofNamespace: Readonly<Record<string, string>>): Pod {
  try {
    return withSidecar(pod);
  } catch (error) {
    throw new InjectionDenied(webhookOf(ofNamespace, pod.metadata.labels ?? {}) ?? '', error as Error);
  }
}
