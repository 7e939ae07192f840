/** Kubernetes' own objects, as far as the workload room reads and writes them. Source: k8s.io/api/{core,apps}/v1. */
import type { Metadata, Resource } from '../../istio/resource.ts';

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface Probe {
  tcpSocket?: { port?: number | string };
  httpGet?: {
    port?: number | string;
    path?: string;
    scheme?: string;
    host?: string;
    httpHeaders?: { name: string; value: string }[];
  };
  exec?: unknown;
  [key: string]: unknown;
}

export interface VolumeMount {
  name: string;
  mountPath: string;
  subPath?: string;
  readOnly?: boolean;
}

export interface Container {
  name: string;
  image?: string;
  command?: string[];
  args?: string[];
  env?: { name: string; value?: string; valueFrom?: unknown }[];
  ports?: { name?: string; containerPort: number; hostPort?: number; protocol?: string }[];
  readinessProbe?: Probe;
  restartPolicy?: string;
  volumeMounts?: VolumeMount[];
  [key: string]: unknown;
}

interface KeyToPath {
  key: string;
  path: string;
}

export interface Volume {
  name: string;
  secret?: { secretName?: string; items?: KeyToPath[]; optional?: boolean; [key: string]: unknown };
  configMap?: { name?: string; items?: KeyToPath[]; optional?: boolean; [key: string]: unknown };
  [key: string]: unknown;
}

export interface PodSpec {
  containers: Container[];
  initContainers?: Container[];
  ephemeralContainers?: Container[];
  volumes?: Volume[];
  hostAliases?: { ip?: string; hostnames?: string[] }[];
  hostNetwork?: boolean;
  [key: string]: unknown;
}

export interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
  [key: string]: unknown;
}

export interface ContainerStatus {
  name: string;
  ready: boolean;
  restartCount: number;
  state: {
    running?: object;
    waiting?: { reason: string; message?: string };
    terminated?: { exitCode: number };
  };
  [key: string]: unknown;
}

export interface PodStatus {
  phase?: string;
  podIP?: string;
  conditions?: Condition[];
  containerStatuses?: ContainerStatus[];
  initContainerStatuses?: ContainerStatus[];
  ephemeralContainerStatuses?: ContainerStatus[];
  [key: string]: unknown;
}

export interface Pod extends Resource<PodSpec> {
  spec: PodSpec;
  status?: PodStatus;
}

export interface PodTemplate {
  metadata?: Partial<Metadata>;
  spec: PodSpec;
}

export interface Selector {
  matchLabels?: Record<string, string>;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export interface DeploymentSpec {
  replicas?: number;
  paused?: boolean;
  selector: Selector;
  strategy?: {
    type?: string;
    rollingUpdate?: { maxSurge?: number | string; maxUnavailable?: number | string };
  };
  template: PodTemplate;
  [key: string]: unknown;
}

export interface Deployment extends Resource<DeploymentSpec> {
  spec: DeploymentSpec;
  status?: { conditions?: Condition[]; [key: string]: unknown };
}

export interface ServicePort {
  name?: string;
  port: number;
  targetPort?: number | string;
  protocol?: string;
  [key: string]: unknown;
}

export interface ServiceSpec {
  type?: string;
  clusterIP?: string;
  clusterIPs?: string[];
  externalName?: string;
  selector?: Record<string, string>;
  ports?: ServicePort[];
  publishNotReadyAddresses?: boolean;
  [key: string]: unknown;
}

export interface Service extends Resource<ServiceSpec> {
  spec: ServiceSpec;
}

export const DEPLOYMENTS = 'deployments.apps';
export const REPLICA_SETS = 'replicasets.apps';
export const ENDPOINT_SLICES = 'endpointslices.discovery.k8s.io';

/** Whether labels match a selector. An empty selector matches everything. */
export function selectsLabels(
  { matchLabels = {}, matchExpressions = [] }: Selector,
  labels: Readonly<Record<string, string>>,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) => {
      const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
      if (operator === 'Exists') return value !== undefined;
      if (operator === 'DoesNotExist') return value === undefined;
      const among = value !== undefined && values.includes(value);
      return operator === 'In' ? among : !among;
    })
  );
}

export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(each => each.type === 'Ready' && each.status === 'True') ?? false;
}

/** The owner that controls an object: a Pod's ReplicaSet, a ReplicaSet's Deployment. */
export function controllerOf(object: Resource): OwnerReference | undefined {
  return (object.metadata.ownerReferences as OwnerReference[] | undefined)?.find(each => each.controller);
}

export function ownedBy(owner: Resource): OwnerReference[] {
  const { apiVersion, kind } = owner;
  const { name, uid = '' } = owner.metadata;
  return [{ apiVersion, kind, name, uid, controller: true, blockOwnerDeletion: true }];
}
