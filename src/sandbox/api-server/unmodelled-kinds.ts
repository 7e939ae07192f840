/**
 * Kinds that every cluster has and that nothing here acts on: they can be listed, and are empty or hold what an
 * installation leaves. Those that only say what somebody wants of the cluster are stored, with a Warning; those that
 * promise something to come, such as pods, are refused. Rarer kinds are in rare-kinds.ts.
 * Source: kubernetes 1.34, pkg/registry/*, and its printers (pkg/printers/internalversion).
 */
import { RARE } from './rare-kinds.ts';

export interface UnmodelledKind {
  readonly group: string;
  readonly versions?: readonly string[];
  readonly kind: string;
  readonly plural: string;
  readonly short?: readonly string[];
  readonly categories?: readonly string[];
  readonly namespaced?: false;
  /** Why none can be made or has an effect, and what there is instead. */
  readonly why: string;
  /** They can be made, and have no effect. */
  readonly stored?: true;
  readonly status?: true;
  /** The columns of a table after the name. Of a kind that is always empty nobody sees a cell; '': the tables' own. */
  readonly columns: string;
}

const STORAGE = 'the sandbox has no volumes but Secrets, ConfigMaps and emptyDir';
const PODS =
  'the sandbox runs the pods of Deployments, ReplicaSets of Deployments and Jobs only: make a Deployment';
const DOOR = 'the sandbox has no way in from outside, and no controller for this';

export const UNMODELLED: readonly UnmodelledKind[] = [
  {
    ...{ group: '', kind: 'ComponentStatus', plural: 'componentstatuses', short: ['cs'], namespaced: false },
    why: 'they are looked up, never stored',
    columns: '',
  },
  {
    ...{ group: '', kind: 'LimitRange', plural: 'limitranges', short: ['limits'] },
    why: "the sandbox's pods need nothing that could be limited",
    columns: '',
    stored: true,
  },
  {
    ...{ group: '', kind: 'PersistentVolume', plural: 'persistentvolumes', short: ['pv'], namespaced: false },
    why: STORAGE,
    columns: '',
    stored: true,
    status: true,
  },
  {
    ...{ group: '', kind: 'PersistentVolumeClaim', plural: 'persistentvolumeclaims', short: ['pvc'] },
    why: STORAGE,
    columns: '',
    stored: true,
    status: true,
  },
  {
    ...{ group: '', kind: 'PodTemplate', plural: 'podtemplates' },
    why: 'nothing in the sandbox makes pods of them',
    columns: '',
    stored: true,
  },
  {
    ...{ group: '', kind: 'ReplicationController', plural: 'replicationcontrollers', short: ['rc'] },
    ...{ categories: ['all'], why: PODS, columns: 'Desired|Current|Ready|Age' },
  },
  {
    ...{ group: '', kind: 'ResourceQuota', plural: 'resourcequotas', short: ['quota'] },
    why: 'the sandbox has one quota for all its namespaces, of 110 pods',
    columns: '',
    stored: true,
    status: true,
  },
  {
    ...{ group: 'apps', kind: 'ControllerRevision', plural: 'controllerrevisions' },
    why: 'they are made by the controllers of DaemonSets and StatefulSets, which the sandbox lacks',
    columns: 'Controller|Revision|Age',
  },
  {
    ...{
      group: 'apps',
      kind: 'DaemonSet',
      plural: 'daemonsets',
      short: ['ds'],
      categories: ['all'],
      why: PODS,
    },
    columns: 'Desired|Current|Ready|Up-to-date|Available|Node Selector|Age',
  },
  {
    ...{ group: 'apps', kind: 'StatefulSet', plural: 'statefulsets', short: ['sts'], categories: ['all'] },
    ...{ why: PODS, columns: 'Ready|Age' },
  },
  {
    ...{ group: 'autoscaling', versions: ['v2', 'v1'], kind: 'HorizontalPodAutoscaler' },
    ...{ plural: 'horizontalpodautoscalers', short: ['hpa'], categories: ['all'] },
    why: 'the sandbox measures no load: use kubectl scale',
    columns: 'Reference|Targets|MinPods|MaxPods|Replicas|Age',
  },
  {
    ...{
      group: 'certificates.k8s.io',
      kind: 'CertificateSigningRequest',
      plural: 'certificatesigningrequests',
    },
    ...{ short: ['csr'], namespaced: false },
    why: 'the sandbox signs no certificates for others',
    columns: 'Age|SignerName|Requestor|RequestedDuration|Condition',
  },
  {
    ...{ group: 'networking.k8s.io', kind: 'Ingress', plural: 'ingresses', short: ['ing'], why: DOOR },
    columns: '',
    stored: true,
    status: true,
  },
  {
    ...{
      group: 'networking.k8s.io',
      kind: 'IngressClass',
      plural: 'ingressclasses',
      namespaced: false,
      why: DOOR,
    },
    columns: '',
    stored: true,
  },
  {
    ...{ group: 'networking.k8s.io', kind: 'NetworkPolicy', plural: 'networkpolicies', short: ['netpol'] },
    why: "the sandbox's network lets every pod reach every other: what leaves a sidecar is decided by Istio's Sidecar",
    columns: '',
    stored: true,
  },
  {
    ...{ group: 'policy', kind: 'PodDisruptionBudget', plural: 'poddisruptionbudgets', short: ['pdb'] },
    why: 'the sandbox has one node, which is never drained',
    columns: '',
    stored: true,
    status: true,
  },
  {
    ...{ group: 'scheduling.k8s.io', kind: 'PriorityClass', plural: 'priorityclasses', short: ['pc'] },
    ...{ namespaced: false, why: 'the sandbox evicts no pod for another' },
    columns: '',
    stored: true,
  },
  {
    ...{ group: 'storage.k8s.io', kind: 'StorageClass', plural: 'storageclasses', short: ['sc'] },
    ...{ namespaced: false, why: STORAGE },
    columns: '',
    stored: true,
  },
  ...RARE,
];
