/** Kinds of which a candidate only meets the names, in `kubectl api-resources`. Sources: as in unmodelled-kinds.ts. */
import type { UnmodelledKind } from './unmodelled-kinds.ts';

const DEVICES = 'the sandbox has no devices to give to pods';
const DRIVERS = 'the sandbox has no volumes but Secrets, ConfigMaps and emptyDir';
const POLICIES = "the sandbox's API asks its own admission only";
const REQUESTS = "the sandbox's API serves every request at once";
const CLUSTER = { namespaced: false } as const;

function rare(
  group: string,
  kind: string,
  plural: string,
  why: string,
  columns: string,
  more: Partial<UnmodelledKind> = {},
): UnmodelledKind {
  return { group, kind, plural, why, columns, ...more };
}

const ADMISSION = 'admissionregistration.k8s.io';
const FLOWS = 'flowcontrol.apiserver.k8s.io';
const RESOURCES = 'resource.k8s.io';
const STORAGE = 'storage.k8s.io';

export const RARE: readonly UnmodelledKind[] = [
  rare(
    ADMISSION,
    'ValidatingAdmissionPolicy',
    'validatingadmissionpolicies',
    POLICIES,
    'Validations|ParamKind|Age',
    CLUSTER,
  ),
  rare(
    ADMISSION,
    'ValidatingAdmissionPolicyBinding',
    'validatingadmissionpolicybindings',
    POLICIES,
    'PolicyName|ParamRef|Age',
    CLUSTER,
  ),
  rare(
    'apiregistration.k8s.io',
    'APIService',
    'apiservices',
    'the sandbox serves all of its groups itself',
    '',
    { ...CLUSTER, categories: ['api-extensions'] },
  ),
  rare(
    FLOWS,
    'FlowSchema',
    'flowschemas',
    REQUESTS,
    'PriorityLevel|MatchingPrecedence|DistinguisherMethod|Age|MissingPL',
    CLUSTER,
  ),
  rare(
    FLOWS,
    'PriorityLevelConfiguration',
    'prioritylevelconfigurations',
    REQUESTS,
    'Type|NominalConcurrencyShares|Queues|HandSize|QueueLengthLimit|Age',
    CLUSTER,
  ),
  rare(
    'networking.k8s.io',
    'IPAddress',
    'ipaddresses',
    'the sandbox derives addresses from names',
    'ParentRef|Age',
    { ...CLUSTER, short: ['ip'] },
  ),
  rare(
    'networking.k8s.io',
    'ServiceCIDR',
    'servicecidrs',
    "the sandbox's Services have addresses in 10.96.0.0/12, and no others",
    'CIDRs|Age',
    CLUSTER,
  ),
  rare(
    'node.k8s.io',
    'RuntimeClass',
    'runtimeclasses',
    'the sandbox runs containers in one way only',
    'Handler|Age',
    CLUSTER,
  ),
  rare(RESOURCES, 'DeviceClass', 'deviceclasses', DEVICES, 'Age', CLUSTER),
  rare(RESOURCES, 'ResourceClaim', 'resourceclaims', DEVICES, 'State|Age'),
  rare(RESOURCES, 'ResourceClaimTemplate', 'resourceclaimtemplates', DEVICES, 'Age'),
  rare(RESOURCES, 'ResourceSlice', 'resourceslices', DEVICES, 'Node|Driver|Pool|Age', CLUSTER),
  rare(
    STORAGE,
    'CSIDriver',
    'csidrivers',
    DRIVERS,
    'AttachRequired|PodInfoOnMount|StorageCapacity|TokenRequests|RequiresRepublish|Modes|Age',
    CLUSTER,
  ),
  rare(STORAGE, 'CSINode', 'csinodes', DRIVERS, 'Drivers|Age', CLUSTER),
  rare(STORAGE, 'CSIStorageCapacity', 'csistoragecapacities', DRIVERS, 'StorageClassName|Capacity'),
  rare(STORAGE, 'VolumeAttachment', 'volumeattachments', DRIVERS, 'Attacher|PV|Node|Attached|Age', CLUSTER),
  rare(STORAGE, 'VolumeAttributesClass', 'volumeattributesclasses', DRIVERS, 'DriverName|Age', {
    ...CLUSTER,
    short: ['vac'],
  }),
];
