/** The only node: like a node of kind it has what the machine has, and no taints. */
import { availableParallelism, totalmem } from 'node:os';

export const NODE = 'sandbox';
export const NODE_IP = '172.18.0.2';

export interface NodeView {
  readonly labels: Readonly<Record<string, string>>;
  /** Of anything else, such as nvidia.com/gpu, it has none. */
  readonly allocatable: Readonly<Record<string, number>>;
}

export const THE_NODE: NodeView = {
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
