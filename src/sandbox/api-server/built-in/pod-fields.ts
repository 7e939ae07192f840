/** A Pod's fields. Source: k8s.io/api/core/v1/types.go. What no lesson uses is 'any'. */
import { type Struct, struct } from './field-tree.ts';

export const LABEL_SELECTOR = struct('LabelSelector', 'matchLabels:map', {
  matchExpressions: [struct('LabelSelectorRequirement', 'key operator values[]')],
});

const FIELD_REF = struct('ObjectFieldSelector', 'apiVersion fieldPath');
const RESOURCE_REF = struct('ResourceFieldSelector', 'containerName resource divisor:any');
const keyRef = (type: string) => struct(type, 'name key optional:bool');
const envRef = (type: string) => struct(type, 'name optional:bool');

const HTTP_GET = struct('HTTPGetAction', 'path port:port host scheme', {
  httpHeaders: [struct('HTTPHeader', 'name value')],
});
const EXEC = struct('ExecAction', 'command[]');
const TCP = struct('TCPSocketAction', 'port:port host');

const PROBE = struct(
  'Probe',
  'initialDelaySeconds:int32 timeoutSeconds:int32 periodSeconds:int32 successThreshold:int32 failureThreshold:int32 terminationGracePeriodSeconds:int64',
  { exec: EXEC, httpGet: HTTP_GET, tcpSocket: TCP, grpc: struct('GRPCAction', 'port:int32 service') },
);
const HANDLER = struct('LifecycleHandler', '', {
  exec: EXEC,
  httpGet: HTTP_GET,
  tcpSocket: TCP,
  sleep: struct('SleepAction', 'seconds:int64'),
});

const RESOURCES = struct('ResourceRequirements', 'limits:any requests:any claims:any');

const CONTAINER_FIELDS =
  'name image command[] args[] workingDir resizePolicy:any restartPolicy restartPolicyRules:any volumeDevices:any terminationMessagePath terminationMessagePolicy imagePullPolicy stdin:bool stdinOnce:bool tty:bool targetContainerName';

const CONTAINER = struct('Container', CONTAINER_FIELDS, {
  ports: [struct('ContainerPort', 'name hostPort:int32 containerPort:int32 protocol hostIP')],
  env: [
    struct('EnvVar', 'name value', {
      valueFrom: struct('EnvVarSource', 'fileKeyRef:any', {
        fieldRef: FIELD_REF,
        resourceFieldRef: RESOURCE_REF,
        configMapKeyRef: keyRef('ConfigMapKeySelector'),
        secretKeyRef: keyRef('SecretKeySelector'),
      }),
    }),
  ],
  envFrom: [
    struct('EnvFromSource', 'prefix', {
      configMapRef: envRef('ConfigMapEnvSource'),
      secretRef: envRef('SecretEnvSource'),
    }),
  ],
  resources: RESOURCES,
  volumeMounts: [
    struct(
      'VolumeMount',
      'name readOnly:bool recursiveReadOnly mountPath subPath mountPropagation subPathExpr',
    ),
  ],
  livenessProbe: PROBE,
  readinessProbe: PROBE,
  startupProbe: PROBE,
  lifecycle: struct('Lifecycle', 'stopSignal', { postStart: HANDLER, preStop: HANDLER }),
  securityContext: struct(
    'SecurityContext',
    'privileged:bool seLinuxOptions:any windowsOptions:any runAsUser:int64 runAsGroup:int64 runAsNonRoot:bool readOnlyRootFilesystem:bool allowPrivilegeEscalation:bool procMount seccompProfile:any appArmorProfile:any',
    { capabilities: struct('Capabilities', 'add[] drop[]') },
  ),
});

const ITEMS = [struct('KeyToPath', 'key path mode:int32')] as const;
const DOWNWARD = [
  struct('DownwardAPIVolumeFile', 'path mode:int32', { fieldRef: FIELD_REF, resourceFieldRef: RESOURCE_REF }),
] as const;

