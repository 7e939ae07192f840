/** The fields in the status of built-in kinds. Source: types.go of k8s.io/api/{core,apps}/v1 */
import { struct } from './field-tree.ts';

const condition = (type: string, more = '') =>
  struct(type, `type status reason message lastTransitionTime:time ${more}`);

const CONTAINER_STATE = struct('ContainerState', '', {
  waiting: struct('ContainerStateWaiting', 'reason message'),
  running: struct('ContainerStateRunning', 'startedAt:time'),
  terminated: struct(
    'ContainerStateTerminated',
    'exitCode:int32 signal:int32 reason message startedAt:time finishedAt:time containerID',
  ),
});
const CONTAINER_STATUS = struct(
  'ContainerStatus',
  'name ready:bool restartCount:int32 image imageID containerID started:bool allocatedResources:any resources:any volumeMounts:any user:any allocatedResourcesStatus:any stopSignal',
  { state: CONTAINER_STATE, lastState: CONTAINER_STATE },
);

export const POD_STATUS = struct(
  'PodStatus',
  'observedGeneration:int64 phase message reason nominatedNodeName hostIP podIP startTime:time qosClass resize resourceClaimStatuses:any extendedResourceClaimStatus:any',
  {
    conditions: [condition('PodCondition', 'lastProbeTime:time observedGeneration:int64')],
    hostIPs: [struct('HostIP', 'ip')],
    podIPs: [struct('PodIP', 'ip')],
    initContainerStatuses: [CONTAINER_STATUS],
    containerStatuses: [CONTAINER_STATUS],
    ephemeralContainerStatuses: [CONTAINER_STATUS],
  },
);

export const DEPLOYMENT_STATUS = struct(
  'DeploymentStatus',
  'observedGeneration:int64 replicas:int32 updatedReplicas:int32 readyReplicas:int32 availableReplicas:int32 unavailableReplicas:int32 terminatingReplicas:int32 collisionCount:int32',
  { conditions: [condition('DeploymentCondition', 'lastUpdateTime:time')] },
);

export const REPLICA_SET_STATUS = struct(
  'ReplicaSetStatus',
  'replicas:int32 fullyLabeledReplicas:int32 readyReplicas:int32 availableReplicas:int32 terminatingReplicas:int32 observedGeneration:int64',
  { conditions: [condition('ReplicaSetCondition')] },
);

export const SERVICE_STATUS = struct('ServiceStatus', '', {
  loadBalancer: struct('LoadBalancerStatus', '', {
    ingress: [struct('LoadBalancerIngress', 'ip hostname ipMode ports:any')],
  }),
  conditions: [condition('Condition', 'observedGeneration:int64')],
});

export const NAMESPACE_STATUS = struct('NamespaceStatus', 'phase', {
  conditions: [condition('NamespaceCondition')],
});
