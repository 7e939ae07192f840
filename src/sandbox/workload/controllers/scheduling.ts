/**
 * Whether the node takes a pod, and the scheduler's words if it does not. Source: kubernetes 1.34,
 * pkg/scheduler/framework/plugins (the first that refuses is reported), pkg/scheduler/framework/types.go (FitError).
 * Left out: volumes' topology, spreading over several nodes, preemption by priority. Pure.
 */
import { quantity } from '../../quantity.ts';
import type { Pod, PodSpec } from '../kube-types.ts';
import { selectsLabels } from '../kube-types.ts';
import { NODE, type NodeView } from '../node.ts';
import { repels } from './taints.ts';

interface Requirement {
  key: string;
  operator: string;
  values?: string[];
}

interface AffinityTerm {
  labelSelector?: Parameters<typeof selectsLabels>[0];
  namespaces?: string[];
  namespaceSelector?: object;
  topologyKey?: string;
}

interface PodAffinity {
  requiredDuringSchedulingIgnoredDuringExecution?: AffinityTerm[];
}

interface Affinity {
  nodeAffinity?: {
    requiredDuringSchedulingIgnoredDuringExecution?: {
      nodeSelectorTerms?: { matchExpressions?: Requirement[]; matchFields?: Requirement[] }[];
    };
  };
  podAffinity?: PodAffinity;
  podAntiAffinity?: PodAffinity;
}

/** What keeps a pod off the node. */
interface Refusal {
  readonly reasons: readonly string[];
  /** It would fit if other pods went. */
  readonly room?: true;
  /** The fault is in the pod itself, found before any node is looked at. */
  readonly ofPod?: true;
}

/** Null: it fits beside `others`, which are already on the node. `hasClaim`: whether there is a claim of that name. */
export function unschedulable(
  pod: Pod,
  others: readonly Pod[],
  node: NodeView,
  hasClaim: (name: string) => boolean = () => false,
): string | null {
  const refusal =
    claims(pod, hasClaim) ??
    taints(pod, node) ??
    placement(pod, node) ??
    ports(pod, others) ??
    resources(pod, others, node) ??
    spread(pod, node) ??
    neighbours(pod, others, node);
  if (refusal === null) return null;
  const told = refusal.reasons.map(each => (refusal.ofPod ? each : `1 ${each}`)).sort();
  const preemption = refusal.room
    ? 'No preemption victims found for incoming pod'
    : 'Preemption is not helpful for scheduling';
  const none = '0/1 nodes are available:';
  return `${none} ${told.join(', ')}. no new claims to deallocate, preemption: ${none} 1 ${preemption}.`;
}

/** No PersistentVolumeClaim is ever bound here. */
function claims({ spec }: Pod, hasClaim: (name: string) => boolean): Refusal | null {
  const claim = spec.volumes?.find(each => each.persistentVolumeClaim !== undefined)?.persistentVolumeClaim;
  if (claim === undefined) return null;
  const { claimName = '' } = claim as { claimName?: string };
  const why = hasClaim(claimName)
    ? 'pod has unbound immediate PersistentVolumeClaims'
    : `persistentvolumeclaim "${claimName}" not found`;
  return { reasons: [why], ofPod: true };
}

function taints({ spec }: Pod, node: NodeView): Refusal | null {
  const why = repels(spec, node);
  return why === null ? null : { reasons: [why] };
}

function placement({ spec }: Pod, { labels }: NodeView): Refusal | null {
  const selector = (spec.nodeSelector ?? {}) as Record<string, string>;
  const terms =
    affinityOf(spec).nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const fields = { 'metadata.name': NODE };
  const fits =
    selectsLabels({ matchLabels: selector }, labels) &&
    (terms === undefined ||
      terms.some(({ matchExpressions = [], matchFields = [] }) => {
        if (matchExpressions.length + matchFields.length === 0) return false;
        return (
          matchExpressions.every(each => meets(each, labels)) &&
          matchFields.every(each => meets(each, fields))
        );
      }));
  return fits ? null : { reasons: ["node(s) didn't match Pod's node affinity/selector"] };
}

function meets(requirement: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const { key, operator, values = [] } = requirement;
  if (operator !== 'Gt' && operator !== 'Lt')
    return selectsLabels({ matchExpressions: [requirement] }, labels);
  const [value, bound] = [Number(labels[key] ?? Number.NaN), Number(values[0])];
  return operator === 'Gt' ? value > bound : value < bound;
}

function hostPorts({ spec }: Pod): string[] {
  const all = [...(spec.initContainers ?? []), ...spec.containers].flatMap(each => each.ports ?? []);
  return all.flatMap(({ hostPort, protocol = 'TCP' }) => (hostPort ? [`${protocol}/${hostPort}`] : []));
}

