/** The only node: like a node of kind it has what the machine has, and no taints but those that it is given. */
import { availableParallelism, release, totalmem } from 'node:os';
import type { Resource } from '../../istio/resource.ts';
import type { Store } from '../api-server/store.ts';
import { isoSeconds } from '../time.ts';
import type { Taint } from './controllers/taints.ts';

export const NODE = 'sandbox';
export const NODE_IP = '172.18.0.2';
/** As many as a node of kind has room for; a Deployment that wants a million must not bring down the sandbox. */
export const MAX_PODS = 110;

export interface NodeView {
  readonly labels: Readonly<Record<string, string>>;
  /** Of anything else, such as nvidia.com/gpu, it has none. */
  readonly allocatable: Readonly<Record<string, number>>;
  readonly taints?: readonly Taint[];
  /** Cordoned. */
  readonly unschedulable?: boolean;
}

const THE_NODE: NodeView = {
  labels: {
    'kubernetes.io/arch': process.arch === 'x64' ? 'amd64' : process.arch,
    'kubernetes.io/hostname': NODE,
    'kubernetes.io/os': 'linux',
    'node-role.kubernetes.io/control-plane': '',
  },
  allocatable: {
    cpu: availableParallelism(),
    memory: totalmem(),
    'ephemeral-storage': Number.POSITIVE_INFINITY,
  },
};

/** As its object says today. */
export function nodeView(store: Store): NodeView {
  const node = store.get('nodes', null, NODE);
  const { taints, unschedulable } = (node?.spec ?? {}) as Pick<NodeView, 'taints' | 'unschedulable'>;
  return {
    labels: node?.metadata.labels ?? THE_NODE.labels,
    allocatable: THE_NODE.allocatable,
    ...(taints && { taints }),
    ...(unschedulable && { unschedulable }),
  };
}

/** As the kubelet of a kind node writes it. `since`: milliseconds since the epoch. */
export function nodeObject(since: number): Resource {
  const time = isoSeconds(since);
  const amounts = {
    cpu: String(THE_NODE.allocatable.cpu),
    memory: `${Math.floor((THE_NODE.allocatable.memory ?? 0) / 1024)}Ki`,
    pods: String(MAX_PODS),
  };
  const condition = (type: string, status: string, reason: string, message: string) => ({
    ...{ type, status, reason, message, lastHeartbeatTime: time, lastTransitionTime: time },
  });
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: NODE, labels: { ...THE_NODE.labels } },
    spec: { podCIDR: '10.244.0.0/16', podCIDRs: ['10.244.0.0/16'] },
    status: {
      addresses: [
        { type: 'InternalIP', address: NODE_IP },
        { type: 'Hostname', address: NODE },
      ],
      allocatable: amounts,
      capacity: amounts,
      conditions: [
        condition(
          'MemoryPressure',
          'False',
          'KubeletHasSufficientMemory',
          'kubelet has sufficient memory available',
        ),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
        condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
      ],
      nodeInfo: {
        architecture: THE_NODE.labels['kubernetes.io/arch'],
        ...{ bootID: '', machineID: '', systemUUID: '', kernelVersion: release() },
        ...{ operatingSystem: 'linux', osImage: 'istio-tutor sandbox' },
        ...{ containerRuntimeVersion: `node://${process.versions.node}` },
        ...{ kubeletVersion: 'v1.34.4+istio-tutor-sandbox', kubeProxyVersion: '' },
      },
    },
  } as Resource;
}
