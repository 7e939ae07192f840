/** The fields of the built-in kinds. Sources: types.go of k8s.io/api/{core,apps,discovery}/v1 */
import { type Struct, struct } from './field-tree.ts';
import { LABEL_SELECTOR, METADATA, POD_SPEC, POD_TEMPLATE } from './pod-fields.ts';
import {
  DEPLOYMENT_STATUS,
  NAMESPACE_STATUS,
  POD_STATUS,
  REPLICA_SET_STATUS,
  SERVICE_STATUS,
} from './status-fields.ts';

function kind(type: string, plain: string, nested: Struct['fields'] = {}): Struct {
  return struct(type, `apiVersion kind ${plain}`, { metadata: METADATA, ...nested });
}

const REFERENCE = struct('ObjectReference', 'kind namespace name uid apiVersion resourceVersion fieldPath');
const ENDPOINT_ADDRESS = struct('EndpointAddress', 'ip hostname nodeName', { targetRef: REFERENCE });
const ENDPOINT_PORT = struct('EndpointPort', 'name port:int32 protocol appProtocol');

/** By resource, as the store names it. */
export const KIND_FIELDS: Readonly<Record<string, Struct>> = {
  configmaps: kind('ConfigMap', 'immutable:bool data:map binaryData:map'),
  endpoints: kind('Endpoints', '', {
    subsets: [
      struct('EndpointSubset', '', {
        addresses: [ENDPOINT_ADDRESS],
        notReadyAddresses: [ENDPOINT_ADDRESS],
        ports: [ENDPOINT_PORT],
      }),
    ],
  }),
  events: kind(
    'Event',
    'reason message firstTimestamp:time lastTimestamp:time count:int32 type eventTime:time action reportingComponent reportingInstance',
    {
      involvedObject: REFERENCE,
      related: REFERENCE,
      source: struct('EventSource', 'component host'),
      series: struct('EventSeries', 'count:int32 lastObservedTime:time'),
    },
  ),
  namespaces: kind('Namespace', '', {
    spec: struct('NamespaceSpec', 'finalizers[]'),
    status: NAMESPACE_STATUS,
  }),
  pods: kind('Pod', '', { spec: POD_SPEC, status: POD_STATUS }),
  secrets: kind('Secret', 'immutable:bool data:map stringData:map type'),
  serviceaccounts: kind('ServiceAccount', 'automountServiceAccountToken:bool', {
    secrets: [REFERENCE],
    imagePullSecrets: [struct('LocalObjectReference', 'name')],
  }),
  services: kind('Service', '', {
    status: SERVICE_STATUS,
    spec: struct(
      'ServiceSpec',
      'selector:map clusterIP clusterIPs[] type externalIPs[] sessionAffinity loadBalancerIP loadBalancerSourceRanges[] externalName externalTrafficPolicy healthCheckNodePort:int32 publishNotReadyAddresses:bool sessionAffinityConfig:any ipFamilies[] ipFamilyPolicy allocateLoadBalancerNodePorts:bool loadBalancerClass internalTrafficPolicy trafficDistribution',
      {
        ports: [struct('ServicePort', 'name protocol appProtocol port:int32 targetPort:port nodePort:int32')],
      },
    ),
  }),
  'deployments.apps': kind('Deployment', '', {
    status: DEPLOYMENT_STATUS,
    spec: struct(
      'DeploymentSpec',
      'replicas:int32 minReadySeconds:int32 revisionHistoryLimit:int32 paused:bool progressDeadlineSeconds:int32',
      {
        selector: LABEL_SELECTOR,
        template: POD_TEMPLATE,
        strategy: struct('DeploymentStrategy', 'type', {
          rollingUpdate: struct('RollingUpdateDeployment', 'maxUnavailable:port maxSurge:port'),
        }),
      },
    ),
  }),
  'replicasets.apps': kind('ReplicaSet', '', {
    status: REPLICA_SET_STATUS,
    spec: struct('ReplicaSetSpec', 'replicas:int32 minReadySeconds:int32', {
      selector: LABEL_SELECTOR,
      template: POD_TEMPLATE,
    }),
  }),
  'endpointslices.discovery.k8s.io': kind('EndpointSlice', 'addressType', {
    endpoints: [
      struct('Endpoint', 'addresses[] hostname deprecatedTopology:map nodeName zone hints:any', {
        conditions: struct('EndpointConditions', 'ready:bool serving:bool terminating:bool'),
        targetRef: REFERENCE,
      }),
    ],
    ports: [ENDPOINT_PORT],
  }),
};