function ports(pod: Pod, others: readonly Pod[]): Refusal | null {
  const taken = new Set(others.flatMap(hostPorts));
  if (!hostPorts(pod).some(each => taken.has(each))) return null;
  return { reasons: ["node(s) didn't have free ports for the requested pod ports"], room: true };
}

type Amounts = Record<string, number>;

/** Source: k8s.io/component-helpers/resource (PodRequests): sidecars count as containers, other inits one at a time. */
export function podRequests({ spec }: Pod): Amounts {
  const inits = spec.initContainers ?? [];
  const total: Amounts = {};
  const staying = [...spec.containers, ...inits.filter(each => each.restartPolicy === 'Always')];
  for (const each of staying)
    for (const [name, amount] of requestsOf(each)) total[name] = (total[name] ?? 0) + amount;
  for (const each of inits)
    for (const [name, amount] of requestsOf(each)) total[name] = Math.max(total[name] ?? 0, amount);
  return total;
}

function requestsOf({ resources: given }: PodSpec['containers'][number]): [string, number][] {
  const { requests = {}, limits = {} } = (given ?? {}) as Record<'limits' | 'requests', object | undefined>;
  return Object.entries({ ...limits, ...requests }).map(([name, text]) => [name, quantity(text) ?? 0]);
}

function resources(pod: Pod, others: readonly Pod[], { allocatable }: NodeView): Refusal | null {
  const wanted = Object.entries(podRequests(pod)).filter(([, amount]) => amount > 0);
  const used: Amounts = {};
  for (const other of others)
    for (const [name, amount] of Object.entries(podRequests(other))) used[name] = (used[name] ?? 0) + amount;
  const has = (name: string) => allocatable[name] ?? 0;
  const short = wanted.filter(([name, amount]) => amount > has(name) - (used[name] ?? 0));
  if (short.length === 0) return null;
  const never = short.some(([name, amount]) => amount > has(name));
  return { reasons: short.map(([name]) => `Insufficient ${name}`), ...(never ? {} : { room: true }) };
}

/** With one node every spread is even; but the node must have the label. */
function spread({ spec }: Pod, { labels }: NodeView): Refusal | null {
  const constraints = (spec.topologySpreadConstraints ?? []) as {
    topologyKey?: string;
    whenUnsatisfiable?: string;
  }[];
  const strict = constraints.filter(each => each.whenUnsatisfiable !== 'ScheduleAnyway');
  if (strict.every(each => Object.hasOwn(labels, each.topologyKey ?? ''))) return null;
  return { reasons: ["node(s) didn't match pod topology spread constraints (missing required label)"] };
}

function affinityOf(spec: PodSpec): Affinity {
  return (spec.affinity ?? {}) as Affinity;
}

function terms(spec: PodSpec, kind: 'podAffinity' | 'podAntiAffinity'): AffinityTerm[] {
  return affinityOf(spec)[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
}

/** Whether `other` is one of the pods that a term of `of` refers to. */
function means(
  { labelSelector, namespaces = [], namespaceSelector }: AffinityTerm,
  of: Pod,
  other: Pod,
): boolean {
  const own = namespaces.length === 0 && namespaceSelector === undefined;
  const there = other.metadata.namespace ?? '';
  const inNamespace = own
    ? there === of.metadata.namespace
    : namespaces.includes(there) || namespaceSelector !== undefined;
  return (
    inNamespace && labelSelector !== undefined && selectsLabels(labelSelector, other.metadata.labels ?? {})
  );
}

function neighbours(pod: Pod, others: readonly Pod[], { labels }: NodeView): Refusal | null {
  const here = ({ topologyKey = '' }: AffinityTerm) => Object.hasOwn(labels, topologyKey);
  const wants = terms(pod.spec, 'podAffinity');
  const found = wants.every(term => here(term) && others.some(other => means(term, pod, other)));
  // The first of its kind may come if it satisfies its own term.
  const first =
    wants.every(term => here(term) && means(term, pod, pod)) &&
    !wants.some(term => others.some(other => means(term, pod, other)));
  if (!found && !first) return { reasons: ["node(s) didn't match pod affinity rules"] };
  const shuns = terms(pod.spec, 'podAntiAffinity').filter(here);
  if (shuns.some(term => others.some(other => means(term, pod, other)))) {
    return { reasons: ["node(s) didn't match pod anti-affinity rules"], room: true };
  }
  const shunned = others.some(other =>
    terms(other.spec, 'podAntiAffinity').some(term => here(term) && means(term, other, pod)),
  );
  return shunned
    ? { reasons: ["node(s) didn't satisfy existing pods anti-affinity rules"], room: true }
    : null;
}