/** Kinds of storage that a sandbox does not have; their fields are known all the same. */
const OTHER_VOLUMES =
  'gcePersistentDisk awsElasticBlockStore gitRepo nfs iscsi glusterfs persistentVolumeClaim rbd flexVolume cinder cephfs flocker fc azureFile vsphereVolume quobyte azureDisk photonPersistentDisk portworxVolume scaleIO storageos csi ephemeral image'
    .split(' ')
    .map(name => `${name}:any`)
    .join(' ');

const VOLUME = struct('Volume', `name ${OTHER_VOLUMES}`, {
  hostPath: struct('HostPathVolumeSource', 'path type'),
  emptyDir: struct('EmptyDirVolumeSource', 'medium sizeLimit:any'),
  secret: struct('SecretVolumeSource', 'secretName defaultMode:int32 optional:bool', { items: ITEMS }),
  configMap: struct('ConfigMapVolumeSource', 'name defaultMode:int32 optional:bool', { items: ITEMS }),
  downwardAPI: struct('DownwardAPIVolumeSource', 'defaultMode:int32', { items: DOWNWARD }),
  projected: struct('ProjectedVolumeSource', 'defaultMode:int32', {
    sources: [
      struct('VolumeProjection', 'clusterTrustBundle:any podCertificate:any', {
        secret: struct('SecretProjection', 'name optional:bool', { items: ITEMS }),
        configMap: struct('ConfigMapProjection', 'name optional:bool', { items: ITEMS }),
        downwardAPI: struct('DownwardAPIProjection', '', { items: DOWNWARD }),
        serviceAccountToken: struct('ServiceAccountTokenProjection', 'audience expirationSeconds:int64 path'),
      }),
    ],
  }),
});

export const POD_SPEC = struct(
  'PodSpec',
  'restartPolicy terminationGracePeriodSeconds:int64 activeDeadlineSeconds:int64 dnsPolicy nodeSelector:map serviceAccountName serviceAccount automountServiceAccountToken:bool nodeName hostNetwork:bool hostPID:bool hostIPC:bool shareProcessNamespace:bool hostname subdomain affinity:any schedulerName priorityClassName priority:int32 readinessGates:any runtimeClassName enableServiceLinks:bool preemptionPolicy overhead:any setHostnameAsFQDN:bool os:any hostUsers:bool schedulingGates:any resourceClaims:any hostnameOverride',
  {
    volumes: [VOLUME],
    initContainers: [CONTAINER],
    containers: [CONTAINER],
    ephemeralContainers: [CONTAINER],
    securityContext: struct(
      'PodSecurityContext',
      'seLinuxOptions:any windowsOptions:any runAsUser:int64 runAsGroup:int64 runAsNonRoot:bool supplementalGroups:any supplementalGroupsPolicy fsGroup:int64 sysctls:any fsGroupChangePolicy seccompProfile:any appArmorProfile:any seLinuxChangePolicy',
    ),
    imagePullSecrets: [struct('LocalObjectReference', 'name')],
    tolerations: [struct('Toleration', 'key operator value effect tolerationSeconds:int64')],
    hostAliases: [struct('HostAlias', 'ip hostnames[]')],
    dnsConfig: struct('PodDNSConfig', 'nameservers[] searches[] options:any'),
    topologySpreadConstraints: [
      struct(
        'TopologySpreadConstraint',
        'maxSkew:int32 topologyKey whenUnsatisfiable minDomains:int32 nodeAffinityPolicy nodeTaintsPolicy matchLabelKeys[]',
        { labelSelector: LABEL_SELECTOR },
      ),
    ],
    resources: RESOURCES,
  },
);

/** Source: apimachinery/pkg/apis/meta/v1/types.go */
export const METADATA: Struct = struct(
  'ObjectMeta',
  'name generateName namespace selfLink uid resourceVersion generation:int64 creationTimestamp:time deletionTimestamp:time deletionGracePeriodSeconds:int64 labels:map annotations:map finalizers[] managedFields:any',
  {
    ownerReferences: [
      struct('OwnerReference', 'apiVersion kind name uid controller:bool blockOwnerDeletion:bool'),
    ],
  },
);

export const POD_TEMPLATE = struct('PodTemplateSpec', '', { metadata: METADATA, spec: POD_SPEC });
