/** What happens to a Pod before it is stored, whoever creates it: Istio's injection, the API's defaults, a node. */
import type { Store } from '../../api-server/store.ts';
import { isForOurScheduler, whyUnscheduled } from '../controllers/scheduler.ts';
import type { Pod } from '../kube-types.ts';
import { MAX_PODS, NODE } from '../node.ts';
import { podDefaults } from './defaults.ts';
import { wantsSidecar, webhookOf, withSidecar } from './injection.ts';

/** The API server's own admission refuses the pod. */
export class PodForbidden extends Error {
  constructor({ metadata: { name, generateName } }: Pod, why: string) {
    super(`pods "${name || generateName}" is forbidden: ${why}`);
  }
}

/** In the words of a quota, which is what limits Deployments on a real cluster. */
class QuotaExceeded extends PodForbidden {
  constructor(pod: Pod) {
    super(
      pod,
      `exceeded quota: sandbox, requested: pods=1, used: pods=${MAX_PODS}, limited: pods=${MAX_PODS}`,
    );
  }
}

/**
 * Something that a pod names but nobody has created. Source: plugin/pkg/admission/{serviceaccount,priority},
 * runtimeclass.
 */
function unknownReference(store: Store, namespace: string, account: string, { spec }: Pod): string | null {
  if (!store.get('serviceaccounts', namespace, account)) {
    return `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`;
  }
  const { priorityClassName, runtimeClassName } = spec;
  if (priorityClassName && priorityClass(store, priorityClassName) === undefined) {
    return `no PriorityClass with name ${priorityClassName} was found`;
  }
  return runtimeClassName ? `pod rejected: RuntimeClass "${runtimeClassName}" not found` : null;
}

interface PriorityClass {
  readonly value?: number;
  readonly preemptionPolicy?: string;
}

function priorityClass(store: Store, name: unknown): PriorityClass | undefined {
  return store.get('priorityclasses.scheduling.k8s.io', null, String(name ?? '')) as
    | PriorityClass
    | undefined;
}

/** Istio's injector cannot parse the pod's annotations; with the API server's words for that. */
export class InjectionDenied extends Error {
  constructor(webhook: string, cause: Error) {
    const why = `failed to run injection template: ${cause.message}`;
    super(`admission webhook "${webhook}" denied the request: ${why}`, { cause });
  }
}

/** Throws PodForbidden or InjectionDenied, with a message for whoever creates the pod. */
export type PreparePod = (pod: Pod) => Pod;

export function podPreparation(store: Store): PreparePod {
  return pod => {
    const namespace = pod.metadata.namespace ?? '';
    const account = String(pod.spec.serviceAccountName ?? 'default');
    const unknown = unknownReference(store, namespace, account, pod);
    if (unknown !== null) throw new PodForbidden(pod, unknown);
    if (store.list('pods').length >= MAX_PODS) throw new QuotaExceeded(pod);
    const labels = store.get('namespaces', null, namespace)?.metadata.labels ?? {};
    const whole = wantsSidecar(namespace, labels, pod) ? injected(pod, labels) : pod;
    const priority = priorityClass(store, whole.spec.priorityClassName);
    const prepared: Pod = {
      ...whole,
      spec: {
        ...podDefaults(whole.spec),
        preemptionPolicy: priority?.preemptionPolicy ?? 'PreemptLowerPriority',
        priority: priority?.value ?? 0,
        serviceAccount: account,
        serviceAccountName: account,
      },
      status: { phase: 'Pending' },
    };
    const isPlaced = prepared.spec.nodeName !== undefined || !isForOurScheduler(prepared);
    if (isPlaced || whyUnscheduled(store, prepared) !== null) return prepared;
    return { ...prepared, spec: { ...prepared.spec, nodeName: NODE } };
  };
}

function injected(pod: Pod, ofNamespace: Readonly<Record<string, string>>): Pod {
  try {
    return withSidecar(pod);
  } catch (error) {
    throw new InjectionDenied(webhookOf(ofNamespace, pod.metadata.labels ?? {}) ?? '', error as Error);
  }
}
