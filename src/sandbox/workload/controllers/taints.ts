/**
 * Whether a pod tolerates what the node is tainted with. Sources: kubernetes 1.34,
 * pkg/scheduler/framework/plugins/{nodeunschedulable,tainttoleration}, component-helpers/scheduling/corev1/helpers.go
 */
import type { PodSpec } from '../kube-types.ts';

export interface Taint {
  readonly key: string;
  readonly value?: string;
  readonly effect: string;
  readonly timeAdded?: string;
}

interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
}

/** What the controller of nodes puts on a cordoned one. */
export const UNSCHEDULABLE = 'node.kubernetes.io/unschedulable';

/** Why the scheduler keeps a pod off a node; null: it does not for this. */
export function repels(
  spec: PodSpec,
  {
    taints = [],
    unschedulable = false,
  }: { readonly taints?: readonly Taint[]; readonly unschedulable?: boolean },
): string | null {
  const tolerations = (spec.tolerations ?? []) as readonly Toleration[];
  const isTolerated = (taint: Taint) => tolerations.some(each => tolerates(each, taint));
  if (unschedulable && !isTolerated({ key: UNSCHEDULABLE, effect: 'NoSchedule' }))
    return 'node(s) were unschedulable';
  const taint = taints.find(each => each.effect !== 'PreferNoSchedule' && !isTolerated(each));
  return taint === undefined ? null : `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
}

function tolerates(
  { key = '', operator = 'Equal', value = '', effect = '' }: Toleration,
  taint: Taint,
): boolean {
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  return operator === 'Exists' || (key !== '' && value === (taint.value ?? ''));
}
